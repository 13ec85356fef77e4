/** Ports that no rule tells apart. */
import type { InventorySnapshot } from '../inventory/model.ts';
import { LAST_PORT, type PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { toRuleMatch } from './rule-match.ts';

/** The first port of each class that the bounds of the sets cut, ascending, from 0. */
export function portClassStarts(sets: readonly PortSet[]): number[] {
  const starts = new Set([0]);
  for (const [first, last] of sets.flatMap((set) => set.toRanges())) {
    starts.add(first);
    if (last < LAST_PORT) starts.add(last + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

/** Index of the class a port is in: binary search for the last start that is not above it. */
export function classOfPort(starts: readonly number[], port: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as number) <= port) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * First ports of the classes within which every rule of these groups, of both directions, treats TCP ports alike, and
 * UDP ports alike. A port may be replaced by the first of its class without changing any answer.
 */
export function portClasses(snapshot: InventorySnapshot, groupIds: readonly string[]): number[] {
  const wanted = new Set(groupIds);
  const matches = snapshot.groups.filter(({ id }) => wanted.has(id)).flatMap(({ rules }) => rules.map(toRuleMatch));
  return portClassStarts(
    matches.filter(({ protocol }) => protocol === null || hasPorts(protocol)).map(({ ports }) => ports),
  );
}
