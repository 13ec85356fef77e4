import type { Example } from '@flowfit/core/analysis/findings/example';
import type { FindingKind } from '@flowfit/core/analysis/findings/finding';
import { FINDING_KINDS } from '@flowfit/core/analysis/findings/registry';
import { NOTHING_DECIDES, REASONS } from '@flowfit/core/analysis/reasons';
import { code, page, table } from './markdown.ts';

export const renderFindings = (): string =>
  page(
    'Findings and reasons of verdicts',
    'A finding is one thing a person should look at. Its id, `<kind>:<subject>`, is the same in every run, so that it can ' +
      'be dismissed with a reason. The examples run as tests: unless they say otherwise, every interface was logged for ' +
      '31 days, and the inventory was captured before and after. How a verdict comes about is explained in [how a verdict is reached](../explanation/how-a-verdict-is-reached.md).',
    table(
      ['kind', 'says'],
      FINDING_KINDS.map(({ kind, summary }) => [`[${code(kind)}](#${kind})`, summary]),
    ),
    ...FINDING_KINDS.flatMap(section),
    '## Reasons of verdicts',
    'Why a rule is `undecided` rather than `unused`, and what would decide it; `no-interface` stands beside `unused` and ' +
      'says why it could not be otherwise. `flowfit explain` adds which connections are in doubt, and when they were seen.',
    table(
      ['reason', 'what is not known', 'what decides it'],
      Object.entries(REASONS).map(([reason, { meaning, decide }]) => [
        code(reason),
        meaning,
        reason === 'no-interface' ? '' : withCommands(decide ?? NOTHING_DECIDES),
      ]),
    ),
  );

/** Texts for every place write commands in double quotes. */
const withCommands = (text: string): string => text.replace(/"([^"]+)"/g, (_, command: string) => code(command));

const section = ({ kind, summary, explanation, examples }: FindingKind): string[] => [
  `## ${kind}`,
  `${summary} ${explanation}`,
  ...examples.flatMap((example) => [`**${example.title}.** ${outcome(example)}`, fence(linesOf(example))]),
];

const outcome = ({ finds }: Example): string =>
  finds.length === 0 ? 'Nothing is reported.' : `Reported: ${finds.map(code).join(', ')}.`;

const linesOf = ({ account, traffic = [], unlogged = [] }: Example): string[] => [
  ...Object.entries(account.groups).flatMap(([id, rules]) =>
    rules.length === 0 ? [`${id}: no rules`] : rules.map((rule) => `${id}: ${rule}`),
  ),
  ...Object.entries(account.prefixLists ?? {}).map(
    ([id, cidrs]) => `${id}: ${cidrs?.join(', ') ?? 'entries not known'}`,
  ),
  ...Object.entries(account.interfaces ?? {}).map(
    ([id, { groups, addresses = [] }]) =>
      `${id}: ${[groups.length === 0 ? 'no groups' : groups.join(', '), ...addresses].join(', ')}${unlogged.includes(id) ? ', not logged' : ''}`,
  ),
  ...traffic.map((line) => `traffic: ${line}`),
];

const fence = (lines: readonly string[]): string => ['```text', ...lines, '```'].join('\n');
