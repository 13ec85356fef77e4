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
 *   possible   the rule may have admitted it; what is in doubt is counted apart
 *   sole       proven or inferred, and no other rule may have admitted it
 *
 * What is certain outside the captures rests on nothing having been otherwise there (see `../security-group/attribute.ts`).
 * An accepted connection that nothing explains shows that something was: then nothing is certain of that interface,
 * gap and direction. That is known only at the end, so those sums are kept by place.
 */
import { type Conversation, initiatorCertainty } from '../conversation/model.ts';
import { findOrMake } from '../multimap.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import type { Attribution, AttributionResult, Attributor } from '../security-group/attribute.ts';
import { DOUBT } from '../security-group/doubt.ts';
import { ADMIN_PORTS } from './admin-ports.ts';
import { occasionOf } from './occasion.ts';
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
  /** What is in doubt about those, each by its bit of `DOUBT`. A connection may count for several. */
  readonly doubts: ReadonlyMap<number, DoubtfulTraffic>;
  /** Whether all that is certain lies outside the captures, so that it rests on nothing having been otherwise there. */
  readonly extrapolated: boolean;
}

/** Traffic that a rule may have admitted, but for one doubt. */
export interface DoubtfulTraffic extends Traffic {
  readonly connections: number;
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

/** Traffic of interfaces that may have had other groups than captures show. */
interface ElsewhereSum {
  readonly sum: TrafficSum;
  /** Groups that all of those interfaces are known to have had: what their rules admitted is counted already. */
  common: readonly string[];
}

export class UsageFold {
  readonly #attributor: Attributor;
  readonly #sums = new Map<Attribution, TrafficSum>();
  /** Outside the captures: by interface, gap and direction. */
  readonly #extrapolated = new Map<string, Map<Attribution, TrafficSum>>();
  /** Places of that kind in which something was otherwise than captures show. */
  readonly #refuted = new Set<string>();
  /** By doubt, which is one of two, and attribution. */
  readonly #elsewhere = new Map<number, Map<Attribution, ElsewhereSum>>();
  readonly #details = new Map<string, RuleDetail>();
  /** By version: the detail of its rule, and whether it is open to the world. */
  readonly #detailOf: (RuleDetail | undefined)[] = [];
  readonly #worldOpen: readonly boolean[];
  readonly #unattributed = new UnexplainedTally();
  readonly #rejected = new UnexplainedTally();
  readonly #unknownInterfaces = new Set<string>();
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
    else this.#addUntold(conversation, DOUBT.action);
  }

  #addAccepted(conversation: Conversation): void {
    this.#accepted.add(conversation);
    const result = this.#attributor.attribute(conversation);
    const { attribution, status, extrapolated } = result;
    if (result.elsewhere.length > 0) this.#addElsewhere(conversation, result, 0);
    if (status === 'unknown-interface') this.#unknownInterfaces.add(conversation.interfaceId);
    if (status === 'unexplained') {
      this.#unattributed.add(conversation);
      if (extrapolated) for (const place of placesOf(conversation)) this.#refuted.add(place);
    }
    const sums = extrapolated
      ? findOrMake(this.#extrapolated, this.#placeOf(conversation, attribution), newSums)
      : this.#sums;
    findOrMake(sums, attribution, newTraffic).addConversation(conversation, initiatorCertainty(conversation.method));
    if (attribution.certain.length === 0) return;
    const peer = new Peer(conversation.peerAddress);
    const occasion = occasionOf(conversation);
    for (const version of attribution.certain) this.#addDetail(version, conversation, peer, occasion);
  }

  /** What the log does not tell enough of for anything to be certain. */
  #addUntold(conversation: Conversation, doubt: number): void {
    const result = this.#attributor.attribute(conversation);
    this.#addElsewhere(conversation, result, doubt);
    if (result.status === 'unknown-interface') this.#unknownInterfaces.add(conversation.interfaceId);
    const weak = this.#attributor.weaken(result.attribution, doubt);
    findOrMake(this.#sums, weak, newTraffic).addConversation(conversation, 'unknown');
  }

