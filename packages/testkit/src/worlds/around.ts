/** What the captures next to a gap show: gap `i` lasts from capture `i` to the next one, gap -1 comes before the first. */
import type { InventorySnapshot, NetworkInterface } from '@flowfit/core/inventory/model';
import type { Evidence } from './evidence.ts';
import { HOUR } from './history.ts';

export interface Around {
  readonly before: InventorySnapshot | undefined;
  readonly after: InventorySnapshot | undefined;
  /** The one or two of them that exist. */
  readonly shown: readonly InventorySnapshot[];
}

export function around({ snapshots }: Evidence, gap: number): Around {
  const before = snapshots[gap];
  const after = snapshots[gap + 1];
  return { before, after, shown: [before, after].filter((snapshot) => snapshot !== undefined) };
}

export const interfaceIn = (snapshot: InventorySnapshot | undefined, id: string): NetworkInterface | undefined =>
  snapshot?.interfaces.find((one) => one.id === id);

/**
 * Whether an interface that the nearest capture shows is known to have existed for all of the time before the first
 * capture, or after the last one: by its own records, or by when it was attached. If so it held its primary address,
 * which AWS never changes.
 */
export function stoodThroughout({ window, logged }: Evidence, one: NetworkInterface, { before }: Around): boolean {
  const { from, to } = logged.get(one.id) ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  if (before !== undefined) return to > window.to - HOUR;
  return from < window.from + HOUR || (one.attachedAt ?? Number.POSITIVE_INFINITY) <= window.from;
}
