/**
 * What each rule admitted.
 *
 * A fold over conversations in any order. Accepted ones credit *every* rule that admits them; replies need no rule,
 * as a conversation is keyed by who opened it. Most sums are kept by attribution (all conversations that the same rules
 * admit share one), and spread over the rules at the end; only peers and ports are kept by rule. Memory is bounded by
 * rules, attributions and interfaces, not by conversations.
 *
 *   proven     the initiator is known by flags or elimination
 *   inferred   by ports or fan-in
 *   possible   the rule may have admitted it: initiator unknown, ICMP type, unknown members, a change of rules nearby
 *   sole       proven or inferred, and no other rule may have admitted it
 */
import { type Conversation, initiatorCertainty } from '../conversation/model.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import type { Attribution, Attributor } from '../security-group/attribute.ts';
import { ADMIN_PORTS } from './admin-ports.ts';
import { Peer } from './peer.ts';
import { type PeerSummary, PeerTally } from './peer-tally.ts';
import { PortTally } from './port-tally.ts';
import { type Traffic, TrafficSum } from './traffic.ts';
import { UnexplainedTally, type UnexplainedTraffic } from './unexplained.ts';

export interface Connections {
  readonly proven: number;
  readonly inferred: number;
  readonly possible: number;
  readonly sole: number;
}

/** `connections` of all kinds; the traffic is that of proven and inferred connections. */
export interface RuleTraffic extends Traffic {
  readonly connections: Connections;
  /** Flows that the rule only may have admitted. */
  readonly possibleFlows: number;
  /** Whether some of those are of an interface that the inventory does not hold. */
  readonly byUnknownInterface: boolean;
}

export interface RuleUsage extends RuleTraffic {
  readonly ruleId: string;
  /** By index into `Attributor.versions`, those with traffic only. */
  readonly versions: ReadonlyMap<number, RuleTraffic>;
  readonly peers: PeerSummary;
  /** Service ports of TCP and UDP together. */
  readonly ports: PortSet;
  /** Service ports by protocol number; empty sets of protocols without ports. */
  readonly services: ReadonlyMap<number, PortSet>;
  /** Who used an administrative port that the rule opens to the world, by port. */
  readonly adminPeers: ReadonlyMap<number, PeerSummary>;
}

export interface Usage {
  /** By rule id, those with traffic only. */
  readonly rules: ReadonlyMap<string, RuleUsage>;
  /** By group id: what at least one of its rules admitted or may have. */
  readonly groups: ReadonlyMap<string, Traffic>;
  /** Accepted, and no rule explains it: by interface. */
  readonly unattributed: readonly UnexplainedTraffic[];
  /** Rejected, although rules admit it: by interface and direction. */
  readonly rejectedButAllowed: readonly UnexplainedTraffic[];
  /** Interfaces with accepted traffic that the inventory does not hold. */
  readonly unknownInterfaces: readonly string[];
  readonly totals: { readonly accepted: Traffic; readonly rejected: Traffic };
}

/** Accepted records of one interface of which it is not known whose end is whose. */
export interface UndirectedTraffic
  extends Omit<
    Conversation,
    'initiator' | 'method' | 'localPort' | 'peerPort' | 'peerAddress' | 'action' | 'connections'
  > {
  /** Of both ends, in no order. */
  readonly addresses: readonly string[];
}

/** Peers and ports of one rule. */
class RuleDetail {
  readonly peers = new PeerTally();
  readonly services = new Map<number, PortTally | null>();
  readonly adminPeers = new Map<number, PeerTally>();
}

export class UsageFold {
  readonly #attributor: Attributor;
  readonly #sums = new Map<Attribution, TrafficSum>();
  readonly #details = new Map<string, RuleDetail>();
  /** By version: the detail of its rule, and whether it is open to the world. */
  readonly #detailOf: (RuleDetail | undefined)[] = [];
  readonly #worldOpen: readonly boolean[];
  readonly #unattributed = new UnexplainedTally();
  readonly #rejected = new UnexplainedTally();
  readonly #unknownInterfaces = new Set<string>();
  /** Attributions of traffic of unknown interfaces; such traffic never has certain ones. */
  readonly #byUnknown = new Set<Attribution>();
  readonly #accepted = new TrafficSum();
  readonly #allRejected = new TrafficSum();

