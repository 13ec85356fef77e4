/**
 * Which references and lists stand for peers instead of blocks.
 *
 * A reference may stand for a point if its members certainly held the address whenever it was seen, and if today's rules
 * admit all of its members at those ports. Of several, those are taken that stand for many points with few addresses
 * beside (weighted set cover, greedy: within a factor of ln n of the least). A list of the account is taken if at least
 * half of its entries were seen and today's rules admit all of them.
 */
import type { RulePeer } from '../inventory/model.ts';
import { findOrMake } from '../multimap.ts';
import type { AddressSet } from '../net/address-set.ts';
import { PortSet } from '../net/port-set.ts';
import { type Prefix, parsePrefix, prefixContains } from '../net/prefix.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import { bitsOf } from './address-list.ts';
import type { Demand, Point, PointService } from './demand.ts';

export type SymbolPeer = Exclude<RulePeer, { kind: 'cidr' }>;

/** What could stand for peers of a group. */
export interface Candidate {
  readonly peer: SymbolPeer;
  /** Addresses that it stands for now. */
  readonly addresses: AddressSet;
  /** Index into `Observations.references`; null for lists. */
  readonly reference: number | null;
  /** Blocks of a list. */
  readonly entries: readonly Prefix[];
}

/** The same peer, however rules name it: a reference within the VPC may carry the VPC or not. */
export const symbolKey = (peer: SymbolPeer): string =>
  peer.kind === 'prefix-list' ? peer.prefixListId : `${peer.groupId} ${peer.peeringConnectionId ?? ''}`;

/** What was taken, and at which ports; and the points that are left for blocks. */
export interface Taken {
  readonly symbols: readonly { readonly candidate: Candidate; readonly ports: PointService['ports'][] }[];
  readonly rest: readonly PointService[];
}

/** An address more than the others cost: so that of references to the same points the smaller is taken. */
const PRICE_OF_A_RULE = 4;

export function takeReferences(demand: Demand, candidates: readonly Candidate[]): Taken {
  const byReference = new Map(
    candidates.flatMap((one) => (one.reference === null ? [] : [[one.reference, one] as const])),
  );
  const taken = new Map<Candidate, PointService['ports'][]>();
  const rest = demand.services.map(({ ports, points }) => {
    const left = cover(points, ports, demand, byReference, taken);
    return { ports, points: coverByLists(left, ports, demand, candidates, taken) };
  });
  return {
    symbols: Array.from(taken, ([candidate, ports]) => ({ candidate, ports })),
    rest: rest.filter(({ points }) => points.length > 0),
  };
}

function cover(
  points: readonly Point[],
  ports: PointService['ports'],
  { space, existing }: Demand,
  byReference: ReadonlyMap<number, Candidate>,
  taken: Map<Candidate, PointService['ports'][]>,
): readonly Point[] {
  if (byReference.size === 0 || !points.some(({ references }) => references.length > 0)) return points;
  const allowed = space.at(...ports);
  const isThere = ({ peer }: Candidate) =>
    existing.some(
      (one) => symbolKey(one.peer) === symbolKey(peer) && includesRange(toRuleMatch(one.rule).ports, ports),
    );
  // One that today's rules name already admits no more than it does today.
  const usable = new Map(
    [...byReference].filter(
      ([, one]) => isThere(one) || (allowed.includes(one.addresses) && allowed.size() > one.addresses.size()),
    ),
  );
  let left = points;
  for (;;) {
    const counts = new Map<number, number>();
    for (const { references } of left) {
      for (const index of references) if (usable.has(index)) counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const best = [...counts].reduce<{ index: number; score: number } | null>((found, [index, count]) => {
      const size = Number((usable.get(index) as Candidate).addresses.size());
      const score = count / (size + PRICE_OF_A_RULE);
      return found === null || score > found.score || (score === found.score && index < found.index)
        ? { index, score }
        : found;
    }, null);
    if (best === null) return left;
    findOrMake(taken, usable.get(best.index) as Candidate, () => []).push(ports);
    left = left.filter(({ references }) => !references.includes(best.index));
  }
}

const includesRange = (set: PortSet, [first, last]: PointService['ports']): boolean =>
  set.includes(PortSet.of([first, last]));

function coverByLists(
  points: readonly Point[],
  ports: PointService['ports'],
  { space }: Demand,
  candidates: readonly Candidate[],
  taken: Map<Candidate, PointService['ports'][]>,
): readonly Point[] {
  let left = points;
  for (const candidate of candidates) {
    if (candidate.entries.length === 0 || left.length === 0) continue;
    const holders = left.map((point) => candidate.entries.findIndex((entry) => holds(entry, point)));
    const seen = new Set(holders.filter((index) => index >= 0));
    if (seen.size * 2 < candidate.entries.length || seen.size === 0) continue;
    if (!space.at(...ports).includes(candidate.addresses)) continue;
    findOrMake(taken, candidate, () => []).push(ports);
    left = left.filter((_, index) => (holders[index] as number) < 0);
  }
  return left;
}

const holds = (prefix: Prefix, { family, words }: Point): boolean =>
  prefixContains(prefix, { family, bits: bitsOf(words) });

export const entriesOf = (cidrs: readonly string[]): Prefix[] => cidrs.flatMap((cidr) => parsePrefix(cidr) ?? []);