  #addElsewhere(conversation: Conversation, result: AttributionResult, doubt: number): void {
    const why = result.status === 'unknown-interface' ? DOUBT.unknownInterface : DOUBT.attachment;
    for (const attribution of result.elsewhere) {
      const sums = this.#elsewhere.get(why | doubt) ?? new Map<Attribution, ElsewhereSum>();
      this.#elsewhere.set(why | doubt, sums);
      const known = sums.get(attribution);
      if (known && known.common !== result.groupIds) {
        known.common = known.common.filter((id) => result.groupIds.includes(id));
      }
      const entry = known ?? { sum: new TrafficSum(), common: result.groupIds };
      sums.set(attribution, entry);
      entry.sum.addConversation(conversation, 'unknown');
    }
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
      this.#addUntold({ ...traffic, ...ports, ...unknown, peerAddress }, DOUBT.initiator);
    }
  }

  /** Where what is certain of a conversation would be refuted: either way, where it was concluded who opened it. */
  #placeOf(conversation: Conversation, attribution: Attribution): string {
    const taken = TAKEN[conversation.initiator];
    const certain = this.#attributor.directionOf(attribution);
    return placeIn(conversation, certain === null || certain === taken ? taken : 'either');
  }

  #addDetail(version: number, { protocol, servicePort, flows }: Conversation, peer: Peer, occasion: number): void {
    const detail = this.#detail(version);
    detail.peers.add(peer, flows, occasion);
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
      peers.add(peer, flows, occasion);
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

  /** All sums by attribution; what is certain outside the captures only where nothing speaks against it. */
  *#allSums(): Generator<[Attribution, TrafficSum, extrapolated: boolean]> {
    for (const [attribution, sum] of this.#sums) yield [attribution, sum, false];
    for (const [place, sums] of this.#extrapolated) {
      const isRefuted = this.#refuted.has(place);
      for (const [attribution, sum] of sums) {
        const isRetracted = isRefuted && attribution.certain.length > 0;
        yield [isRetracted ? this.#attributor.weaken(attribution, DOUBT.unexplained) : attribution, sum, true];
      }
    }
  }

  /** Spreads the sums by attribution over the versions, and those over the rules. */
  #rules(): Map<string, RuleUsage> {
    const versions = new Map<number, RuleSum>();
    for (const [{ certain, possible, doubts }, sum, extrapolated] of this.#allSums()) {
      const sole = certain.length === 1 && possible.length === 0;
      for (const version of certain) findOrMake(versions, version, newRule).admit(sum, { sole, extrapolated });
      possible.forEach((version, index) => {
        findOrMake(versions, version, newRule).mayAdmit(sum, doubts[index] as number);
      });
    }
    this.#spreadElsewhere(versions);
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

  #spreadElsewhere(versions: Map<number, RuleSum>): void {
    for (const [why, sums] of this.#elsewhere) {
      for (const [{ certain, possible, doubts }, { sum, common }] of sums) {
        const isKnown = (version: number) => common.includes(this.#attributor.versions[version]?.value.groupId ?? '');
        for (const version of certain) if (!isKnown(version)) findOrMake(versions, version, newRule).mayAdmit(sum, why);
        possible.forEach((version, index) => {
          if (!isKnown(version)) findOrMake(versions, version, newRule).mayAdmit(sum, why | (doubts[index] as number));
        });
      }
    }
  }

  #usageOf(ruleId: string, sum: RuleSum, versions: ReadonlyMap<number, RuleTraffic>): RuleUsage {
    const traffic = sum.result();
    const detail = traffic.flows > 0 ? this.#details.get(ruleId) : undefined;
    const services = Array.from(detail?.services ?? []).sort(([a], [b]) => a - b);
    const ports = new Map(services.map(([protocol, tally]) => [protocol, tally?.toSet() ?? PortSet.EMPTY]));
    return {
      ruleId,
      versions,
      ...traffic,
      peers: (detail?.peers ?? new PeerTally()).summary(),
      ports: [...ports.values()].reduce((all, set) => all.union(set), PortSet.EMPTY),
      services: ports,
      adminPeers: new Map(Array.from(detail?.adminPeers ?? [], ([port, peers]) => [port, peers.summary()])),
    };
  }

  /** By what captures show on interfaces: that one may have had a group elsewhere is no traffic of the group. */
  #groups(): Map<string, TrafficSum> {
    const groups = new Map<string, TrafficSum>();
    for (const [{ certain, possible }, sum] of this.#allSums()) {
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
  readonly #doubts = new Map<number, TrafficSum>();
  #possibleFlows = 0;
  #bracketedFlows = 0;

  admit(sum: TrafficSum, { sole, extrapolated }: { readonly sole: boolean; readonly extrapolated: boolean }): void {
    const { proven, inferred, unknown } = sum.connections;
    this.#traffic.add(sum);
    this.#connections.proven += proven;
    // Where one rule alone can have admitted it, that is concluded whoever opened it.
    this.#connections.inferred += inferred + unknown;
    if (sole) this.#connections.sole += proven + inferred + unknown;
    if (!extrapolated) this.#bracketedFlows += sum.flows;
  }

  mayAdmit(sum: TrafficSum, doubts: number): void {
    this.#connections.possible += sum.allConnections();
    this.#possibleFlows += sum.flows;
    for (let bit = 1; bit <= doubts; bit *= 2)
      if ((doubts & bit) !== 0) findOrMake(this.#doubts, bit, newTraffic).addSum(sum);
  }

  merge(other: RuleSum): void {
    this.#traffic.add(other.#traffic);
    for (const kind of ['proven', 'inferred', 'possible', 'sole'] as const) {
      this.#connections[kind] += other.#connections[kind];
    }
    this.#possibleFlows += other.#possibleFlows;
    this.#bracketedFlows += other.#bracketedFlows;
    for (const [bit, sum] of other.#doubts) findOrMake(this.#doubts, bit, newTraffic).addSum(sum);
  }

  result(): RuleTraffic {
    const { flows, packets, bytes, firstSeen, lastSeen } = this.#traffic;
    const doubts = Array.from(this.#doubts).sort(([a], [b]) => a - b);
    return {
      connections: { ...this.#connections },
      possibleFlows: this.#possibleFlows,
      doubts: new Map(doubts.map(([bit, sum]) => [bit, { ...toTraffic(sum), connections: sum.allConnections() }])),
      extrapolated: flows > 0 && this.#bracketedFlows === 0,
      ...{ flows, packets, bytes, firstSeen, lastSeen },
    };
  }
}

const toTraffic = ({ flows, packets, bytes, firstSeen, lastSeen }: TrafficSum): Traffic => ({
  ...{ flows, packets, bytes, firstSeen, lastSeen },
});

const newTraffic = (): TrafficSum => new TrafficSum();

const newRule = (): RuleSum => new RuleSum();

const newSums = (): Map<Attribution, TrafficSum> => new Map();

const TAKEN = { remote: 'inbound', local: 'outbound', unknown: 'either' } as const;

const placeIn = ({ interfaceId, epoch }: Conversation, direction: 'inbound' | 'outbound' | 'either'): string =>
  `${interfaceId} ${epoch} ${direction}`;

/** The places in which an unexplained connection speaks against what captures show: for each way that is open. */
function placesOf(conversation: Conversation): string[] {
  const { initiator, localPort, peerPort } = conversation;
  const isOpen = initiator === 'unknown' || (localPort !== null && peerPort !== null);
  const directions = isOpen ? (['inbound', 'outbound'] as const) : [TAKEN[initiator]];
  return [...directions, 'either' as const].map((direction) => placeIn(conversation, direction));
}

/** What all of the conversations used. */
export function foldUsage(attributor: Attributor, conversations: Iterable<Conversation>): Usage {
  const fold = new UsageFold(attributor);
  for (const conversation of conversations) fold.add(conversation);
  return fold.result();
}
