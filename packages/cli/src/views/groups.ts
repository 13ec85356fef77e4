/** Security groups with their verdicts as a table. */
import type { GroupDocument } from '@flowfit/core/analysis/documents';
import type { AccountLacks } from '@flowfit/core/analysis/lacks';
import { formatBytes, formatCount, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { summariseLacks } from './lacks.ts';

export const formatGroups = (groups: readonly GroupDocument[], lacks: AccountLacks, shell: Shell): string => {
  const { colours, width } = shell;
  if (groups.length === 0) return 'No group matches.';
  const style = { active: colours.green, silent: colours.yellow, unattached: colours.red };
  const columns: Column<GroupDocument>[] = [
    { heading: 'verdict', cell: ({ verdict }) => verdict, style: (text, { verdict }) => style[verdict](text) },
    { heading: 'group', cell: ({ groupId }) => groupId },
    { heading: 'name', cell: ({ groupName }) => groupName, shrinks: true },
    { heading: 'interfaces', align: 'right', cell: ({ interfaces }) => formatCount(interfaces) },
    { heading: 'used', align: 'right', cell: ({ rules }) => formatCount(rules.used) },
    { heading: 'unused', align: 'right', cell: ({ rules }) => formatCount(rules.unused) },
    { heading: 'undecided', align: 'right', cell: ({ rules }) => formatCount(rules.undecided) },
    { heading: 'flows', align: 'right', cell: ({ flows }) => formatCount(flows) },
    { heading: 'bytes', align: 'right', cell: ({ bytes }) => formatBytes(bytes), drops: 3 },
    { heading: 'last seen (UTC)', cell: ({ lastSeen }) => formatTime(lastSeen), drops: 2 },
    { heading: 'referenced by', cell: ({ referencedBy }) => referencedBy.join(', ') || '-', shrinks: true, drops: 1 },
  ];
  return [...summariseLacks(lacks, shell), formatTable(groups, columns, { colours, width })].join('\n');
};
