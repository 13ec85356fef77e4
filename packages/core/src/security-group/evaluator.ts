/**
 * Which rules admit a connection, indexed.
 *
 * The rules that can apply are those of the interface's groups in one direction. For each such set and protocol the
 * bounds of all port ranges cut the ports into classes, and the bounds of all peers cut the addresses into classes; all
 * packets of one pair of classes have the same answer, which is worked out once. A question is then two binary
 * searches and one look-up. `./brute-force.ts` says the same of one state without an index.
 *
 * Between two captures there are two states: a rule, and a group on an interface, may be in the one before, in the one
 * after, or in both. A rule admits certainly if it does so by both, be it by two meanings.
 */
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { push } from '../multimap.ts';
import { AddressPartition } from '../net/address-partition.ts';
import type { AddressSet } from '../net/address-set.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { DOUBT, isLess } from './doubt.ts';
import { type Admissions, type FirstPacket, NO_ADMISSIONS } from './packet.ts';
import { type PeerReachResolver, peersAsShown, type SharedSets } from './peer-reach.ts';
import { classOfPort, portClassStarts } from './port-classes.ts';
import { ReachResolver } from './reach.ts';
import { type RuleMatch, toRuleMatch } from './rule-match.ts';

/** The states that something is in: before, after, or both. */
export const BEFORE = 1;
export const AFTER = 2;
export const BOTH = 3;

/** A meaning of a rule, and the states in which the rule has it. */
export interface RuleState {
  readonly rule: SecurityGroupRule;
  readonly sides: number;
}

interface CompiledRule extends RuleState {
  /** Its place among the rules of the groups. */
  readonly place: number;
  readonly match: RuleMatch;
  /** The doubt where it is in one of the two states only. */
  readonly partly: number;
}

/** What one set of addresses means to one rule; no doubt = certain. */
interface Meaning {
  readonly rule: CompiledRule;
  readonly doubt: number;
}

/** The rules of one set of groups, one direction, one protocol. */
class ProtocolIndex {
  readonly #starts: readonly number[];
  readonly #ported: boolean;
  readonly #peers: AddressPartition;
  /** By set of the partition. */
  readonly #meanings: readonly (readonly Meaning[])[];
  readonly #shared: SharedSets | undefined;
  /** By shared set, of which there are few. */
  readonly #sharedMeanings = new Map<number, Meaning[]>();
  /** By shared class, peer class and port class; the class after the last port stands for "port not known". */
  readonly #answers = new Map<number, Admissions>();