  constructor(attributor: Attributor) {
    this.#attributor = attributor;
    this.#worldOpen = attributor.versions.map(
      ({ value }) => value.direction === 'inbound' && value.peer.kind === 'cidr' && value.peer.cidr.endsWith('/0'),
    );
  }

  add(conversation: Conversation): void {
    if (conversation.action === 'ACCEPT') this.#addAccepted(conversation);
    else if (conversation.action === 'REJECT') this.#addRejected(conversation);
  }

  #addAccepted(conversation: Conversation): void {
    this.#accepted.add(conversation);
    const { attribution, status } = this.#attributor.attribute(conversation);
    if (status === 'unknown-interface') {
      this.#unknownInterfaces.add(conversation.interfaceId);
      this.#byUnknown.add(attribution);
    }
    if (status === 'unexplained') this.#unattributed.add(conversation);
    this.#sumOf(attribution).addConversation(conversation, initiatorCertainty(conversation.method));
    if (attribution.certain.length === 0) return;
    const peer = new Peer(conversation.peerAddress);
    for (const version of attribution.certain) this.#addDetail(version, conversation, peer);
  }

  /**
   * Nothing is certain of such traffic, but whatever would admit it either way may have: without that, the rules of an
   * interface that the inventory lacks would look unused in logs without directions.
   */
  addUndirected({ addresses, ...traffic }: UndirectedTraffic): void {
    this.#accepted.add(traffic);
    for (const peerAddress of addresses) {
      const ports = { localPort: traffic.servicePort, peerPort: traffic.servicePort };
      const unknown = { initiator: 'unknown', method: 'none', action: 'ACCEPT', connections: 0 } as const;
      const conversation: Conversation = { ...traffic, ...ports, ...unknown, peerAddress };
      const { attribution, status } = this.#attributor.attribute(conversation);
      if (status === 'unknown-interface') {
        this.#unknownInterfaces.add(traffic.interfaceId);
        this.#byUnknown.add(attribution);
      }
      this.#sumOf(attribution).addConversation(conversation, 'unknown');
    }
  }

  #sumOf(attribution: Attribution): TrafficSum {
    const known = this.#sums.get(attribution);
    if (known) return known;
    const sum = new TrafficSum();
    this.#sums.set(attribution, sum);
    return sum;
  }

  #addDetail(version: number, { protocol, servicePort, flows }: Conversation, peer: Peer): void {
    const detail = this.#detail(version);
    detail.peers.add(peer, flows);
    if (servicePort === null || !hasPorts(protocol)) {
      if (!detail.services.has(protocol)) detail.services.set(protocol, null);
      return;
    }
    let ports = detail.services.get(protocol);
    if (!ports) {
      ports = new PortTally();
      detail.services.set(protocol, ports);
    }
    ports.add(servicePort);
    if (this.#worldOpen[version] && ADMIN_PORTS.has(servicePort)) {
      const peers = detail.adminPeers.get(servicePort) ?? new PeerTally();
      peers.add(peer, flows);
      detail.adminPeers.set(servicePort, peers);
    }
  }

  #detail(version: number): RuleDetail {
    const known = this.#detailOf[version];
    if (known) return known;
    const ruleId = (this.#attributor.versions[version] as { id: string }).id;
    const detail = this.#details.get(ruleId) ?? new RuleDetail();
    this.#details.set(ruleId, detail);
    this.#detailOf[version] = detail;
    return detail;
  }

  /** A scanner's packet from a low port to a high one looks like the answer of a service: doubt accuses nobody. */
  #addRejected(conversation: Conversation): void {
    this.#allRejected.add(conversation);
    const isInDoubt = conversation.localPort !== null || conversation.peerPort !== null;
    if (conversation.initiator === 'unknown' || isInDoubt) return;
    if (this.#attributor.attribute(conversation).attribution.certain.length > 0) this.#rejected.add(conversation);
  }

  result(): Usage {
    return {
      rules: this.#rules(),
      groups: this.#groups(),
      unattributed: this.#unattributed.result(),
      rejectedButAllowed: this.#rejected.result(),
      unknownInterfaces: [...this.#unknownInterfaces].sort(),
      totals: { accepted: this.#accepted, rejected: this.#allRejected },
    };
  }

  /** Spreads the sums by attribution over the versions, and those over the rules. */
  #rules(): Map<string, RuleUsage> {
    const versions = new Map<number, RuleSum>();
    for (const [attribution, sum] of this.#sums) {
      const sole = attribution.certain.length === 1 && attribution.possible.length === 0;
      for (const version of attribution.certain) sumOf(versions, version).admit(sum, sole);
      for (const version of attribution.possible) {
        sumOf(versions, version).mayAdmit(sum, this.#byUnknown.has(attribution));
      }
    }
    const rules = new Map<string, { sum: RuleSum; versions: Map<number, RuleTraffic> }>();
    for (const version of [...versions.keys()].sort((a, b) => a - b)) {
      const sum = versions.get(version) as RuleSum;
      const ruleId = (this.#attributor.versions[version] as { id: string }).id;
      const rule = rules.get(ruleId) ?? { sum: new RuleSum(), versions: new Map() };
      rule.sum.merge(sum);
      rule.versions.set(version, sum.result());
      rules.set(ruleId, rule);
    }
    return new Map(Array.from(rules, ([ruleId, rule]) => [ruleId, this.#usageOf(ruleId, rule.sum, rule.versions)]));
  }

  #usageOf(ruleId: string, sum: RuleSum, versions: ReadonlyMap<number, RuleTraffic>): RuleUsage {
    const detail = this.#details.get(ruleId);
    const services = Array.from(detail?.services ?? []).sort(([a], [b]) => a - b);
    const ports = new Map(services.map(([protocol, tally]) => [protocol, tally?.toSet() ?? PortSet.EMPTY]));
    return {
      ruleId,
      versions,
      ...sum.result(),
      peers: (detail?.peers ?? new PeerTally()).summary(),
      ports: [...ports.values()].reduce((all, set) => all.union(set), PortSet.EMPTY),
      services: ports,
      adminPeers: new Map(Array.from(detail?.adminPeers ?? [], ([port, peers]) => [port, peers.summary()])),
    };
  }

  #groups(): Map<string, TrafficSum> {
    const groups = new Map<string, TrafficSum>();
    for (const [{ certain, possible }, sum] of this.#sums) {
      const ids = new Set(
        [...certain, ...possible].map((version) => this.#attributor.versions[version]?.value.groupId),
      );
      for (const id of ids) {
        if (id === undefined) continue;
        const group = groups.get(id) ?? new TrafficSum();
        group.add(sum);
        groups.set(id, group);
      }
    }
    return groups;
  }
}

/** Running figures of one rule or version. */
class RuleSum {
  readonly #traffic = new TrafficSum();
  readonly #connections = { proven: 0, inferred: 0, possible: 0, sole: 0 };
  #possibleFlows = 0;
  #byUnknownInterface = false;

  admit(sum: TrafficSum, sole: boolean): void {
    const { proven, inferred } = sum.connections;
    this.#traffic.add(sum);
    this.#connections.proven += proven;
    this.#connections.inferred += inferred;
    if (sole) this.#connections.sole += proven + inferred;
  }

  mayAdmit(sum: TrafficSum, byUnknownInterface: boolean): void {
    this.#connections.possible += sum.allConnections();
    this.#possibleFlows += sum.flows;
    if (byUnknownInterface) this.#byUnknownInterface = true;
  }

  merge(other: RuleSum): void {
    this.#traffic.add(other.#traffic);
    for (const kind of ['proven', 'inferred', 'possible', 'sole'] as const) {
      this.#connections[kind] += other.#connections[kind];
    }
    this.#possibleFlows += other.#possibleFlows;
    if (other.#byUnknownInterface) this.#byUnknownInterface = true;
  }

  result(): RuleTraffic {
    const { flows, packets, bytes, firstSeen, lastSeen } = this.#traffic;
    return {
      connections: { ...this.#connections },
      possibleFlows: this.#possibleFlows,
      byUnknownInterface: this.#byUnknownInterface,
      ...{ flows, packets, bytes, firstSeen, lastSeen },
    };
  }
}

function sumOf(sums: Map<number, RuleSum>, version: number): RuleSum {
  const known = sums.get(version);
  if (known) return known;
  const sum = new RuleSum();
  sums.set(version, sum);
  return sum;
}

/** What all of the conversations used. */
export function foldUsage(attributor: Attributor, conversations: Iterable<Conversation>): Usage {
  const fold = new UsageFold(attributor);
  for (const conversation of conversations) fold.add(conversation);
  return fold.result();
}
