/**
 * What the proposals of one group must admit, ordered by direction and protocol: points (ports and peer) that blocks of
 * today admit, and ports of references and lists through which alone something may have come.
 */
import type { RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';
import { findOrMake } from '../multimap.ts';
import { parseAddress } from '../net/address.ts';
import { AddressSet } from '../net/address-set.ts';
import { protocolNumber } from '../net/protocol.ts';
import { isSpecialPurpose } from '../net/special.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import { compareWords, wordsOf } from './address-list.ts';
import { type PeerTraffic, type Service, wasSeenBefore } from './observations.ts';
import { Space } from './space.ts';

export interface Point extends Readonly<PeerTraffic> {
  readonly text: string;
  readonly family: 4 | 6;
  readonly words: readonly number[];
  /** Outside the special-purpose blocks. */
  readonly isPublic: boolean;
  /** Since when one of the rules that admit it has had its meaning, Unix seconds. */
  readonly since: number;
}

/** Points at one range of ports. */
export interface PointService {
  readonly ports: readonly [first: number, last: number];
  readonly points: readonly Point[];
}

/** Ports that a reference or list must go on admitting. */
export interface SymbolDemand {
  readonly peer: Exclude<RulePeer, { kind: 'cidr' }>;
  readonly ports: readonly [first: number, last: number];
  readonly parts: number;
  readonly connections: readonly number[];
  readonly since: number;
}

/** Since when rules have had their present meaning, by id, Unix seconds; null = since ever. */
export type Since = ReadonlyMap<string, number | null>;

/** Since when at least one of the rules has. */
export const oldestOf = (ruleIds: readonly string[], since: Since): number =>
  Math.min(...ruleIds.map((id) => since.get(id) ?? Number.NEGATIVE_INFINITY));

export interface Demand {
  readonly direction: SecurityGroupRule['direction'];
  readonly protocol: number;
  readonly space: Space;
  readonly services: readonly PointService[];
  readonly symbols: readonly SymbolDemand[];
  /** What today's references and lists of this protocol admit, by peer: their ports. */
  readonly existing: readonly { readonly peer: SymbolDemand['peer']; readonly rule: SecurityGroupRule }[];
}

/** @param always rules that stay whatever is proposed: what their blocks admit needs nothing else */
export function demandsOf(
  services: readonly Service[],
  open: readonly SecurityGroupRule[],
  kept: readonly SecurityGroupRule[],
  pinned: readonly SecurityGroupRule[],
  since: Since,
): Demand[] {
  const byId = new Map(open.map((rule) => [rule.id, rule]));
  const keptBlocks = new Set(kept.filter(isPlainBlock).map(({ id }) => id));
  const kinds = new Map<
    string,
    { readonly direction: SecurityGroupRule['direction']; readonly protocol: number; readonly of: Service[] }
  >();
  for (const service of services) {
    if (service.ports === null || service.ruleIds.some((id) => keptBlocks.has(id))) continue;
    if (!service.ruleIds.some((id) => byId.has(id))) continue;
    const { direction, protocol } = service;
    findOrMake(kinds, `${direction} ${protocol}`, () => ({ direction, protocol, of: [] as Service[] })).of.push(
      service,
    );
  }
  const ordered = [...kinds.values()].sort(
    (a, b) => (a.direction < b.direction ? -1 : a.direction > b.direction ? 1 : 0) || a.protocol - b.protocol,
  );
  return ordered.map(({ direction, protocol, of }) => {
    const rules = open.filter((rule) => rule.direction === direction && isFor(rule, protocol));
    const isCovered = coveredBy(pinned, direction, protocol);
    const isByBlock = ({ ruleIds }: Service) => ruleIds.some((id) => isPlainBlock(byId.get(id)));
    // Blocks stay as they are for what rests on a guess (`guessedParts`).
    const byBlocks = of.filter((service) => isByBlock(service) && !service.isGuess);
    const bySymbols = of.filter((service) => !isByBlock(service));
    return {
      ...{ direction, protocol },
      space: new Space([...open, ...kept], direction, protocol),
      services: pointsOf(byBlocks, isCovered, since),
      symbols: bySymbols.flatMap((service) => symbolsOf(service, byId, since)).sort(byPeer),
      existing: rules.flatMap((rule) => (rule.peer.kind === 'cidr' ? [] : [{ peer: rule.peer, rule }])),
    };
  });
}

const isPlainBlock = (rule: SecurityGroupRule | undefined): boolean =>
  rule !== undefined && rule.peer.kind === 'cidr' && !toRuleMatch(rule).typed;

const isFor = ({ protocol }: SecurityGroupRule, number: number): boolean =>
  protocol === '-1' || protocolNumber(protocol) === number;

type Covered = (ports: readonly [number, number], peer: string) => boolean;

function coveredBy(pinned: readonly SecurityGroupRule[], direction: string, protocol: number): Covered {
  const parts = pinned
    .filter((rule) => rule.direction === direction && isFor(rule, protocol) && rule.peer.kind === 'cidr')
    .map((rule) => ({ ports: toRuleMatch(rule).ports, addresses: AddressSet.parse([peerText(rule.peer)]) }));
  if (parts.length === 0) return () => false;
  return ([first, last], peer) => {
    const address = parseAddress(peer);
    return parts.some(
      ({ ports, addresses }) =>
        ports.toRanges().some(([from, to]) => from <= first && last <= to) &&
        address !== null &&
        addresses.contains(address),
    );
  };
}

/** Services with the same ports are one, whatever rules admit them. */
function pointsOf(services: readonly Service[], isCovered: Covered, since: Since): PointService[] {
  const byPorts = new Map<string, { readonly ports: readonly [number, number]; readonly points: Map<string, Point> }>();
  for (const { ports, peers, ruleIds } of services) {
    if (ports === null) continue;
    const oldest = oldestOf(ruleIds, since);
    const { points } = findOrMake(byPorts, ports.join('-'), () => ({ ports, points: new Map<string, Point>() }));
    for (const [text, traffic] of peers) {
      const place = isCovered(ports, text) ? null : wordsOf(text);
      if (place === null) continue;
      const known = points.get(text);
      points.set(
        text,
        known
          ? joined(known, traffic, oldest)
          : { text, ...place, isPublic: !isSpecialPurpose(text), since: oldest, ...traffic },
      );
    }
  }
  return [...byPorts.values()]
    .filter(({ points }) => points.size > 0)
    .map(({ ports, points }) => ({ ports, points: [...points.values()].sort(byAddress) }))
    .sort((a, b) => a.ports[0] - b.ports[0] || a.ports[1] - b.ports[1]);
}

/** Whatever was seen first. */
const byPeer = (a: SymbolDemand, b: SymbolDemand): number => {
  const [x, y] = [peerText(a.peer), peerText(b.peer)];
  return (x < y ? -1 : x > y ? 1 : 0) || a.ports[0] - b.ports[0] || a.ports[1] - b.ports[1];
};

const byAddress = (a: Point, b: Point): number => a.family - b.family || compareWords(a.words, b.words);

const joined = (point: Point, traffic: PeerTraffic, since: number): Point => ({
  ...point,
  since: Math.min(point.since, since),
  parts: point.parts | traffic.parts,
  connections: point.connections.map((count, part) => count + (traffic.connections[part] as number)),
  references: point.references.filter((index) => traffic.references.includes(index)),
});

/** Whichever of them it was, its port stays. */
function symbolsOf(
  { ports, ruleIds, peers }: Service,
  byId: ReadonlyMap<string, SecurityGroupRule>,
  since: Since,
): SymbolDemand[] {
  if (ports === null) return [];
  const connections = [0, 0, 0, 0];
  let parts = 0;
  for (const traffic of peers.values()) {
    parts |= traffic.parts;
    traffic.connections.forEach((count, part) => {
      connections[part] = (connections[part] as number) + count;
    });
  }
  const symbols = ruleIds.flatMap((id) => {
    const peer = byId.get(id)?.peer;
    return peer === undefined || peer.kind === 'cidr' ? [] : [{ id, peer }];
  });
  // The first stands for the connections, which would count twice otherwise.
  return symbols.map(({ id, peer }, index) => ({
    ...{ peer, ports, parts, since: oldestOf([id], since) },
    connections: index === 0 ? connections : [0, 0, 0, 0],
  }));
}

/** The earlier part of a demand: what was seen before the cut. */
export function earlierPart(demand: Demand, cut: number): Demand {
  const isEarly = (seen: { readonly parts: number }) => wasSeenBefore(seen, cut);
  return {
    ...demand,
    services: demand.services
      .map(({ ports, points }) => ({ ports, points: points.filter(isEarly) }))
      .filter(({ points }) => points.length > 0),
    symbols: demand.symbols.filter(isEarly),
  };
}
