/**
 * How well each point of a curve would have held: proposals made from the earlier part of the window, asked for the
 * connections of the rest. A point is tried out by the proposal with as many rules, or the next fewer, that the earlier
 * part gives.
 */
import { type Prefix, parsePrefix, prefixContains } from '../net/prefix.ts';
import { type BuildContext, type Built, build, piecesAt } from './build.ts';
import type { Choice } from './curve.ts';
import { type Demand, earlierPart, type Point, type PointService } from './demand.ts';
import type { Hold } from './hold.ts';
import type { LaterCut } from './model.ts';
import { SHARES } from './observations.ts';
import { type Candidate, symbolKey } from './references.ts';
import type { Piece } from './slot.ts';

/** What came later and was not seen before, of one direction and protocol. */
interface News {
  readonly kind: string;
  readonly points: readonly { readonly ports: PointService['ports']; readonly point: Point; readonly later: number }[];
  readonly symbols: readonly { readonly key: string; readonly ports: PointService['ports']; readonly later: number }[];
}

interface Split {
  readonly share: number;
  readonly at: number;
  readonly of: number;
  readonly built: Built;
  readonly news: readonly News[];
  readonly cuts: Map<Choice, number>;
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
        news: demands.map((demand) => newsOf(demand, index + 1)),
        cuts: new Map(),
      };
    });
  }

  /** @param rules of the slots, without those that stay */
  of(rules: number): LaterCut {
    return sumOf(
      this.#splits.map((split) => {
        const step = split.built.steps.findLast((one) => one.rules <= rules) ?? split.built.steps[0];
        return {
          ...toSplit(split),
          connections: step === undefined ? allOf(split.news) : this.#cutBy(split, step.choice),
        };
      }),
    );
  }

  #cutBy(split: Split, choice: Choice): number {
    const known = split.cuts.get(choice);
    if (known !== undefined) return known;
    const pieces = piecesAt(split.built, choice);
    const cut = split.news.reduce((sum, news) => sum + this.#cutOfNews(news, pieces), 0);
    split.cuts.set(choice, cut);
    return cut;
  }

  #cutOfNews({ kind, points, symbols }: News, pieces: readonly Piece[]): number {
    const own = pieces
      .filter(({ direction, protocol }) => `${direction} ${protocol}` === kind)
      .map((piece) => this.#toMatcher(piece));
    const missed = points.filter(({ ports, point }) => !own.some((matcher) => holds(matcher, ports, point)));
    const lost = symbols.filter(({ key, ports }) => !own.some((one) => one.key === key && within(ports, one.ports)));
    return [...missed, ...lost].reduce((sum, { later }) => sum + later, 0);
  }

  #toMatcher({ ports, peer }: Piece): Matcher {
    if (peer.kind === 'cidr') return { ports, key: '', prefixes: [parsePrefix(peer.cidr) as Prefix], reference: null };
    const key = symbolKey(peer);
    const candidate = this.#references.get(key);
    return { ports, key, prefixes: candidate?.entries ?? [], reference: candidate?.reference ?? null };
  }
}

interface Matcher {
  readonly ports: PointService['ports'];
  readonly key: string;
  readonly prefixes: readonly Prefix[];
  readonly reference: number | null;
}

const within = (inner: PointService['ports'], outer: PointService['ports']): boolean =>
  outer[0] <= inner[0] && inner[1] <= outer[1];

function holds({ ports: own, prefixes, reference }: Matcher, ports: PointService['ports'], point: Point): boolean {
  if (!within(ports, own)) return false;
  if (reference !== null && point.references.includes(reference)) return true;
  return prefixes.some((prefix) => prefixContains(prefix, { family: point.family, bits: bitsOf(point) }));
}

const bitsOf = ({ words }: Point): bigint => words.reduce((bits, word) => (bits << 32n) | BigInt(word), 0n);

const laterOf = (connections: readonly number[], split: number): number =>
  connections.slice(split).reduce((sum, count) => sum + count, 0);

function newsOf({ direction, protocol, services, symbols }: Demand, split: number): News {
  const isNew = (parts: number) => (parts & ((1 << split) - 1)) === 0;
  return {
    kind: `${direction} ${protocol}`,
    points: services.flatMap(({ ports, points }) =>
      points.flatMap((point) => {
        const later = isNew(point.parts) ? laterOf(point.connections, split) : 0;
        return later > 0 ? [{ ports, point, later }] : [];
      }),
    ),
    symbols: symbols.flatMap(({ peer, ports, parts, connections }) => {
      const later = isNew(parts) ? laterOf(connections, split) : 0;
      return later > 0 ? [{ key: symbolKey(peer), ports, later }] : [];
    }),
  };
}

const allOf = (news: readonly News[]): number =>
  news.reduce(
    (sum, { points, symbols }) => sum + [...points, ...symbols].reduce((all, { later }) => all + later, 0),
    0,
  );

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
  cuts: readonly number[],
  ofLater: readonly number[],
): LaterCut {
  return sumOf(
    SHARES.map((share, index) => {
      const split = index + 1;
      const early = new Set(
        services
          .filter(({ peers }) => [...peers.values()].some(({ parts }) => (parts & ((1 << split) - 1)) !== 0))
          .flatMap(({ ruleIds }) => ruleIds),
      );
      const lost = services.filter(({ ruleIds }) => ruleIds.every((id) => openIds.has(id) && !early.has(id)));
      const connections = lost.reduce((sum, { peers }) => sum + laterOfAll(peers.values(), split), 0);
      return { share, at: cuts[index] as number, connections, of: ofLater[index] as number };
    }),
  );
}

/** Connections after a cut. */
export function laterOfAll(peers: Iterable<{ readonly connections: readonly number[] }>, split: number): number {
  let sum = 0;
  for (const { connections } of peers) sum += laterOf(connections, split);
  return sum;
}
