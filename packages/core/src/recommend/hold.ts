/**
 * How wide a proposal must be to have held: arithmetic on the user's own past. For each service the blocks that the
 * earlier part of the window shows are held against the later one, for blocks of several sizes; the smallest size that
 * would have cut no more than is allowed is the narrowest that is proposed. Where ports came and went in that way, all
 * ports of today stay. Nothing is trained, and nothing is said of the future.
 */
import { findOrMake } from '../multimap.ts';
import { LAST_PORT } from '../net/port-set.ts';
import type { Prefix } from '../net/prefix.ts';
import { type AddressList, sortAddresses } from './address-list.ts';
import type { Demand, Point, PointService } from './demand.ts';
import { laterOf, laterOfAll, SHARES, wasSeenBefore } from './observations.ts';
import { shortestLengths } from './stratum.ts';

/**
 * Lengths of the narrowest blocks, narrowest first; 0 = as wide as today. Wider blocks than an organisation has are not
 * tried: peers that come from as many places come from everywhere.
 */
const LENGTHS = { 4: [32, 24, 16, 0], 6: [128, 64, 56, 48, 32, 0] } as const;

export interface Hold {
  /** The ports that stand for those of a service. */
  readonly portsOf: (ports: PointService['ports']) => PointService['ports'];
  /** The longest prefixes proposed for points at (such) ports of a service. */
  readonly lengthsAt: (ports: PointService['ports']) => Lengths;
}

/** By kind of point (`kindOf`). */
export type Lengths = readonly number[];

const KINDS = [
  { family: 4, isPublic: true },
  { family: 4, isPublic: false },
  { family: 6, isPublic: true },
  { family: 6, isPublic: false },
] as const;

/** Index into `Lengths`. */
export const kindOf = ({ family, isPublic }: Pick<Point, 'family' | 'isPublic'>): number =>
  (family === 4 ? 0 : 2) + (isPublic ? 0 : 1);

const NARROWEST: Lengths = KINDS.map(({ family }) => LENGTHS[family][0]);

/** Nothing wider than what was seen. */
export const EXACT: Hold = { portsOf: (ports) => ports, lengthsAt: () => NARROWEST };

/** @param mayCut share of later connections that may be cut, 0 to 1 */
export function holdOf({ services, space }: Demand, mayCut: number): Hold {
  const unsteady = unsteadyPorts(services, space, mayCut);
  const portsOf = (ports: PointService['ports']) => {
    const [first, last] = space.classOf(ports[0]);
    return isWhole(ports) || !unsteady.has(first) ? ports : ([first, Math.max(last, ports[1])] as const);
  };
  const lengths = new Map<string, Lengths>();
  for (const [key, { ports, points }] of joinServices(services, portsOf)) {
    lengths.set(key, lengthsThatHold(points, space.at(...ports).toPrefixes(), mayCut));
  }
  return { portsOf, lengthsAt: (ports) => lengths.get(ports.join('-')) ?? NARROWEST };
}

function lengthsThatHold(points: readonly Point[], allowed: readonly Prefix[], mayCut: number): Lengths {
  const found = [...NARROWEST];
  for (const kind of KINDS) {
    const index = kindOf(kind);
    const some = points.filter((point) => kindOf(point) === index);
    if (some.length > 0) found[index] = lengthThatHolds(some, kind.family, allowed, mayCut);
  }
  // A block that holds all of a family holds its private addresses as well.
  for (const family of [4, 6] as const) {
    const isAll = allowed.some((prefix) => prefix.family === family && prefix.length === 0);
    if (isAll && found[kindOf({ family, isPublic: true })] === 0) found[kindOf({ family, isPublic: false })] = 0;
  }
  return found;
}

const isWhole = ([first, last]: PointService['ports']): boolean => first === 0 && last === LAST_PORT;

/** First ports of the classes of today in which connections came at ports that were new. */
function unsteadyPorts(services: readonly PointService[], space: Demand['space'], mayCut: number): Set<number> {
  const byClass = new Map<number, { cut: number; of: number }>();
  for (const { ports, points } of services) {
    const sums = findOrMake(byClass, space.classOf(ports[0])[0], () => ({ cut: 0, of: 0 }));
    for (let split = 1; split <= SHARES.length; split++) {
      const later = laterOfAll(points, split);
      sums.of += later;
      if (!points.some((point) => wasSeenBefore(point, split))) sums.cut += later;
    }
  }
  return new Set([...byClass].filter(([, { cut, of }]) => cut > mayCut * of).map(([first]) => first));
}

function lengthThatHolds(points: readonly Point[], family: 4 | 6, allowed: readonly Prefix[], mayCut: number): number {
  const { list, values } = sortAddresses(family, points);
  const shortest = shortestLengths(list, allowed);
  const splits = SHARES.map((_, index) => index + 1).filter((split) =>
    values.some((point) => wasSeenBefore(point, split)),
  );
  for (const length of LENGTHS[family]) {
    if (cutBy(list, values, blocksOf(list, shortest, length), splits) <= mayCut) return length;
  }
  return 0;
}

/** The block of each address, counted from 0. */
function blocksOf(list: AddressList, shortest: Uint8Array | null, length: number): Int32Array {
  const blocks = new Int32Array(list.length);
  let first = 0;
  for (let i = 1; i < list.length; i++) {
    const isSame = list.common(first, i) >= Math.max(length, shortest?.[first] ?? 0);
    if (!isSame) first = i;
    blocks[i] = (blocks[i - 1] as number) + (isSame ? 0 : 1);
  }
  return blocks;
}

/** The share of later connections that blocks seen earlier would have cut, over all splits. */
function cutBy(list: AddressList, points: readonly Point[], blocks: Int32Array, splits: readonly number[]): number {
  let [cut, of] = [0, 0];
  for (const split of splits) {
    const seen = new Set<number>();
    for (let i = 0; i < list.length; i++) if (wasSeenBefore(points[i] as Point, split)) seen.add(blocks[i] as number);
    for (let i = 0; i < list.length; i++) {
      const later = laterOf((points[i] as Point).connections, split);
      of += later;
      if (!seen.has(blocks[i] as number)) cut += later;
    }
  }
  return of === 0 ? 0 : cut / of;
}

/** Services by the ports that stand for theirs, ascending. */
export function joinServices(
  services: readonly PointService[],
  portsOf: Hold['portsOf'],
): Map<string, { readonly ports: PointService['ports']; readonly points: Point[] }> {
  const joined = new Map<string, { readonly ports: PointService['ports']; readonly points: Point[] }>();
  for (const service of services) {
    const ports = portsOf(service.ports);
    findOrMake(joined, ports.join('-'), () => ({ ports, points: [] as Point[] })).points.push(...service.points);
  }
  return joined;
}
