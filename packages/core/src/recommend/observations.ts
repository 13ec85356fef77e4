/**
 * What the groups of an account have to go on admitting: for each group the ports and peers of accepted connections that
 * its rules of today admit, or may, in any way in which they may have been opened.
 *
 * A fold over conversations. It asks the rules of today, with the interfaces as each capture shows them: what a rule that
 * is gone admitted, no proposal brings back. Sums are kept by *part* of the window, so that recommending from its earlier
 * part can be tried out on the rest.
 */
import type { UndirectedTraffic } from '../analysis/usage.ts';
import type { Conversation } from '../conversation/model.ts';
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { findOrMake } from '../multimap.ts';
import { AddressPartition } from '../net/address-partition.ts';
import { LAST_PORT } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import type { Attribution, Attributor, WayAdmissions } from '../security-group/attribute.ts';

/** Shares of the window that are tried out as its earlier part. */
export const SHARES = [0.7, 0.8, 0.9] as const;
export const PARTS = SHARES.length + 1;

/** Where the parts of a window end, Unix seconds, on whole hours since the roll-up knows no less. */
export function cutsOf({ from, to }: { readonly from: number; readonly to: number }): number[] {
  return SHARES.map((share) => Math.round((from + share * (to - from)) / 3600) * 3600);
}

/** The part of the window that a time lies in, 0 to 3. */
export function partOf(cuts: readonly number[], seconds: number): number {
  return cuts.filter((cut) => seconds >= cut).length;
}

/** Whether something was seen before a cut. @param split counted from 1 */
export const wasSeenBefore = ({ parts }: { readonly parts: number }, split: number): boolean =>
  (parts & ((1 << split) - 1)) !== 0;

/** Connections that began after a cut. @param split counted from 1 */
export function laterOf(connections: readonly number[], split: number): number {
  let sum = 0;
  for (let part = split; part < connections.length; part++) sum += connections[part] as number;
  return sum;
}

/** Those of several peers together. */
export function laterOfAll(traffic: Iterable<{ readonly connections: readonly number[] }>, split: number): number {
  let sum = 0;
  for (const { connections } of traffic) sum += laterOf(connections, split);
  return sum;
}

/** One peer at one service. */
export interface PeerTraffic {
  /** Bit p: it was seen in part p of the window. */
  parts: number;
  /** Connections of interfaces that captures show with the group, by the part in which they began. */
  readonly connections: number[];
  /** References that certainly stood for it whenever it was seen; indexes into `Observations.references`. */
  references: readonly number[];
}

/** Traffic of one kind that the same rules of one group admit. */
export interface Service {
  readonly groupId: string;
  readonly direction: SecurityGroupRule['direction'];
  /** IANA number. */
  readonly protocol: number;
  /** Ports that may be meant; null where the log does not tell. 0 to 65535 for protocols without ports. */
  readonly ports: readonly [first: number, last: number] | null;
  /** Whether it is not certain that it was opened this way: nothing is narrowed on such a guess. */
  readonly isGuess: boolean;
  /** Ids of today's rules that admit it, or may; sorted. */
  readonly ruleIds: readonly string[];
  readonly peers: ReadonlyMap<string, PeerTraffic>;
}

/** A group that a rule could refer to, from a VPC. */
export interface Reference {
  readonly vpcId: string;
  readonly peer: Extract<RulePeer, { kind: 'group' }>;
}

export interface Observations {
  readonly services: readonly Service[];
  readonly references: readonly Reference[];
}

interface MutableService extends Service {
  readonly peers: Map<string, PeerTraffic>;
}

const NO_REFERENCES: readonly number[] = [];

export class ObservationFold {
  readonly #today: Attributor;
  readonly #past: Attributor;
  readonly #services = new Map<string, MutableService>();
  readonly #references: References;
  /** By what rules say: the rules by group. */
  readonly #admitting = new WeakMap<Attribution, Map<Attribution, readonly Admitting[]>>();
  readonly #classes = new Map<string, { readonly past: readonly number[]; readonly today: readonly number[] }>();

  /**
   * @param today of the timeline with today's rules (`withTodaysRules`)
   * @param past of the timeline as it was: ports of connections that may have been opened either way are told by its
   *   classes only
   */
  constructor(today: Attributor, past: Attributor, newest: InventorySnapshot) {
    this.#today = today;
    this.#past = past;
    this.#references = new References(today, newest);
  }

  /** @param part see `partOf`; of the time in which the connections began */
  add(conversation: Conversation, part: number): void {
    if (conversation.action === 'REJECT') return;
    const counted = new Set<string>();
    for (const way of this.#today.ways(conversation)) {
      if (!way.isClass || way.servicePort === null || !hasPorts(conversation.protocol)) {
        const port = way.servicePort;
        const ports = hasPorts(conversation.protocol) ? (port === null ? null : ([port, port] as const)) : ALL_PORTS;
        this.#note(conversation, way, ports, part, counted);
      } else this.#addClass(conversation, way, way.servicePort, part, counted);
    }
  }

