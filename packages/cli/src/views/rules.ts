/** Rules with their verdicts as a table, and what would decide the undecided ones. */
import type { RuleDocument, WindowDocument } from '@flowfit/core/analysis/documents';
import type { AccountLacks } from '@flowfit/core/analysis/lacks';
import { formatService } from '@flowfit/core/security-group/notation';
import type { Colors } from 'picocolors/types';
import { formatCount, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { formatLacks } from './lacks.ts';

/** `lacks` is about all rules, also about those that are not shown. */
export const formatRules = (
  rules: readonly RuleDocument[],
  window: WindowDocument,
  lacks: AccountLacks,
  shell: Shell,
): string => {
  const lines = formatLacks(lacks, shell);
  const block = lines.length === 0 ? [] : ['', ...lines];
  if (rules.length === 0) return ['No rule matches.', ...block].join('\n');
  const { colours, width } = shell;
  const columns: Column<RuleDocument>[] = [
    {
      heading: 'verdict',
      cell: ({ verdict }) => verdict,
      style: (text, { verdict }) => verdictStyle(verdict, colours)(text),
    },
    { heading: 'rule', cell: ({ ruleId }) => ruleId },
    { heading: 'group', cell: ({ groupName, groupId }) => groupName || groupId, shrinks: true },
    { heading: 'direction', cell: ({ direction }) => direction, drops: 4 },
    { heading: 'service', cell: formatService },
    { heading: 'peer', cell: ({ peer }) => peer },
    {
      heading: 'connections',
      align: 'right',
      cell: ({ connections }) => formatCount(connections.proven + connections.inferred),
    },
    { heading: 'peers', align: 'right', drops: 3, cell: ({ peers }) => formatCount(peers.count) },
    { heading: 'last seen (UTC)', cell: ({ lastSeen }) => formatTime(lastSeen), drops: 2 },
    { heading: 'evidence', cell: evidenceOf, shrinks: true },
    { heading: 'description', cell: ({ description }) => description, shrinks: true, drops: 1 },
  ];
  const table = formatTable(rows(rules), columns, { colours, width }).trimEnd();
  return [table, '', totals(rules, window), ...block].join('\n');
};

/** By group, inbound first, as the console shows them. */
const rows = (rules: readonly RuleDocument[]): RuleDocument[] =>
  [...rules].sort(
    (a, b) =>
      compare(a.groupName, b.groupName) ||
      compare(a.groupId, b.groupId) ||
      compare(a.direction, b.direction) ||
      (a.fromPort ?? -1) - (b.fromPort ?? -1) ||
      compare(a.ruleId, b.ruleId),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const verdictStyle = (verdict: RuleDocument['verdict'], colours: Colors) =>
  ({ used: colours.green, unused: colours.red, undecided: colours.yellow })[verdict];

/** `strong`, and what stands behind less: the reasons against a verdict, or an assumption. */
const evidenceOf = ({ evidence: { grade, extrapolated }, reasons }: RuleDocument): string => {
  const remarks = [...reasons, ...(extrapolated ? ['extrapolated'] : [])];
  return remarks.length === 0 ? grade : `${grade}: ${remarks.join(', ')}`;
};

const totals = (rules: readonly RuleDocument[], { from, to }: WindowDocument): string => {
  const count = (verdict: RuleDocument['verdict']): string =>
    `${formatCount(rules.filter((rule) => rule.verdict === verdict).length)} ${verdict}`;
  return `${count('used')}, ${count('unused')}, ${count('undecided')}, in ${formatTime(from)} to ${formatTime(to)} UTC.`;
};
