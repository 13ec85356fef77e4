/** Orders of the list of groups. The most telling end comes first, names alphabetically. */
import type { Group } from '@flowfit/server/contract/rules';

export const SORT_KEYS = ['name', 'verdict', 'interfaces', 'unused', 'flows', 'seen'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const nameOf = ({ groupName, groupId }: Group): string => groupName || groupId;
const byName = (a: Group, b: Group): number => nameOf(a).localeCompare(nameOf(b)) || a.groupId.localeCompare(b.groupId);

const ORDERS: Readonly<Record<SortKey, (a: Group, b: Group) => number>> = {
  name: byName,
  verdict: (a, b) => b.verdict.localeCompare(a.verdict),
  interfaces: (a, b) => b.interfaces - a.interfaces,
  unused: (a, b) => b.rules.unused - a.rules.unused,
  flows: (a, b) => b.flows - a.flows,
  seen: (a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''),
};

export const compareGroups =
  (key: SortKey) =>
  (a: Group, b: Group): number =>
    ORDERS[key](a, b) || byName(a, b);