  constructor(rules: readonly CompiledRule[], vpcId: string | null, reaches: PeerReachResolver, ported: boolean) {
    this.#ported = ported;
    this.#shared = reaches.shared;
    this.#starts = portClassStarts(ported ? rules.map(({ match }) => match.ports) : []);
    const meanings = new Map<AddressSet, Meaning[]>();
    const note = (addresses: AddressSet, rule: CompiledRule, doubt: number) => {
      if (addresses.isEmpty()) return;
      const index = reaches.shared?.indexOf(addresses) ?? -1;
      if (index >= 0) push(this.#sharedMeanings, index, { rule, doubt });
      else push(meanings, addresses, { rule, doubt });
    };
    for (const rule of rules) {
      const { certain, possible } = reaches.peersOf(rule.rule, vpcId);
      note(certain, rule, 0);
      for (const { addresses, doubt } of possible) note(addresses, rule, doubt);
    }
    this.#meanings = [...meanings.values()];
    this.#peers = new AddressPartition([...meanings.keys()]);
  }

  admits(servicePort: number | null, peerAddress: string): Admissions {
    const peerClass = this.#peers.classOf(peerAddress);
    const sharedClass = this.#sharedMeanings.size === 0 ? 0 : (this.#shared?.classOf(peerAddress) ?? 0);
    if (peerClass < 0 || peerClass + sharedClass === 0) return NO_ADMISSIONS;
    const portClass = servicePort === null ? this.#starts.length : classOfPort(this.#starts, servicePort);
    const slot = (sharedClass * this.#peers.classes.length + peerClass) * (this.#starts.length + 1) + portClass;
    const known = this.#answers.get(slot);
    if (known) return known;
    const answer = this.#answer(portClass, peerClass, sharedClass);
    this.#answers.set(slot, answer);
    return answer;
  }

  #answer(portClass: number, peerClass: number, sharedClass: number): Admissions {
    const port = this.#starts[portClass] ?? null;
    /** The least doubts of the ways in which it may admit the packet. */
    const byRule = new Map<CompiledRule, number>();
    const add = (meanings: readonly Meaning[]) => {
      for (const { rule, doubt } of meanings) {
        const byPort = this.#ported ? admitsPort(rule.match, port) : 'certain';
        if (byPort === 'none') continue;
        const doubts = doubt | (byPort === 'certain' ? 0 : DOUBT.layout);
        const known = byRule.get(rule);
        if (known === undefined || isLess(doubts, known)) byRule.set(rule, doubts);
      }
    };
    for (const set of this.#peers.classes[peerClass] ?? []) add(this.#meanings[set] as readonly Meaning[]);
    for (const set of this.#shared?.classes[sharedClass] ?? []) add(this.#sharedMeanings.get(set) ?? []);
    return toAdmissions([...byRule].sort(([a], [b]) => a.place - b.place));
  }
}

/** By rule id: certain where its meanings in both states are. */
function toAdmissions(byRule: readonly (readonly [CompiledRule, doubts: number])[]): Admissions {
  if (byRule.length === 0) return NO_ADMISSIONS;
  const byId = new Map<string, { first: CompiledRule; certainIn: number; doubts: number }>();
  for (const [rule, peerDoubts] of byRule) {
    const doubts = peerDoubts | (rule.match.typed ? DOUBT.icmpType : 0);
    const known = byId.get(rule.rule.id) ?? { first: rule, certainIn: 0, doubts: 0 };
    byId.set(rule.rule.id, {
      first: known.first,
      certainIn: known.certainIn | (doubts === 0 ? rule.sides : 0),
      doubts: known.doubts | doubts | rule.partly,
    });
  }
  const certain: SecurityGroupRule[] = [];
  const possible: SecurityGroupRule[] = [];
  const allDoubts: number[] = [];
  for (const { first, certainIn, doubts } of byId.values()) {
    if (certainIn === BOTH) certain.push(first.rule);
    else {
      possible.push(first.rule);
      allDoubts.push(doubts);
    }
  }
  return { certain, possible, doubts: allDoubts };
}

/** What the ports of a TCP or UDP rule say of a port; null = not known. */
function admitsPort({ ports }: RuleMatch, port: number | null): 'certain' | 'possible' | 'none' {
  if (ports.equals(PortSet.ALL)) return 'certain';
  if (port === null) return 'possible';
  return ports.contains(port) ? 'certain' : 'none';
}

/** The rules of one set of groups in one direction, indexed by protocol when first asked. */
class CompiledGroups {
  readonly #rules: readonly CompiledRule[];
  readonly #vpcId: string | null;
  readonly #reaches: PeerReachResolver;
  readonly #indexes: (ProtocolIndex | undefined)[] = [];

  constructor(rules: readonly CompiledRule[], vpcId: string | null, reaches: PeerReachResolver) {
    this.#rules = rules;
    this.#vpcId = vpcId;
    this.#reaches = reaches;
  }

  index(protocol: number): ProtocolIndex {
    const known = this.#indexes[protocol];
    if (known) return known;
    const rules = this.#rules.filter(({ match }) => match.protocol === null || match.protocol === protocol);
    const index = new ProtocolIndex(rules, this.#vpcId, this.#reaches, hasPorts(protocol));
    this.#indexes[protocol] = index;
    return index;
  }
}

/** What was compiled for one list of groups. */
interface Recent {
  readonly vpcId: string | null;
  readonly after: readonly string[];
  inbound: CompiledGroups | null;
  outbound: CompiledGroups | null;
}

/** Answers questions; compiles what it is asked for and remembers it. */
export class Evaluator {
  readonly #rules: ReadonlyMap<string, readonly RuleState[]>;
  readonly #reaches: PeerReachResolver;
  readonly #compiled = new Map<string, CompiledGroups>();
  readonly #recent = new WeakMap<readonly string[], Recent>();
  /** Questions come in runs about one interface. */
  #last: { readonly before: readonly string[]; readonly entry: Recent } | null = null;

  /** @param rules by group id */
  constructor(rules: ReadonlyMap<string, readonly RuleState[]>, reaches: PeerReachResolver) {
    this.#rules = rules;
    this.#reaches = reaches;
  }

  /**
   * All rules of the groups that admit the packet, in the order of the groups and their rules.
   *
   * @param groupIdsAfter what the interface had in the state after; `packet.groupIds` is then the state before
   */
  admits(packet: FirstPacket, groupIdsAfter: readonly string[] = packet.groupIds): Admissions {
    const { protocol, servicePort, peerAddress } = packet;
    return this.#compile(packet, groupIdsAfter)
      .index(protocol)
      .admits(hasPorts(protocol) ? servicePort : 0, peerAddress);
  }

  /** Lists of groups are the same objects again and again: those are found without a look at what they hold. */
  #compile({ vpcId, groupIds, direction }: FirstPacket, groupIdsAfter: readonly string[]): CompiledGroups {
    const last = this.#last;
    const recent = last?.before === groupIds ? last.entry : this.#recent.get(groupIds);
    if (recent && last?.before !== groupIds) this.#last = { before: groupIds, entry: recent };
    if (recent && recent.vpcId === vpcId && recent.after === groupIdsAfter) {
      const known = recent[direction];
      if (known) return known;
    }
    const key = `${direction} ${vpcId} ${groupIds.join()} ${groupIds === groupIdsAfter ? '=' : groupIdsAfter.join()}`;
    const compiled = this.#compiled.get(key) ?? this.#compileAnew(vpcId, groupIds, groupIdsAfter, direction);
    this.#compiled.set(key, compiled);
    const entry =
      recent && recent.vpcId === vpcId && recent.after === groupIdsAfter ? recent : newRecent(vpcId, groupIdsAfter);
    entry[direction] = compiled;
    this.#recent.set(groupIds, entry);
    this.#last = { before: groupIds, entry };
    return compiled;
  }

  #compileAnew(
    vpcId: string | null,
    groupIds: readonly string[],
    groupIdsAfter: readonly string[],
    direction: 'inbound' | 'outbound',
  ): CompiledGroups {
    const [before, after] = [new Set(groupIds), new Set(groupIdsAfter)];
    const states = [...new Set([...groupIds, ...groupIdsAfter])].flatMap((groupId) => {
      const attached = (before.has(groupId) ? BEFORE : 0) | (after.has(groupId) ? AFTER : 0);
      return (this.#rules.get(groupId) ?? []).flatMap(({ rule, sides: stood }) => {
        if (rule.direction !== direction) return [];
        // Each changed at a moment of its own: it may have been on the interface although no state shows both.
        const sides = stood & attached;
        const partly = (stood === BOTH ? 0 : DOUBT.history) | (attached === BOTH ? 0 : DOUBT.attachment);
        return { rule, sides, partly, match: toRuleMatch(rule) };
      });
    });
    const rules = states.map((state, place) => ({ ...state, place }));
    return new CompiledGroups(rules, vpcId, this.#reaches);
  }
}

const newRecent = (vpcId: string | null, after: readonly string[]): Recent => ({
  vpcId,
  after,
  inbound: null,
  outbound: null,
});

/** Of one state, as it shows itself: nothing is thought of that it does not show. */
export function createEvaluator(snapshot: InventorySnapshot): Evaluator {
  const rules = new Map(snapshot.groups.map((group) => [group.id, group.rules.map((rule) => ({ rule, sides: BOTH }))]));
  return new Evaluator(rules, peersAsShown(new ReachResolver(snapshot)));
}
