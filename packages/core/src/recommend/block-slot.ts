/**
 * Blocks for the points of one direction, protocol and family.
 *
 * Ports are joined into ranges one pair of neighbours at a time, each time the pair whose joining admits the least more.
 * At each stage every range has its own points, and k prefixes are divided among the ranges so that the least is admitted
 * (exact, `./prefix-cover.ts` within a range, a min-plus sum over the ranges); of all stages the best counts for each k.
 * So a slot with one range is exact. For more, no k rules whatever can admit less than each range would with k prefixes of
 * its own: that is the bound.
 */

import { findOrMake } from '../multimap.ts';
import { formatPrefix } from '../net/prefix.ts';
import { hasPorts } from '../net/protocol.ts';
import type { PrefixCover } from './prefix-cover.ts';
import type { Option, Piece, Slot } from './slot.ts';
import type { Space } from './space.ts';
import { coverOf, mergeLists, type Stratum, toStratum } from './stratum.ts';

/** Ranges from which stages are tried out; more are joined beforehand. */
const MOST_RANGES = 40;
/** Stages with more points than this are costly: fewer ranges are tried. */
const MANY_POINTS = 20_000;
const MOST_RANGES_OF_MANY = 12;

export interface BlockDemand {
  readonly direction: Piece['direction'];
  readonly protocol: number;
  readonly family: 4 | 6;
  readonly space: Space;
  /** By ports, ascending. */
  readonly strata: readonly Stratum[];
}

/** One stage: the ranges, and the best division of k prefixes among them. */
interface Stage {
  readonly strata: readonly Stratum[];
  readonly covers: readonly PrefixCover[];
  /** By k. */
  readonly cost: Float64Array;
  /** By range and k: how many prefixes the range gets, given k for it and all ranges before it. */
  readonly shares: readonly Uint16Array[];
}

/** Null where no set of `limit` rules admits all of the points. */
export function blockSlot(demand: BlockDemand, limit: number): Slot | null {
  const covers = new Map<Stratum, PrefixCover>();
  const coverFor = (stratum: Stratum) => findOrMake(covers, stratum, () => coverOf(stratum, limit));
  const points = demand.strata.reduce((sum, { list }) => sum + list.length, 0);
  const most = points > MANY_POINTS ? MOST_RANGES_OF_MANY : MOST_RANGES;
  const joined = [...joinStepByStep(demand)];
  const tried = joined.filter((strata, index) => strata.length <= most || index === joined.length - 1);
  const stages = tried.map((strata) => toStage(strata, strata.map(coverFor), limit));
  const options = optionsOf(demand, stages, limit);
  if (options.length === 0) return null;
  return {
    kind: `${demand.direction} ${demand.protocol}`,
    direction: demand.direction,
    options,
    bound: (rules) => {
      const least = demand.strata.reduce((sum, one) => sum + one.width * leastOf(coverFor(one), rules), 0);
      return demand.family === 4 ? { ipv4: least, ipv6: 0 } : { ipv4: 0, ipv6: least };
    },
  };
}

const leastOf = (cover: PrefixCover, rules: number): number => {
  const least = cover.sizes[Math.max(1, Math.min(rules, cover.most))] as number;
  return Number.isFinite(least) ? least : 0;
};

/** The ranges, then the ranges with two neighbours joined, and so on for as long as today's rules admit what is joined. */
function* joinStepByStep({ strata, protocol, space }: BlockDemand): Generator<readonly Stratum[]> {
  const isPorted = hasPorts(protocol);
  let current = [...strata];
  const join = (a: Stratum, b: Stratum): Stratum | null => {
    const ports = [a.ports[0], Math.max(a.ports[1], b.ports[1])] as const;
    return toStratum(ports, isPorted, mergeLists(a, b), space);
  };
  const known = new Map<Stratum, { readonly next: Stratum; readonly joined: Stratum | null }>();
  const joinedWithNext = (index: number): Stratum | null => {
    const [a, b] = [current[index] as Stratum, current[index + 1] as Stratum];
    const last = known.get(a);
    if (last?.next === b) return last.joined;
    const joined = join(a, b);
    known.set(a, { next: b, joined });
    return joined;
  };
  yield current;
  while (current.length > 1) {
    let best: { readonly index: number; readonly joined: Stratum; readonly more: number } | null = null;
    for (let index = 0; index + 1 < current.length; index++) {
      const joined = joinedWithNext(index);
      if (joined === null) continue;
      const [a, b] = [current[index] as Stratum, current[index + 1] as Stratum];
      const more = joined.leafSize * joined.width - a.leafSize * a.width - b.leafSize * b.width;
      if (best === null || more < best.more) best = { index, joined, more };
    }
    if (best === null) return;
    current = [...current.slice(0, best.index), best.joined, ...current.slice(best.index + 2)];
    yield current;
  }
}

function toStage(strata: readonly Stratum[], covers: readonly PrefixCover[], limit: number): Stage {
  let cost = new Float64Array(limit + 1).fill(Number.POSITIVE_INFINITY);
  cost[0] = 0;
  const shares = covers.map((cover, index) => {
    const { width } = strata[index] as Stratum;
    const next = new Float64Array(limit + 1).fill(Number.POSITIVE_INFINITY);
    const share = new Uint16Array(limit + 1);
    for (let before = 0; before <= limit; before++) {
      const part = cost[before] as number;
      if (!Number.isFinite(part)) continue;
      for (let own = cover.fewest; own <= Math.min(cover.most, limit - before); own++) {
        const sum = part + width * (cover.sizes[own] as number);
        if (sum < (next[before + own] as number)) {
          next[before + own] = sum;
          share[before + own] = own;
        }
      }
    }
    cost = next;
    return share;
  });
  return { strata, covers, cost, shares };
}

function optionsOf({ direction, protocol, family }: BlockDemand, stages: readonly Stage[], limit: number): Option[] {
  const options: Option[] = [];
  for (let rules = 1; rules <= limit; rules++) {
    let best: Stage | null = null;
    for (const stage of stages)
      if ((stage.cost[rules] as number) < (best?.cost[rules] ?? Number.POSITIVE_INFINITY)) best = stage;
    const pairs = best?.cost[rules] ?? Number.POSITIVE_INFINITY;
    const previous = options.at(-1);
    if (best === null || (previous !== undefined && pairs >= Math.max(previous.ipv4, previous.ipv6))) continue;
    const stage = best;
    options.push({
      rules,
      weight: { 4: family === 4 ? rules : 0, 6: family === 6 ? rules : 0 },
      ipv4: family === 4 ? pairs : 0,
      ipv6: family === 6 ? pairs : 0,
      pieces: () =>
        piecesOf(stage, rules).map(({ ports, cidr }) => ({ direction, protocol, ports, peer: { kind: 'cidr', cidr } })),
    });
  }
  return options;
}

function piecesOf({ strata, covers, shares }: Stage, rules: number): { ports: Stratum['ports']; cidr: string }[] {
  const pieces: { ports: Stratum['ports']; cidr: string }[] = [];
  let left = rules;
  for (let index = strata.length - 1; index >= 0; index--) {
    const own = (shares[index] as Uint16Array)[left] as number;
    const { ports } = strata[index] as Stratum;
    pieces.push(
      ...(covers[index] as PrefixCover).prefixes(own).map((prefix) => ({ ports, cidr: formatPrefix(prefix) })),
    );
    left -= own;
  }
  return pieces.reverse();
}
