/** For a comment of a pull request. Names and descriptions are written by others: nothing in them is markup or calls anybody. */
import type { Checked } from '@flowfit/core/plan/document';
import { isPassed } from '@flowfit/core/plan/document';
import { GATE_KINDS, type GateFinding, type GateKind } from '@flowfit/core/plan/gate';
import { formatCount, formatQuantity } from '../../output/humanise.ts';
import { detailsOf, headlineOf, KIND_TITLES, remarksOf, windowText } from './words.ts';

/** Comments have a limit of 65,536 characters. */
const MOST = 50;

/** By which a job finds its own comment to update it. */
const MARK = '<!-- flowfit check -->';

export const formatMarkdown = (checked: Checked): string => {
  const { gate, replay, failOn, plan } = checked;
  const kinds = Object.keys(GATE_KINDS) as GateKind[];
  const { kept, cut, newlyAdmitted, unknown, notToday } = replay.connections;
  return [
    MARK,
    `### ${isPassed(checked) ? '✅' : '❌'} ${headlineOf(checked)}`,
    ...kinds.flatMap((kind) =>
      sectionOf(
        kind,
        gate.findings.filter((finding) => finding.kind === kind),
        failOn,
      ),
    ),
    table(
      ['kept', 'cut', 'newly admitted', 'unknown', 'not admitted today'],
      [[kept, cut, newlyAdmitted, unknown, notToday].map(formatCount)],
    ),
    `Connections in ${windowText(checked)}, held against ${code(plan)}.`,
    ...(remarksOf(checked).length === 0
      ? []
      : [
          remarksOf(checked)
            .map((remark) => `- ${escaped(remark)}`)
            .join('\n'),
        ]),
  ]
    .join('\n\n')
    .concat('\n');
};

const sectionOf = (kind: GateKind, findings: readonly GateFinding[], failOn: readonly string[]): string[] => {
  if (findings.length === 0) return [];
  const mark = failOn.includes(kind) ? ' (fails the check)' : '';
  const rows = findings
    .slice(0, MOST)
    .map((finding) => [
      finding.addresses.map(code).join('<br>'),
      escaped(finding.title),
      detailsOf(finding).map(escaped).join('<br>'),
    ]);
  const more = findings.length > MOST ? [`… and ${formatQuantity(findings.length - MOST, 'more finding')}.`] : [];
  return [
    `#### ${KIND_TITLES[kind]}: ${formatCount(findings.length)}${mark}`,
    table(['in the plan', 'finding', 'evidence'], rows),
    ...more,
  ];
};

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** HTML's entity of a character is that character and no markup, in every dialect. */
const entity = (character: string): string => `&#${character.codePointAt(0)};`;

/** `@name` and `#12` call people and link issues even as entities: something of no width behind them breaks the word. */
const BREAK = '&#8203;';

/** `www.` and `://` would be made links. */
const escaped = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_{}[\]()<>#|@~&:!]/g, (character) => entity(character) + (/[@#]/.test(character) ? BREAK : ''))
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);

/** In a code element, since a span of backquotes in a table cannot hold every text. */
const code = (text: string): string => `<code>${escaped(text)}</code>`;

const oneLine = (text: string): string =>
  text.replace(/[\s\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
