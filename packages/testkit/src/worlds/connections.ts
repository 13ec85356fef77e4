/**
 * Connections of a tiny account, as each end's interface really met them. A packet is accepted exactly where a rule of
 * the state in force admits it; what the opener's side rejects the other side never sees.
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { Random } from '../account/random.ts';
import type { Direction } from './documents.ts';
import { admittingRules, holderOf, isUp } from './firewall.ts';
import { ICMP, type IcmpKind, isInAny, type Packet, TCP, UDP } from './packet.ts';
import { ADDRESSES, CLIENT_PORTS, ICMP_KINDS, PLACES, SERVICE_PORTS } from './vocabulary.ts';

/** One end of a connection. */
export interface Encounter {
  /** Unix seconds. */
  readonly at: number;
  readonly interface: NetworkInterface;
  readonly packet: Packet;
  /** The opener's port. */
  readonly clientPort: number;
  /** All rules that admitted it, as they read then; empty: rejected. */
  readonly admittedBy: readonly SecurityGroupRule[];
  /** Packets went back as well. */
  readonly bothWays: boolean;
}

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: ICMP };

type Service = Pick<Packet, 'protocol' | 'servicePort' | 'icmp'>;

/** Random, but mostly such that a rule of the interface could admit it. None where it could not come about. */
export function makeConnection(random: Random, state: InventorySnapshot, at: number): Encounter[] {
  const here = random.pick(state.interfaces);
  const rules = state.groups.filter(({ vpcId }) => vpcId === here.vpcId).flatMap((group) => group.rules);
  const own = rules.filter(({ groupId }) => here.groupIds.includes(groupId));
  const rule = random.chance(0.75) && own.length > 0 ? random.pick(own) : random.pick([...rules, null]);
  const service = serviceFor(random, rule);
  const direction = rule?.direction ?? random.pick(['inbound', 'outbound']);
  const peerAddress = peerFor(random, state, here, rule);
  const clientPort = random.pick(CLIENT_PORTS[service.protocol] as number[]);
  return meet(random, { state, at, here, direction, peerAddress, service, clientPort });
}

/** Mostly what the rule admits. */
function serviceFor(random: Random, rule: SecurityGroupRule | null): Service {
  const protocol = PROTOCOLS[rule?.protocol ?? ''] ?? random.pick([TCP, TCP, UDP, ICMP]);
  const { fromPort = null, toPort = null } = rule ?? {};
  const isTyped = protocol === ICMP && fromPort !== null && random.chance(0.8);
  const icmp: IcmpKind = isTyped ? { type: fromPort, code: toPort ?? 0 } : random.pick(ICMP_KINDS);
  const ports = SERVICE_PORTS[protocol] as number[];
  const fitting = ports.filter((port) => fromPort === null || (fromPort <= port && port <= (toPort ?? fromPort)));
  return { protocol, icmp, servicePort: random.pick(fitting.length > 0 ? fitting : ports) };
}

/** Mostly an address that the rule admits, if there is one. */
function peerFor(
  random: Random,
  state: InventorySnapshot,
  here: NetworkInterface,
  rule: SecurityGroupRule | null,
): string {
  const others = ADDRESSES.filter((address) => !here.addresses.includes(address));
  if (rule === null || random.chance(0.15)) return random.pick(others);
  const at = { ...here, groupIds: [rule.groupId] };
  const { direction, fromPort, toPort } = rule;
  const packet = {
    ...{ direction, protocol: PROTOCOLS[rule.protocol] ?? TCP, servicePort: fromPort ?? 0 },
    icmp: { type: fromPort ?? 0, code: toPort ?? 0 },
  };
  const fitting = others.filter((peerAddress) =>
    admittingRules(state, at, { ...packet, peerAddress }).some(({ id }) => id === rule.id),
  );
  return random.pick(fitting.length > 0 ? fitting : others);
}

interface Meeting {
  readonly state: InventorySnapshot;
  readonly at: number;
  readonly here: NetworkInterface;
  readonly direction: Direction;
  readonly peerAddress: string;
  readonly service: Service;
  readonly clientPort: number;
}

/** The records that both ends make. Nothing comes from an address that nobody has, and nothing crosses a closed peering. */
function meet(random: Random, { state, at, here, direction, peerAddress, service, clientPort }: Meeting): Encounter[] {
  const place = PLACES.find(({ cidr }) => isInAny([cidr], peerAddress));
  const there = place && holderOf(state, place.vpcId, peerAddress);
  const isFar = place !== undefined && place.vpcId !== here.vpcId;
  if (isFar && !state.peerings.some(({ id }) => isUp(state, id))) return [];
  if (place && !there && direction === 'inbound') return [];

  const packet: Packet = { ...service, direction, peerAddress };
  const end = { at, interface: here, packet, clientPort, admittedBy: admittingRules(state, here, packet) };
  if (!there) {
    const bothWays = end.admittedBy.length > 0 && !place && answers(random, service);
    return [{ ...end, bothWays }];
  }
  const back = { ...packet, direction: opposite(direction), peerAddress: here.addresses[0] as string };
  const otherEnd = { ...end, interface: there, packet: back, admittedBy: admittingRules(state, there, back) };
  const [opener, answerer] = direction === 'outbound' ? [end, otherEnd] : [otherEnd, end];
  if (opener.admittedBy.length === 0) return [{ ...opener, bothWays: false }];
  const bothWays = answerer.admittedBy.length > 0 && answers(random, service);
  return [
    { ...opener, bothWays },
    { ...answerer, bothWays },
  ];
}

/** Datagrams are often not answered. */
const answers = (random: Random, { protocol }: Service): boolean => random.chance(protocol === UDP ? 0.5 : 0.95);

const opposite = (direction: Direction): Direction => (direction === 'inbound' ? 'outbound' : 'inbound');
