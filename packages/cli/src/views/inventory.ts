/** The inventory as a person reads it. */
import type { InventoryCounts } from '@flowfit/core/inventory/read';
import type { InventoryGap, InventorySummary, ScopeSummary } from '@flowfit/core/inventory/summary';
import type { AddedCapture } from '../inventory/snapshots.ts';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';

const KINDS = [
  ['interfaces', 'interfaces'],
  ['groups', 'security groups'],
  ['rules', 'rules'],
  ['prefixLists', 'prefix lists'],
  ['vpcs', 'VPCs'],
  ['subnets', 'subnets'],
  ['instances', 'instances'],
  ['peerings', 'peering connections'],
  ['flowLogs', 'flow logs'],
] as const satisfies readonly (readonly [keyof InventoryCounts, string])[];

export const formatAddedCaptures = (captures: readonly AddedCapture[], { colours, width }: Shell): string => {
  const shown = KINDS.filter(([kind]) => captures.some(({ counts }) => counts[kind] > 0));
  const columns: Column<AddedCapture>[] = [
    { heading: 'captured at (UTC)', cell: ({ capturedAt }) => formatTime(capturedAt) },
    { heading: 'files', align: 'right', cell: ({ counts }) => formatCount(counts.files) },
    ...shown.map(
      ([kind, heading]): Column<AddedCapture> => ({
        heading,
        align: 'right',
        cell: ({ counts }) => formatCount(counts[kind]),
      }),
    ),
  ];
  return `Added ${formatQuantity(captures.length, 'capture')} of the inventory.\n\n${formatTable(captures, columns, { colours, width })}`;
};

export const formatInventory = (
  captures: readonly string[],
  summary: InventorySummary | null,
  shell: Shell,
): string => {
  if (summary === null) {
    return 'The lake has no inventory. Add one with "flowfit inventory add PATH": docs/how-to/get-logs-and-inventory.md.';
  }
  const { colours } = shell;
  const facts = KINDS.map(([kind, label]) => ({ label, value: formatCount(summary.totals[kind] ?? 0) }));
  const first = captures[0] as string;
  const span = captures.length === 1 ? '' : `, from ${formatTime(first)} to ${formatTime(captures.at(-1) as string)}`;
  return [
    `${formatQuantity(captures.length, 'capture')}${span}. As of ${formatTime(summary.capturedAt)} UTC:`,
    '',
    formatFacts(facts, colours),
    formatScopes(summary.scopes, shell),
    formatGaps(summary.gaps, shell),
  ].join('\n');
};

const formatScopes = (scopes: readonly ScopeSummary[], { colours, width }: Shell): string =>
  formatTable(
    scopes,
    [
      { heading: 'account', cell: ({ accountId }) => accountId ?? '(not told)' },
      { heading: 'region', cell: ({ region }) => region ?? '(not told)' },
      { heading: 'VPCs', align: 'right', cell: ({ vpcs }) => formatCount(vpcs) },
      { heading: 'interfaces', align: 'right', cell: ({ interfaces }) => formatCount(interfaces) },
      { heading: 'security groups', align: 'right', cell: ({ groups }) => formatCount(groups) },
      { heading: 'rules', align: 'right', cell: ({ rules }) => formatCount(rules) },
    ],
    { colours, width },
  );

const MOST_IDS = 5;

const formatGaps = (gaps: readonly InventoryGap[], { colours }: Shell): string => {
  if (gaps.length === 0) return 'Nothing is missing.';
  const lines = gaps.flatMap(({ code, message, ids }) => {
    const more = ids.length > MOST_IDS ? ` and ${formatCount(ids.length - MOST_IDS)} more` : '';
    const list = ids.length === 0 ? [] : [colours.dim(`  ${ids.slice(0, MOST_IDS).join(', ')}${more}`)];
    return [`${colours.yellow(code)}: ${message}`, ...list];
  });
  return ['What is missing, or looks odd:', ...lines].join('\n');
};
