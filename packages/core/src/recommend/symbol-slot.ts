/** Ports for one group reference or prefix list: ranges, of which the nearest are joined when there are to be fewer. */
import type { AddressSet } from '../net/address-set.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import type { Option, Piece, Slot } from './slot.ts';

export interface SymbolPorts {
  readonly direction: Piece['direction'];
  readonly protocol: number;
  readonly peer: Exclude<Piece['peer'], { kind: 'cidr' }>;
  readonly wanted: readonly (readonly [first: number, last: number])[];
  /** Where today's rules admit as much: ranges must not go beyond. */
  readonly allowed: PortSet;
  /** Addresses that it stands for now. */
  readonly addresses: AddressSet;
  /** What one rule with it takes of each family's quota. */
  readonly weight: { readonly 4: number; readonly 6: number };
}

export function symbolSlot({ direction, protocol, peer, wanted, allowed, addresses, weight }: SymbolPorts): Slot {
  const sizes = { 4: Number(addresses.size(4)), 6: Number(addresses.size(6)) };
  const isPorted = hasPorts(protocol);
  const options: Option[] = [];
  for (let ranges = PortSet.of(...wanted).toRanges(); ; ) {
    const now = ranges;
    const width = isPorted ? now.reduce((sum, [first, last]) => sum + last - first + 1, 0) : 1;
    options.unshift({
      rules: now.length,
      weight: { 4: weight[4] * now.length, 6: weight[6] * now.length },
      ipv4: sizes[4] * width,
      ipv6: sizes[6] * width,
      pieces: () => now.map((ports) => ({ direction, protocol, ports, peer })),
    });
    const fewer = joinNearest(now, allowed);
    if (fewer === null) break;
    ranges = fewer;
  }
  // Blocks might say the same with less: nothing is known to be the least.
  return { kind: `${direction} ${protocol}`, direction, options, bound: () => ({ ipv4: 0, ipv6: 0 }) };
}

function joinNearest(ranges: readonly [number, number][], allowed: PortSet): [number, number][] | null {
  let best = -1;
  for (let i = 0; i + 1 < ranges.length; i++) {
    const [a, b] = [ranges[i] as [number, number], ranges[i + 1] as [number, number]];
    if (!allowed.includes(PortSet.of([a[0], b[1]]))) continue;
    const gap = b[0] - a[1];
    if (best < 0 || gap < (ranges[best + 1] as [number, number])[0] - (ranges[best] as [number, number])[1]) best = i;
  }
  if (best < 0) return null;
  const [a, b] = [ranges[best] as [number, number], ranges[best + 1] as [number, number]];
  return [...ranges.slice(0, best), [a[0], b[1]], ...ranges.slice(best + 2)];
}