  /** As `UsageFold.addUndirected`: whatever would admit it either way may have. */
  addUndirected({ addresses, ...traffic }: UndirectedTraffic, part: number): void {
    for (const peerAddress of addresses) {
      const ports = { localPort: traffic.servicePort, peerPort: traffic.servicePort };
      const unknown = { initiator: 'unknown', method: 'none', action: 'ACCEPT', connections: 0 } as const;
      this.add({ ...traffic, ...ports, ...unknown, peerAddress }, part);
    }
  }

  /** Any port of the class may be meant: each piece of it that the rules of today treat alike is asked for. */
  #addClass(conversation: Conversation, way: WayAdmissions, first: number, part: number, counted: Set<string>): void {
    const { past, today } = this.#classesOf(conversation);
    const last = (past.find((start) => start > first) ?? LAST_PORT + 1) - 1;
    const starts = [first, ...today.filter((start) => start > first && start <= last)];
    starts.forEach((start, index) => {
      const ports = [start, (starts[index + 1] ?? last + 1) - 1] as const;
      const asked = index === 0 ? way : this.#wayAt(conversation, way, start);
      if (asked !== undefined) this.#note(conversation, asked, ports, part, counted);
    });
  }

  #wayAt(conversation: Conversation, { direction }: WayAdmissions, port: number): WayAdmissions | undefined {
    const ports = direction === 'inbound' ? { localPort: port } : { peerPort: port };
    return this.#today
      .ways({ ...conversation, ...ports })
      .find((way) => way.direction === direction && way.isClass && way.servicePort === port);
  }

  #classesOf({ interfaceId, epoch }: Conversation) {
    return findOrMake(this.#classes, `${interfaceId} ${epoch}`, () => ({
      past: this.#past.portClasses(interfaceId, epoch),
      today: this.#today.portClasses(interfaceId, epoch),
    }));
  }

  /** @param counted groups that have counted its connections: a conversation may be noted in several ways */
  #note(
    conversation: Conversation,
    way: WayAdmissions,
    ports: Service['ports'],
    part: number,
    counted: Set<string>,
  ): void {
    const admitting = this.#admittingBy(way);
    if (admitting.length === 0) return;
    const { protocol, peerAddress } = conversation;
    const references = this.#references.of(conversation, way.direction);
    for (const { groupId, ruleIds, key, isOwn } of admitting) {
      const id = `${key} ${way.direction} ${protocol} ${ports?.join('-')} ${way.isClass}`;
      const service = findOrMake(this.#services, id, () => ({
        ...{ groupId, ruleIds, protocol, ports, direction: way.direction, isGuess: way.isClass },
        peers: new Map<string, PeerTraffic>(),
      }));
      const connections = isOwn && !counted.has(groupId) ? conversation.connections : 0;
      if (isOwn) counted.add(groupId);
      const peer = findOrMake(service.peers, peerAddress, () => ({ parts: 0, connections: [0, 0, 0, 0], references }));
      peer.parts |= 1 << part;
      peer.connections[part] = (peer.connections[part] as number) + connections;
      if (peer.references !== references) peer.references = this.#references.common(peer.references, references);
    }
  }

  #admittingBy({ own, elsewhere }: WayAdmissions): readonly Admitting[] {
    const known = this.#admitting.get(own)?.get(elsewhere);
    if (known) return known;
    const byGroup = new Map<string, Set<string>>();
    const note = ({ certain, possible }: Attribution) => {
      for (const version of [...certain, ...possible]) {
        const { id, value } = this.#today.versions[version] as { id: string; value: SecurityGroupRule };
        findOrMake(byGroup, value.groupId, () => new Set<string>()).add(id);
      }
    };
    note(own);
    const ofOwn = new Set(byGroup.keys());
    note(elsewhere);
    const admitting = Array.from(byGroup, ([groupId, ids]) => {
      const ruleIds = [...ids].sort();
      return { groupId, ruleIds, key: `${groupId} ${ruleIds.join()}`, isOwn: ofOwn.has(groupId) };
    });
    this.#admitting.set(own, (this.#admitting.get(own) ?? new Map()).set(elsewhere, admitting));
    return admitting;
  }

  result(): Observations {
    // Conversations come in any order, and what is made of these keeps theirs.
    const sorted = [...this.#services].sort(([a], [b]) => (a < b ? -1 : 1));
    const services = sorted.map(([, service]) => service);
    for (const { peers } of services) {
      for (const [address, peer] of peers) peer.references = this.#references.stillTrue(peer.references, address);
    }
    return { services, references: this.#references.all };
  }
}

interface Admitting {
  readonly groupId: string;
  readonly ruleIds: readonly string[];
  readonly key: string;
  /** Whether captures show the group on the interface. */
  readonly isOwn: boolean;
}

const ALL_PORTS = [0, LAST_PORT] as const;

/** Which references certainly stood for an address. */
class References {
  readonly all: readonly Reference[];
  readonly #today: Attributor;
  readonly #byVpc = new Map<string, number[]>();
  readonly #partitions = new Map<
    string,
    { readonly partition: AddressPartition; readonly lists: readonly (readonly number[])[] }
  >();
  /** By VPC and address: groups of the interface that has it now. */
  readonly #holders = new Map<string, readonly string[]>();
  readonly #common = new WeakMap<readonly number[], WeakMap<readonly number[], readonly number[]>>();

  constructor(today: Attributor, newest: InventorySnapshot) {
    this.#today = today;
    this.all = referencesIn(newest);
    this.all.forEach(({ vpcId }, index) => {
      findOrMake(this.#byVpc, vpcId, () => []).push(index);
    });
    for (const { vpcId, addresses, groupIds } of newest.interfaces) {
      for (const address of addresses) this.#holders.set(`${vpcId} ${address}`, groupIds);
    }
  }

  /**
   * Without those of which the holder of the address is no member any more: what it goes on doing would be cut. An address
   * that nobody has now needs no rule; whoever follows it in the group is admitted.
   */
  stillTrue(indexes: readonly number[], address: string): readonly number[] {
    const staying = indexes.filter((index) => {
      const { vpcId, peer } = this.all[index] as Reference;
      const holder = this.#holders.get(`${peer.vpcId ?? vpcId} ${address}`);
      return holder === undefined || holder.includes(peer.groupId);
    });
    return staying.length === indexes.length ? indexes : staying;
  }

  of(conversation: Conversation, direction: 'inbound' | 'outbound'): readonly number[] {
    const vpcId = this.#today.vpcOf(conversation);
    const indexes = vpcId === null ? undefined : this.#byVpc.get(vpcId);
    if (vpcId === null || indexes === undefined) return NO_REFERENCES;
    const { epoch, peerAddress } = conversation;
    const { partition, lists } = findOrMake(this.#partitions, `${vpcId} ${epoch} ${direction}`, () =>
      this.#partitionOf(vpcId, epoch, direction, indexes),
    );
    return lists[partition.classOf(peerAddress)] ?? NO_REFERENCES;
  }

  #partitionOf(vpcId: string, epoch: number, direction: 'inbound' | 'outbound', indexes: readonly number[]) {
    const sets = indexes.map((index) =>
      this.#today.certainMembers(anyRule((this.all[index] as Reference).peer, direction), vpcId, epoch),
    );
    const partition = new AddressPartition(sets);
    return { partition, lists: partition.classes.map((members) => members.map((member) => indexes[member] as number)) };
  }

  common(a: readonly number[], b: readonly number[]): readonly number[] {
    const known = this.#common.get(a)?.get(b);
    if (known) return known;
    const both = a.filter((index) => b.includes(index));
    const common = both.length === a.length ? a : both.length === 0 ? NO_REFERENCES : both;
    this.#common.set(a, (this.#common.get(a) ?? new WeakMap()).set(b, common));
    return common;
  }
}

const anyRule = (peer: RulePeer, direction: SecurityGroupRule['direction']): SecurityGroupRule => ({
  ...{ id: '', groupId: '', direction, protocol: '-1', fromPort: null, toPort: null, peer, description: '' },
});

/** Groups of each VPC, and those at the other end of active peering connections within the region. */
function referencesIn({ groups, peerings }: InventorySnapshot): Reference[] {
  const vpcIds = [...new Set(groups.flatMap(({ vpcId }) => vpcId ?? []))].sort();
  const within = { accountId: null, vpcId: null, peeringConnectionId: null, peeringStatus: null };
  return vpcIds.flatMap((vpcId): Reference[] => {
    const own = groups.filter((group) => group.vpcId === vpcId);
    const peered = peerings.flatMap((peering) => {
      const { requesterVpcId, accepterVpcId, requesterRegion, accepterRegion, status, id } = peering;
      const other = requesterVpcId === vpcId ? accepterVpcId : accepterVpcId === vpcId ? requesterVpcId : null;
      const isNear = requesterRegion !== null && requesterRegion === accepterRegion;
      if (status !== 'active' || other === null || other === vpcId || !isNear) return [];
      return groups
        .filter((group) => group.vpcId === other)
        .map((group) => ({ group, via: { vpcId: other, peeringConnectionId: id, peeringStatus: 'active' } }));
    });
    return [
      ...own.map(({ id }) => ({ vpcId, peer: { kind: 'group' as const, groupId: id, ...within } })),
      ...peered.map(({ group, via }) => ({
        vpcId,
        peer: { kind: 'group' as const, groupId: group.id, accountId: group.accountId, ...via },
      })),
    ];
  });
}
