/** For people at a terminal: kind by kind, each finding with its place in the plan. */
import type { Checked } from '@flowfit/core/plan/document';
import { isPassed } from '@flowfit/core/plan/document';
import { GATE_KINDS, type GateFinding, type GateKind } from '@flowfit/core/plan/gate';
import { formatCount, formatQuantity } from '../../output/humanise.ts';
import { toOneLine } from '../../output/table.ts';
import type { Shell } from '../../shell.ts';
import { detailsOf, headlineOf, KIND_TITLES, remarksOf, windowText } from './words.ts';

/** Findings shown of each kind: `--json` has all. */
const MOST = 20;

export const formatCheck = (checked: Checked, { colours }: Shell): string => {
  const { gate, replay, failOn } = checked;
  const style = isPassed(checked) ? colours.green : colours.red;
  const kinds = Object.keys(GATE_KINDS) as GateKind[];
  const sections = kinds.flatMap((kind) => {
    const some = gate.findings.filter((finding) => finding.kind === kind);
    if (some.length === 0) return [];
    const paint = failOn.includes(kind)
      ? colours.red
      : kind === 'admitted' || kind === 'unknown'
        ? colours.cyan
        : colours.yellow;
    const more =
      some.length > MOST ? [`  … and ${formatQuantity(some.length - MOST, 'more finding')}: --json has them.`] : [];
    const heading = paint(colours.bold(`${KIND_TITLES[kind]} (${formatCount(some.length)})`));
    return [[heading, ...some.slice(0, MOST).flatMap((finding) => linesOf(finding, colours)), ...more].join('\n')];
  });
  const { kept, cut, newlyAdmitted, unknown, notToday } = replay.connections;
  const counts =
    `Connections in ${windowText(checked)}: ${formatCount(kept)} kept, ${formatCount(cut)} cut, ` +
    `${formatCount(newlyAdmitted)} newly admitted, ${formatCount(unknown)} unknown, ${formatCount(notToday)} not admitted today.`;
  const remarks = remarksOf(checked).map((remark) => colours.dim(toOneLine(remark)));
  return [style(colours.bold(headlineOf(checked))), ...sections, [counts, ...remarks].join('\n')].join('\n\n');
};

const linesOf = (finding: GateFinding, colours: Shell['colours']): string[] => [
  `  ${toOneLine(finding.title)}`,
  ...(finding.addresses.length === 0 ? [] : [`    in ${toOneLine(finding.addresses.join(', '))}`]),
  ...detailsOf(finding).map((line) => colours.dim(`    ${toOneLine(line)}`)),
];
