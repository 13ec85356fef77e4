/**
 * Conversations to rule versions: *all* that admit them, by the state in force when the connection began.
 *
 * A snapshot is the state at its capture; what changed until the next one changed at an unknown moment in between. So a
 * connection that began in epoch e is certainly admitted by what admits it in e, and possibly by what admits it only in
 * e + 1. A connection whose beginning was not seen may be older than the window: then the epochs before it may have
 * admitted it too. Where nothing so far explains an accepted connection, earlier epochs are asked, newest first.
 *
 * Rules that are only possible never make a verdict, but they keep it from being `unused`.
 */

import type { Admits } from '../conversation/initiator.ts';
import { type Conversation, type Initiator, initiatorCertainty } from '../conversation/model.ts';
import type { InventorySnapshot, NetworkInterface, SecurityGroupRule } from '../inventory/model.ts';
import type { Timeline, Version } from '../inventory/timeline.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import { type Admissions, NO_ADMISSIONS, strengthOf } from './packet.ts';

/** Indexes into `Attributor.versions`. The same answer is the same object, so that it can be a key. */
export interface Attribution {
  readonly certain: readonly number[];
  readonly possible: readonly number[];
}

export const NO_ATTRIBUTION: Attribution = { certain: [], possible: [] };

/**
 * How an attribution came about. `no-groups`: the interface has none (NAT gateway, transit gateway …).
 * `unknown-interface`: not in the inventory; every rule that would admit the packet in its VPC is possible.
 */
export type AttributionStatus = 'explained' | 'unexplained' | 'no-groups' | 'unknown-interface';

export interface AttributionResult {
  readonly attribution: Attribution;
  readonly status: AttributionStatus;
}

const UNEXPLAINED: AttributionResult = { attribution: NO_ATTRIBUTION, status: 'unexplained' };
const NO_GROUPS: AttributionResult = { attribution: NO_ATTRIBUTION, status: 'no-groups' };

/** One connection before its initiator is known, for the elimination rung. */
export interface UndirectedConnection {
  readonly interfaceId: string;
  readonly vpcId: string | null;
  readonly epoch: number;
  readonly groupIds: readonly string[];
  readonly protocol: number;
  readonly localPort: number | null;
  readonly peerPort: number | null;
  readonly peerAddress: string;
}

type State = Pick<Timeline, 'epochs' | 'snapshotAt' | 'interfaceAt' | 'ruleVersions'>;
type Opened = Exclude<Initiator, 'unknown'>;
type EitherWay = Record<'inbound' | 'outbound', Admits>;

/** One evaluator and the epochs it serves: those between which nothing that matters to rules changed. */
interface Era {
  readonly evaluator: Evaluator;
  readonly snapshot: InventorySnapshot;
  readonly newcomers: ReadonlySet<string>;
  /** Its first epoch. */
  readonly epoch: number;
  readonly attributions: WeakMap<Admissions, Attribution>;
}

export class Attributor {
  /** Every rule version of the timeline, by rule id and time. */
  readonly versions: readonly Version<SecurityGroupRule>[];
  readonly #timeline: State;
  /** Index of the first version of each rule id. */
  readonly #firstVersion = new Map<string, number>();
  readonly #eras: Era[] = [];
  readonly #combined = new WeakMap<Attribution, Map<Attribution, Attribution>>();
  readonly #weakened = new WeakMap<Attribution, Attribution>();
  readonly #groupsOfVpc = new Map<string, readonly string[]>();
  readonly #windowEpoch: number;
  #recent: { interfaceId: string; epoch: number; groupIds: readonly string[] | undefined } | null = null;

