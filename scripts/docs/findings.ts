import type { Example } from '@flowfit/core/analysis/findings/example';
import type { FindingKind } from '@flowfit/core/analysis/findings/finding';
import { FINDING_KINDS } from '@flowfit/core/analysis/findings/registry';
import { REASONS } from '@flowfit/core/analysis/verdict';
import { code, page, table } from './markdown.ts';

export const renderFindings = (): string =>
  page(
    'Findings and reasons of verdicts',
    'A finding is one thing a person should look at. Its id, `<kind>:<subject>`, is the same in every run, so that it can ' +
      'be dismissed with a reason. The examples run as tests: unless they say otherwise, every interface was logged for ' +
      '31 days. How a verdict comes about is explained in [how a verdict is reached](../explanation/how-a-verdict-is-reached.md).',
    table(
      ['kind', 'says'],
      FINDING_KINDS.map(({ kind, summary }) => [`[${code(kind)}](#${kind})`, summary]),
    ),
    ...FINDING_KINDS.flatMap(section),
    '## Reasons of verdicts',
    'Why a rule is `undecided` rather than `unused`; `no-interface` stands beside `unused` and says why it could not be otherwise.',
    table(
      ['reason', 'meaning'],
      Object.entries(REASONS).map(([reason, meaning]) => [code(reason), meaning]),
    ),
  );

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
