/**
 * How well each point of a curve would have held: proposals made from the earlier part of the window, asked for the
 * connections of the rest. What came through a rule that was made later is not cut: whoever made it would have made it then. A point is tried out by the proposal with as many rules, or the next fewer, that the earlier
 * part gives.
 */
import { findOrMake, push } from '../multimap.ts';
import { AddressPartition } from '../net/address-partition.ts';
import { AddressSet } from '../net/address-set.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { type BuildContext, type Built, build } from './build.ts';
import type { Choice } from './curve.ts';
import { type Demand, earlierPart, oldestOf, type Point, type PointService, type Since } from './demand.ts';
import type { Hold } from './hold.ts';
import type { LaterCut } from './model.ts';
import { laterOf, laterOfAll, SHARES, wasSeenBefore } from './observations.ts';
import { type Candidate, symbolKey } from './references.ts';
import type { Piece } from './slot.ts';

/** What came later and was not seen before, of one direction and protocol. */
interface News {
  readonly kind: string;
  readonly services: readonly {
    readonly ports: PointService['ports'];
    readonly points: readonly { readonly point: Point; readonly later: number }[];
  }[];
  readonly symbols: readonly { readonly key: string; readonly ports: PointService['ports']; readonly later: number }[];
}

interface Split {
  readonly share: number;
  readonly at: number;
  readonly of: number;
  readonly built: Built;
  readonly news: readonly News[];
  /** By kind and its options. */
  readonly cuts: Map<string, number>;
}

/** Tries out proposals of one way of building. */
export class Trial {
  readonly #splits: readonly Split[];
  readonly #references: ReadonlyMap<string, Candidate>;

  /**
   * @param cuts times at which the window is cut, see `cutsOf`
   * @param ofLater by split: all later connections that the group's rules admitted
   */
  constructor(
    demands: readonly Demand[],
    holds: readonly Hold[],
    context: BuildContext,
    cuts: readonly number[],
    ofLater: readonly number[],
  ) {
    this.#references = new Map(context.candidates.map((one) => [symbolKey(one.peer), one]));
    this.#splits = SHARES.map((share, index) => {
      const early = demands.map((demand) => earlierPart(demand, index + 1));
      return {
        ...{ share, at: cuts[index] as number, of: ofLater[index] as number },
        built: build(early, holds, context),
        news: demands.map((demand) => newsOf(demand, index + 1, cuts[index] as number)),
        cuts: new Map(),
      };
    });
  }

  /** @param rules of the slots, without those that stay */
  of(rules: number): LaterCut {
    return sumOf(
      this.#splits.map((split) => {
        if (split.of === 0) return { ...toSplit(split), connections: 0 };
        const step = split.built.steps.findLast((one) => one.rules <= rules) ?? split.built.steps[0];
        return {
          ...toSplit(split),
          connections: step === undefined ? allOf(split.news) : this.#cutBy(split, step.choice),
        };
      }),
    );
  }

  #cutBy(split: Split, choice: Choice): number {
    return split.news.reduce((sum, news) => sum + this.#cutOfKind(split, news, choice), 0);
  }

  /** Steps along the curve change one slot at a time: what the slots of a kind cut is remembered by their options. */
  #cutOfKind({ built, cuts }: Split, news: News, choice: Choice): number {
    if (news.services.length + news.symbols.length === 0) return 0;
    const slots = built.slots.flatMap(({ kind }, slot) => (kind === news.kind ? [slot] : []));
    const key = `${news.kind} ${slots.map((slot) => choice[slot]).join()}`;
    return findOrMake(cuts, key, () => {
      const pieces = slots.flatMap((slot) => built.slots[slot]?.options[choice[slot] as number]?.pieces() ?? []);
      return this.#cutOfNews(news, pieces);
    });
  }

  #cutOfNews({ services, symbols }: News, pieces: readonly Piece[]): number {
    const matchers = this.#toMatchers(pieces);
    let cut = 0;
    for (const { ports, points } of services) {
      const some = matchers.filter((matcher) => within(ports, matcher.ports));
      for (const { point, later } of points) if (!some.some((matcher) => holds(matcher, point))) cut += later;
    }
    for (const { key, ports, later } of symbols) {
      if (!matchers.some((one) => one.keys.has(key) && within(ports, one.ports))) cut += later;
    }
    return cut;
  }

  /** One for each range of ports. */
  #toMatchers(pieces: readonly Piece[]): Matcher[] {
    const byPorts = new Map<string, Piece[]>();
    for (const piece of pieces) push(byPorts, piece.ports.join('-'), piece);
    return Array.from(byPorts.values(), (some) => {
      const keys = some.flatMap(({ peer }) => (peer.kind === 'cidr' ? [] : [symbolKey(peer)]));
      const symbols = keys.flatMap((key) => this.#references.get(key) ?? []);
      const blocks = some.flatMap(({ peer }) => (peer.kind === 'cidr' ? [parsePrefix(peer.cidr) as Prefix] : []));
      return {
        ports: (some[0] as Piece).ports,
        keys: new Set(keys),
        references: symbols.flatMap(({ reference }) => reference ?? []),
        partition: new AddressPartition([
          AddressSet.ofPrefixes([...blocks, ...symbols.flatMap(({ entries }) => entries)]),
        ]),
      };
    });
  }
}