  /** `windowEpoch`: the epoch in which the logs begin. */
  constructor(timeline: State, windowEpoch = 0) {
    this.#timeline = timeline;
    this.#windowEpoch = windowEpoch;
    this.versions = timeline.ruleVersions();
    this.versions.forEach(({ id }, index) => {
      if (!this.#firstVersion.has(id)) this.#firstVersion.set(id, index);
    });
  }

  evaluatorOf(epoch: number): Evaluator {
    return this.#era(epoch).evaluator;
  }

  /** Which rules admitted a conversation. */
  attribute(conversation: Conversation): AttributionResult {
    const groupIds = this.#groupsWhenBegun(conversation);
    if (groupIds === null) return this.#ofUnknown(conversation);
    const attribution = this.#attributeAround(conversation, groupIds);
    if (attribution !== NO_ATTRIBUTION) return { attribution, status: 'explained' };
    if (groupIds.length === 0) return NO_GROUPS;
    for (let earlier = conversation.epoch - 1; earlier >= 0; earlier--) {
      const then = this.#bothWays(earlier, conversation, this.#groupsAsOf(earlier, conversation));
      if (then !== NO_ATTRIBUTION) return { attribution: this.#weaken(then), status: 'explained' };
    }
    return UNEXPLAINED;
  }

  /** By the inventory, else as the conversation says; null where neither knows. Rows come in runs of one interface. */
  #groupsWhenBegun({ interfaceId, epoch, groupIds }: Conversation): readonly string[] | null {
    const recent = this.#recent;
    if (recent === null || recent.interfaceId !== interfaceId || recent.epoch !== epoch) {
      const known = this.#timeline.interfaceAt(interfaceId, this.#time(epoch))?.groupIds;
      this.#recent = { interfaceId, epoch, groupIds: known };
      return known ?? (groupIds.length > 0 ? groupIds : null);
    }
    return recent.groupIds ?? (groupIds.length > 0 ? groupIds : null);
  }

  /**
   * What the rules say of a connection opened either way. `none` is said only where neither the epoch nor its
   * neighbours admit it, since elimination rests on it.
   */
  admitsEitherWay(connection: UndirectedConnection): EitherWay {
    return { inbound: this.#admitsAround(connection, 'inbound'), outbound: this.#admitsAround(connection, 'outbound') };
  }

  #admitsAround(connection: UndirectedConnection, direction: 'inbound' | 'outbound'): Admits {
    const { epoch, vpcId, protocol, peerAddress } = connection;
    const servicePort = direction === 'inbound' ? connection.localPort : connection.peerPort;
    const ask = (at: number, groupIds: readonly string[]) =>
      strengthOf(this.evaluatorOf(at).admits({ vpcId, groupIds, direction, protocol, servicePort, peerAddress }));
    const now = ask(epoch, connection.groupIds);
    if (now !== 'none') return now;
    const near = [epoch - 1, epoch + 1].filter((at) => at >= 0 && at < this.#timeline.epochs.length);
    return near.some((at) => ask(at, this.#groupsAsOf(at, connection)) !== 'none') ? 'possible' : 'none';
  }

  #era(epoch: number): Era {
    const known = this.#eras[epoch];
    if (known) return known;
    const snapshot = this.#timeline.snapshotAt(this.#time(epoch));
    const next = this.#timeline.epochs[epoch + 1];
    const newcomers = next === undefined ? NOBODY : newcomersIn(snapshot, this.#timeline.snapshotAt(next));
    const before = epoch > 0 ? this.#era(epoch - 1) : null;
    const era =
      before && newcomers.size + before.newcomers.size === 0 && isSameForRules(before.snapshot, snapshot)
        ? before
        : { evaluator: createEvaluator(snapshot, newcomers), snapshot, newcomers, epoch, attributions: new WeakMap() };
    this.#eras[epoch] = era;
    return era;
  }

  #attributeAround(conversation: Conversation, groupIds: readonly string[]): Attribution {
    const { epoch } = conversation;
    let attribution = this.#bothWays(epoch, conversation, groupIds);
    if (epoch + 1 < this.#timeline.epochs.length) attribution = this.#alsoIn(epoch + 1, conversation, attribution);
    if (epoch === this.#windowEpoch && initiatorCertainty(conversation.method) !== 'proven') {
      for (let earlier = epoch - 1; earlier >= 0; earlier--) {
        attribution = this.#alsoIn(earlier, conversation, attribution);
      }
    }
    return attribution;
  }

  /** Adds what admits the conversation in another epoch, as possible. */
  #alsoIn(epoch: number, conversation: Conversation, attribution: Attribution): Attribution {
    if (this.#era(epoch) === this.#era(conversation.epoch)) return attribution;
    return this.#combine(attribution, this.#bothWays(epoch, conversation, this.#groupsAsOf(epoch, conversation)));
  }

  /** The initiator's way, and as possible the other way where it is open. */
  #bothWays(epoch: number, conversation: Conversation, groupIds: readonly string[]): Attribution {
    const { initiator, localPort, peerPort, servicePort } = conversation;
    if (initiator === 'unknown') {
      const inbound = this.#oneWay(epoch, conversation, groupIds, 'remote', localPort);
      const outbound = this.#oneWay(epoch, conversation, groupIds, 'local', peerPort);
      return this.#combine(this.#weaken(inbound), outbound);
    }
    const taken = this.#oneWay(epoch, conversation, groupIds, initiator, servicePort);
    if (localPort === null || peerPort === null) return taken;
    const other = initiator === 'local' ? 'remote' : 'local';
    const otherPort = initiator === 'local' ? localPort : peerPort;
    return this.#combine(taken, this.#oneWay(epoch, conversation, groupIds, other, otherPort));
  }

  #oneWay(
    epoch: number,
    { vpcId, protocol, peerAddress }: Conversation,
    groupIds: readonly string[],
    initiator: Opened,
    servicePort: number | null,
  ): Attribution {
    const direction = initiator === 'remote' ? 'inbound' : 'outbound';
    const era = this.#era(epoch);
    const admissions = era.evaluator.admits({ vpcId, groupIds, direction, protocol, servicePort, peerAddress });
    if (admissions === NO_ADMISSIONS) return NO_ATTRIBUTION;
    const known = era.attributions.get(admissions);
    if (known) return known;
    const toIndexes = (rules: readonly SecurityGroupRule[]) =>
      rules.map(({ id }) => this.#versionOf(id, era.epoch)).sort((a, b) => a - b);
    const attribution = { certain: toIndexes(admissions.certain), possible: toIndexes(admissions.possible) };
    era.attributions.set(admissions, attribution);
    return attribution;
  }

  /** The version of a rule in an epoch: the last one that began by then. */
  #versionOf(ruleId: string, epoch: number): number {
    const time = this.#time(epoch);
    let index = this.#firstVersion.get(ruleId) ?? 0;
    for (
      let next = this.versions[index + 1];
      next?.id === ruleId && (next.from ?? 0) <= time;
      next = this.versions[index + 1]
    ) {
      index++;
    }
    return index;
  }

  /** The groups the interface had in another epoch. */
  #groupsAsOf(epoch: number, { interfaceId, groupIds }: Conversation | UndirectedConnection): readonly string[] {
    return this.#timeline.interfaceAt(interfaceId, this.#time(epoch))?.groupIds ?? groupIds;
  }

  /** Of an interface that no snapshot holds: every group of its VPC may be on it. */
  #ofUnknown(conversation: Conversation): AttributionResult {
    const { epoch, vpcId } = conversation;
    const attribution = this.#weaken(this.#bothWays(epoch, conversation, this.#groupsIn(epoch, vpcId)));
    return { attribution, status: 'unknown-interface' };
  }

