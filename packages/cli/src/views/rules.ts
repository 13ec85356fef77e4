/** Rules with their verdicts as a table. */
import type { RuleDocument, WindowDocument } from '@flowfit/core/analysis/documents';
import { formatService } from '@flowfit/core/security-group/notation';
import type { Colors } from 'picocolors/types';
import { formatCount, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

export const formatRules = (rules: readonly RuleDocument[], window: WindowDocument, shell: Shell): string => {
  if (rules.length === 0) return 'No rule matches.';
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
  return [formatTable(rows(rules), columns, { colours, width }).trimEnd(), '', totals(rules, window)].join('\n');
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

/** `strong`, or why there is no verdict. */
const evidenceOf = ({ evidence, reasons }: RuleDocument): string =>
  reasons.length === 0 ? evidence.grade : `${evidence.grade}: ${reasons.join(', ')}`;

const totals = (rules: readonly RuleDocument[], { from, to }: WindowDocument): string => {
  const count = (verdict: RuleDocument['verdict']): string =>
    `${formatCount(rules.filter((rule) => rule.verdict === verdict).length)} ${verdict}`;
  return `${count('used')}, ${count('unused')}, ${count('undecided')}, in ${formatTime(from)} to ${formatTime(to)} UTC.`;
};
