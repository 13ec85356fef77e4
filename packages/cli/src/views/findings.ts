/** Findings as a person works through them: the gravest first, each with what to do. */
import type { Dismissal } from '@flowfit/core/analysis/dismissals';
import type { Finding, Severity } from '@flowfit/core/analysis/findings/finding';
import { SEVERITIES } from '@flowfit/core/analysis/findings/registry';
import type { AccountLacks } from '@flowfit/core/analysis/lacks';
import { formatCount, formatQuantity, formatTime } from '../output/humanise.ts';
import { toOneLine } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { summariseLacks } from './lacks.ts';

export interface FindingRow {
  readonly finding: Finding;
  readonly dismissal: Dismissal | null;
}

/** What is hidden are dismissed ones. */
export const formatFindings = (
  rows: readonly FindingRow[],
  hidden: number,
  lacks: AccountLacks,
  shell: Shell,
): string => {
  const { colours } = shell;
  const sections = SEVERITIES.flatMap((severity) => {
    const some = rows.filter(({ finding }) => finding.severity === severity);
    return some.length === 0
      ? []
      : [[headingOf(severity, some.length, shell), ...some.map((row) => formatRow(row, shell))].join('\n')];
  });
  const dismissed =
    hidden === 0 ? [] : [colours.dim(`${formatQuantity(hidden, 'finding')} dismissed: --dismissed shows them.`)];
  const nothing = rows.length === 0 ? ['Nothing to look at.'] : [];
  return [...summariseLacks(lacks, shell), [...nothing, ...sections, ...dismissed].join('\n\n')].join('\n');
};

const headingOf = (severity: Severity, count: number, { colours }: Shell): string => {
  const style = { high: colours.red, medium: colours.yellow, low: colours.cyan, info: colours.dim }[severity];
  return style(colours.bold(`${severity} (${formatCount(count)})`));
};

const formatRow = ({ finding, dismissal }: FindingRow, { colours }: Shell): string => {
  const lines = [finding.title, `  ${finding.remediation}`, ...namedEvidence(finding).map((line) => `  ${line}`)];
  const notes = [finding.id];
  if (dismissal !== null) notes.push(`dismissed ${formatTime(dismissal.at)} UTC: ${dismissal.reason}`);
  return [...lines, ...notes.map((note) => colours.dim(`  ${toOneLine(note)}`))]
    .map((line, index) => `  ${index < lines.length ? toOneLine(line) : line}`)
    .join('\n');
};

/** The plain values that the remediation names in quotes: `suggestedCidrs: 198.51.100.0/30`. `--json` has the rest. */
const namedEvidence = ({ remediation, evidence }: Finding): string[] =>
  [...remediation.matchAll(/"(\w+)"/g)].flatMap(([, name = '']) => {
    const values = [evidence[name]].flat().filter((value) => typeof value === 'string' || typeof value === 'number');
    const more = values.length > MOST_VALUES ? ` and ${formatCount(values.length - MOST_VALUES)} more` : '';
    return values.length === 0 ? [] : [`${name}: ${values.slice(0, MOST_VALUES).join(', ')}${more}`];
  });

const MOST_VALUES = 10;