  #groupsIn(epoch: number, vpcId: string | null): readonly string[] {
    const key = `${epoch} ${vpcId}`;
    const known = this.#groupsOfVpc.get(key);
    if (known) return known;
    const groups = this.#timeline.snapshotAt(this.#time(epoch)).groups;
    const ids = groups
      .filter((group) => vpcId === null || group.vpcId === null || group.vpcId === vpcId)
      .map(({ id }) => id);
    this.#groupsOfVpc.set(key, ids);
    return ids;
  }

  #ruleOf(version: number): string {
    return (this.versions[version] as Version<SecurityGroupRule>).id;
  }

  #time(epoch: number): number {
    return this.#timeline.epochs[epoch] ?? 0;
  }

  /** What `first` says, and as possible whatever else `second` says. */
  #combine(first: Attribution, second: Attribution): Attribution {
    if (second === NO_ATTRIBUTION || second === first) return first;
    let partners = this.#combined.get(first);
    if (!partners) {
      partners = new Map();
      this.#combined.set(first, partners);
    }
    const partner = partners.get(second);
    if (partner) return partner;
    // A rule that admits by one of its versions is not also possible by another.
    const known = new Set([...first.certain, ...first.possible].map((index) => this.#ruleOf(index)));
    const others = [...second.certain, ...second.possible].filter((index) => !known.has(this.#ruleOf(index)));
    const possible = [...new Set([...first.possible, ...others])].sort((a, b) => a - b);
    const same = possible.length === first.possible.length && possible.every((index, i) => index === first.possible[i]);
    const combined = same ? first : { certain: first.certain, possible };
    partners.set(second, combined);
    return combined;
  }

  /** Everything as possible only. */
  #weaken(attribution: Attribution): Attribution {
    if (attribution.certain.length === 0) return attribution;
    const known = this.#weakened.get(attribution);
    if (known) return known;
    const possible = [...new Set([...attribution.certain, ...attribution.possible])].sort((a, b) => a - b);
    const weak = { certain: [], possible };
    this.#weakened.set(attribution, weak);
    return weak;
  }
}

/** Unchanged objects of a timeline are the same objects, so that identity tells. */
function isSameForRules(a: InventorySnapshot, b: InventorySnapshot): boolean {
  const lists = ['groups', 'interfaces', 'prefixLists', 'peerings'] as const;
  return lists.every((list) => a[list].length === b[list].length && a[list].every((item, i) => item === b[list][i]));
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Addresses are used again. The timeline lists an interface that the next capture shows first as one that may have
 * existed already; where it has an address of one that the next capture no longer shows, it took it over in between,
 * and at the capture itself the address was the other one's.
 */
function newcomersIn(snapshot: InventorySnapshot, next: InventorySnapshot): ReadonlySet<string> {
  const staying = new Set(next.interfaces.map(({ id }) => id));
  const leaving = snapshot.interfaces.filter(({ id }) => !staying.has(id));
  if (leaving.length === 0) return NOBODY;
  const keys = ({ vpcId, addresses }: NetworkInterface) => addresses.map((address) => `${vpcId} ${address}`);
  const given = new Set(leaving.flatMap(keys));
  const takers = snapshot.interfaces.filter((one) => staying.has(one.id) && keys(one).some((key) => given.has(key)));
  return new Set(takers.map(({ id }) => id));
}
