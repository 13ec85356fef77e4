/** From the demands of a group to its curve: slots, and the points that divide rules among them. */
import type { PrefixList, RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { findOrMake } from '../multimap.ts';
import type { AddressSet } from '../net/address-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import { sortAddresses } from './address-list.ts';
import { blockSlot } from './block-slot.ts';
import { type Choice, type Point as CurveStep, divide, type Room } from './curve.ts';
import type { Demand, Point, PointService } from './demand.ts';
import { type Hold, joinServices, kindOf } from './hold.ts';
import { weightOf } from './quota.ts';
import { type Candidate, type SymbolPeer, symbolKey, type Taken, takeReferences } from './references.ts';
import type { Option, Piece, Slot } from './slot.ts';
import { type Stratum, toStratum } from './stratum.ts';
import { symbolSlot } from './symbol-slot.ts';

export interface Built {
  readonly slots: readonly Slot[];
  /** Empty where the room does not do for any. */
  readonly steps: readonly CurveStep[];
}

export interface BuildContext {
  readonly candidates: readonly Candidate[];
  readonly lists: ReadonlyMap<string, PrefixList>;
  readonly room: Readonly<Record<'inbound' | 'outbound', Room>>;
  /** Addresses that a rule's peer stands for now. */
  readonly reachOf: (rule: SecurityGroupRule) => AddressSet;
}

/** @param holds by demand */
export function build(demands: readonly Demand[], holds: readonly Hold[], context: BuildContext): Built {
  const slots: Slot[] = [];
  for (const [index, demand] of demands.entries()) {
    const own = slotsOf(demand, holds[index] as Hold, context);
    if (own === null) return { slots: [], steps: [] };
    slots.push(...own);
  }
  return { slots, steps: divide(slots, context.room) ?? [] };
}

export const optionsAt = ({ slots }: Built, choice: Choice): Option[] =>
  slots.map(({ options }, slot) => options[choice[slot] as number] as Option);

export const piecesAt = (built: Built, choice: Choice): Piece[] =>
  optionsAt(built, choice).flatMap((option) => option.pieces());

function slotsOf(demand: Demand, hold: Hold, context: BuildContext): Slot[] | null {
  const { room } = context;
  const services = [...joinServices(demand.services, hold.portsOf).values()];
  const { symbols, rest } = withoutWide(services, hold, (narrow) =>
    takeReferences({ ...demand, services: narrow }, context.candidates),
  );
  const slots = symbolSlots(demand, symbols, context);
  for (const family of [4, 6] as const) {
    const strata = strataOf(demand, rest, family, hold);
    if (strata.length === 0) continue;
    const limit = room[demand.direction][family];
    const slot = limit > 0 ? blockSlot({ ...demand, family, strata }, limit) : null;
    if (slot === null) return null;
    slots.push(slot);
  }
  return slots;
}

/** What needs today's blocks anyway has them: references are taken for the others only. */
function withoutWide(
  services: readonly PointService[],
  hold: Hold,
  take: (narrow: readonly PointService[]) => Taken,
): Taken {
  const wide: PointService[] = [];
  const narrow = services.map((service) => {
    const lengths = hold.lengthsAt(service.ports);
    if (!lengths.includes(0)) return service;
    const isWide = (point: Point) => lengths[kindOf(point)] === 0;
    wide.push({ ...service, points: service.points.filter(isWide) });
    return { ...service, points: service.points.filter((point) => !isWide(point)) };
  });
  const { symbols, rest } = take(narrow);
  const all = wide.length === 0 ? rest : [...joinServices([...rest, ...wide], (ports) => ports).values()];
  const some = all.filter(({ points }) => points.length > 0);
  return { symbols, rest: some.sort((a, b) => a.ports[0] - b.ports[0] || a.ports[1] - b.ports[1]) };
}

function strataOf(
  { protocol, space }: Demand,
  services: readonly PointService[],
  family: 4 | 6,
  hold: Hold,
): Stratum[] {
  return services.flatMap(({ ports, points }) => {
    const some = points.filter((point) => point.family === family);
    if (some.length === 0) return [];
    const { list, values } = sortAddresses(family, some);
    const lengths = hold.lengthsAt(ports);
    const wanted = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) wanted[i] = lengths[kindOf(values[i] as Point)] as number;
    const stratum = toStratum(ports, hasPorts(protocol), { list, wanted }, space);
    if (stratum === null) throw new Error(`a point at ports ${ports.join('-')} is admitted by no block of today`);
    return stratum;
  });
}

interface SymbolEntry {
  readonly peer: SymbolPeer;
  readonly wanted: PointService['ports'][];
}

function symbolSlots(
  { direction, protocol, space, symbols, existing }: Demand,
  taken: readonly { readonly candidate: Candidate; readonly ports: readonly PointService['ports'][] }[],
  { lists, reachOf }: BuildContext,
): Slot[] {
  const entries = new Map<string, SymbolEntry>();
  const want = (peer: SymbolPeer, ports: readonly PointService['ports'][]) =>
    findOrMake(entries, symbolKey(peer), () => ({ peer, wanted: [] as PointService['ports'][] })).wanted.push(...ports);
  for (const { peer, ports } of symbols) want(peer, [ports]);
  for (const { candidate, ports } of taken) want(candidate.peer, ports);
  return Array.from(entries, ([key, { peer, wanted }]) => {
    const rule = ruleOf(direction, protocol, peer);
    const addresses = reachOf(rule);
    const own = existing.filter((one) => symbolKey(one.peer) === key).map((one) => toRuleMatch(one.rule).ports);
    const allowed = own.reduce((all, ports) => all.union(ports), space.portsFor(addresses));
    return symbolSlot({ direction, protocol, peer, wanted, allowed, addresses, weight: weightOf(rule, lists) });
  });
}

const ruleOf = (direction: Piece['direction'], protocol: number, peer: RulePeer): SecurityGroupRule => ({
  ...{
    id: '',
    groupId: '',
    direction,
    protocol: String(protocol),
    fromPort: null,
    toPort: null,
    peer,
    description: '',
  },
});