interface Matcher {
  readonly ports: PointService['ports'];
  readonly keys: ReadonlySet<string>;
  readonly references: readonly number[];
  /** Of the blocks: class 0 is outside. */
  readonly partition: AddressPartition;
}

const within = (inner: PointService['ports'], outer: PointService['ports']): boolean =>
  outer[0] <= inner[0] && inner[1] <= outer[1];

const holds = ({ references, partition }: Matcher, point: Point): boolean =>
  partition.classOf(point.text) > 0 || references.some((reference) => point.references.includes(reference));

function newsOf({ direction, protocol, services, symbols }: Demand, split: number, at: number): News {
  const isNew = (seen: { readonly parts: number; readonly since: number }) =>
    !wasSeenBefore(seen, split) && seen.since <= at;
  return {
    kind: `${direction} ${protocol}`,
    services: services
      .map(({ ports, points }) => ({
        ports,
        points: points.flatMap((point) => {
          const later = isNew(point) ? laterOf(point.connections, split) : 0;
          return later > 0 ? [{ point, later }] : [];
        }),
      }))
      .filter(({ points }) => points.length > 0),
    symbols: symbols.flatMap((symbol) => {
      const { peer, ports, connections } = symbol;
      const later = isNew(symbol) ? laterOf(connections, split) : 0;
      return later > 0 ? [{ key: symbolKey(peer), ports, later }] : [];
    }),
  };
}

const allOf = (news: readonly News[]): number =>
  news
    .flatMap(({ services, symbols }) => [...services.flatMap(({ points }) => points), ...symbols])
    .reduce((sum, { later }) => sum + later, 0);

const toSplit = ({ share, at, of }: Split) => ({ share, at, of });

/** Over all splits together. */
export function sumOf(splits: LaterCut['splits']): LaterCut {
  const sum = (key: 'connections' | 'of') => splits.reduce((all, split) => all + split[key], 0);
  return { connections: sum('connections'), of: sum('of'), splits };
}

/** What dropping the rules that nothing had used before each cut would have cut, all others left as they are. */
export function laterCutOfDropping(
  services: readonly {
    readonly ruleIds: readonly string[];
    readonly peers: ReadonlyMap<string, { readonly parts: number; readonly connections: readonly number[] }>;
  }[],
  openIds: ReadonlySet<string>,
  since: Since,
  cuts: readonly number[],
  ofLater: readonly number[],
): LaterCut {
  return sumOf(
    SHARES.map((share, index) => {
      const split = index + 1;
      const early = new Set(
        services
          .filter(({ peers }) => [...peers.values()].some((peer) => wasSeenBefore(peer, split)))
          .flatMap(({ ruleIds }) => ruleIds),
      );
      const at = cuts[index] as number;
      if (ofLater[index] === 0) return { share, at, connections: 0, of: 0 };
      const isLost = (id: string) => openIds.has(id) && !early.has(id);
      const lost = services.filter(({ ruleIds }) => ruleIds.every(isLost) && oldestOf(ruleIds, since) <= at);
      const connections = lost.reduce((sum, { peers }) => sum + laterOfAll(peers.values(), split), 0);
      return { share, at, connections, of: ofLater[index] as number };
    }),
  );
}
