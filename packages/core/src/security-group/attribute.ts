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
import { type Conversation, type Initiator, initiatorCertainty } from '../conversation/model.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import type { Timeline, Version } from '../inventory/timeline.ts';
import { createEvaluator, type Evaluator } from './evaluator.ts';
import { type Admissions, type FirstPacket, strengthOf } from './packet.ts';

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

export class Attributor {
  /** Every rule version of the timeline, by rule id and time. */
  readonly versions: readonly Version<SecurityGroupRule>[];
  readonly #timeline: State;
  /** Index of the first version of each rule id. */
  readonly #firstVersion = new Map<string, number>();
  readonly #evaluators: (Evaluator | undefined)[] = [];
  /** By epoch: answers of its evaluator to attributions. */
  readonly #translated: (WeakMap<Admissions, Attribution> | undefined)[] = [];
  readonly #combined = new WeakMap<Attribution, Map<Attribution, Attribution>>();
  readonly #weakened = new WeakMap<Attribution, Attribution>();
  readonly #groupsOfVpc = new Map<string, readonly string[]>();
  readonly #windowEpoch: number;

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
    const known = this.#evaluators[epoch];
    if (known) return known;
    const evaluator = createEvaluator(this.#timeline.snapshotAt(this.#time(epoch)));
    this.#evaluators[epoch] = evaluator;
    return evaluator;
  }

  /** Which rules admitted a conversation. */
  attribute(conversation: Conversation): AttributionResult {
    if (conversation.groupIds.length === 0) return this.#withoutGroups(conversation);
    const attribution = this.#attributeIn(conversation.epoch, conversation);
    if (attribution !== NO_ATTRIBUTION) return { attribution, status: 'explained' };
    for (let epoch = conversation.epoch - 1; epoch >= 0; epoch--) {
      const earlier = this.#bothWays(epoch, this.#asOf(epoch, conversation));
      if (earlier !== NO_ATTRIBUTION) return { attribution: this.#weaken(earlier), status: 'explained' };
    }
    return { attribution: NO_ATTRIBUTION, status: 'unexplained' };
  }

  /**
   * What the rules say of a connection opened either way. `none` is said only where neither the epoch nor its
   * neighbours admit it, since elimination rests on it.
   */
  admitsEitherWay(connection: UndirectedConnection): Record<'inbound' | 'outbound', 'certain' | 'possible' | 'none'> {
    const ask = (direction: 'inbound' | 'outbound') => {
      const servicePort = direction === 'inbound' ? connection.localPort : connection.peerPort;
      const now = strengthOf(this.evaluatorOf(connection.epoch).admits({ ...connection, direction, servicePort }));
      if (now !== 'none') return now;
      const near = [connection.epoch - 1, connection.epoch + 1].filter(
        (epoch) => this.#timeline.epochs[epoch] !== undefined,
      );
      const admits = (epoch: number) =>
        strengthOf(this.evaluatorOf(epoch).admits({ ...this.#asOf(epoch, connection), direction, servicePort }));
      return near.some((epoch) => admits(epoch) !== 'none') ? 'possible' : 'none';
    };
    return { inbound: ask('inbound'), outbound: ask('outbound') };
  }

  #attributeIn(epoch: number, conversation: Conversation): Attribution {
    let attribution = this.#bothWays(epoch, conversation);
    if (epoch + 1 < this.#timeline.epochs.length) {
      attribution = this.#combine(attribution, this.#bothWays(epoch + 1, this.#asOf(epoch + 1, conversation)));
    }
    if (epoch === this.#windowEpoch && initiatorCertainty(conversation.method) !== 'proven') {
      for (let earlier = epoch - 1; earlier >= 0; earlier--) {
        attribution = this.#combine(attribution, this.#bothWays(earlier, this.#asOf(earlier, conversation)));
      }
    }
    return attribution;
  }

  /** The initiator's way, and as possible the other way where it is open. */
  #bothWays(epoch: number, conversation: Conversation): Attribution {
    const { initiator, localPort, peerPort } = conversation;
    if (initiator === 'unknown') {
      const inbound = this.#oneWay(epoch, conversation, 'remote', localPort);
      const outbound = this.#oneWay(epoch, conversation, 'local', peerPort);
      return this.#combine(this.#weaken(inbound), outbound);
    }
    const taken = this.#oneWay(epoch, conversation, initiator, conversation.servicePort);
    if (localPort === null || peerPort === null) return taken;
    const [other, port]: [Opened, number] = initiator === 'local' ? ['remote', localPort] : ['local', peerPort];
    return this.#combine(taken, this.#oneWay(epoch, conversation, other, port));
  }

  #oneWay(epoch: number, conversation: Conversation, initiator: Opened, servicePort: number | null): Attribution {
    const { vpcId, groupIds, protocol, peerAddress } = conversation;
    const direction = initiator === 'remote' ? 'inbound' : 'outbound';
    return this.#ask(epoch, { vpcId, groupIds, direction, protocol, servicePort, peerAddress });
  }

  #ask(epoch: number, packet: FirstPacket): Attribution {
    const admissions = this.evaluatorOf(epoch).admits(packet);
    if (admissions.certain.length + admissions.possible.length === 0) return NO_ATTRIBUTION;
    let translated = this.#translated[epoch];
    if (!translated) {
      translated = new WeakMap();
      this.#translated[epoch] = translated;
    }
    const known = translated.get(admissions);
    if (known) return known;
    const toIndexes = (rules: readonly SecurityGroupRule[]) =>
      rules.map(({ id }) => this.#versionOf(id, epoch)).sort((a, b) => a - b);
    const attribution = { certain: toIndexes(admissions.certain), possible: toIndexes(admissions.possible) };
    translated.set(admissions, attribution);
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

  /** A connection with the groups its interface had in another epoch. */
  #asOf<C extends Conversation | UndirectedConnection>(epoch: number, connection: C): C {
    const groupIds = this.#timeline.interfaceAt(connection.interfaceId, this.#time(epoch))?.groupIds;
    return groupIds === undefined || groupIds === connection.groupIds ? connection : { ...connection, groupIds };
  }

  #withoutGroups(conversation: Conversation): AttributionResult {
    if (this.#timeline.interfaceAt(conversation.interfaceId, this.#time(conversation.epoch))) {
      return { attribution: NO_ATTRIBUTION, status: 'no-groups' };
    }
    const groupIds = this.#groupsIn(conversation.epoch, conversation.vpcId);
    const attribution = this.#weaken(this.#bothWays(conversation.epoch, { ...conversation, groupIds }));
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
    const known = partners.get(second);
    if (known) return known;
    const certain = new Set(first.certain);
    const others = [...first.possible, ...second.certain, ...second.possible].filter((index) => !certain.has(index));
    const possible = [...new Set(others)].sort((a, b) => a - b);
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
