/**
 * Which rules admit a connection, indexed.
 *
 * The rules that can apply are those of the interface's groups in one direction. For each such set and protocol the
 * bounds of all port ranges cut the ports into classes, and the bounds of all peers cut the addresses into classes; all
 * packets of one pair of classes have the same answer, which is worked out once. A question is then two binary
 * searches and one look-up. `./brute-force.ts` says the same without an index.
 */
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { AddressPartition } from '../net/address-partition.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { type Admissions, type FirstPacket, NO_ADMISSIONS } from './packet.ts';
import { classOfPort, portClassStarts } from './port-classes.ts';
import { ReachResolver } from './reach.ts';
import { type RuleMatch, toRuleMatch } from './rule-match.ts';

interface CompiledRule {
  readonly rule: SecurityGroupRule;
  readonly match: RuleMatch;
}

/** The rules of one set of groups, one direction, one protocol. */
class ProtocolIndex {
  readonly #rules: readonly CompiledRule[];
  readonly #starts: readonly number[];
  readonly #ported: boolean;
  readonly #peers: AddressPartition;
  /** By port class and peer class; the class after the last port stands for "port not known". */
  readonly #answers = new Map<number, Admissions>();

  constructor(rules: readonly CompiledRule[], vpcId: string | null, reaches: ReachResolver, ported: boolean) {
    this.#rules = rules;
    this.#ported = ported;
    this.#starts = portClassStarts(ported ? rules.map(({ match }) => match.ports) : []);
    const sets = rules.map(({ rule }) => reaches.reach(rule, vpcId));
    this.#peers = new AddressPartition(sets.flatMap(({ certain, possible }) => [certain, possible]));
  }

  admits(servicePort: number | null, peerAddress: string): Admissions {
    const peerClass = this.#peers.classOf(peerAddress);
    if (peerClass <= 0) return NO_ADMISSIONS;
    const portClass = servicePort === null ? this.#starts.length : classOfPort(this.#starts, servicePort);
    const slot = peerClass * (this.#starts.length + 1) + portClass;
    const known = this.#answers.get(slot);
    if (known) return known;
    const answer = this.#answer(portClass, peerClass);
    this.#answers.set(slot, answer);
    return answer;
  }

  /** Set `2i` of the partition is what rule `i` certainly reaches, set `2i + 1` what it possibly reaches. */
  #answer(portClass: number, peerClass: number): Admissions {
    const certain: SecurityGroupRule[] = [];
    const possible: SecurityGroupRule[] = [];
    const port = this.#starts[portClass] ?? null;
    for (const set of this.#peers.classes[peerClass] ?? []) {
      const { rule, match } = this.#rules[set >> 1] as CompiledRule;
      const byPort = this.#ported ? admitsPort(match, port) : 'certain';
      if (byPort === 'none') continue;
      (set % 2 === 0 && byPort === 'certain' ? certain : possible).push(rule);
    }
    return certain.length + possible.length === 0 ? NO_ADMISSIONS : { certain, possible };
  }
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
  readonly #reaches: ReachResolver;
  readonly #indexes: (ProtocolIndex | undefined)[] = [];

  constructor(rules: readonly CompiledRule[], vpcId: string | null, reaches: ReachResolver) {
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

/** What was compiled last in one direction: questions come in runs about one interface. */
interface Recent {
  readonly vpcId: string | null;
  readonly groupIds: readonly string[];
  readonly compiled: CompiledGroups;
}

/** Answers questions about one snapshot; compiles what it is asked for and remembers it. */
export class Evaluator {
  readonly #rules: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly #reaches: ReachResolver;
  readonly #compiled = new Map<string, CompiledGroups>();
  readonly #recent: { inbound: Recent | null; outbound: Recent | null } = { inbound: null, outbound: null };

  /** `newcomers`: interfaces that may not have existed yet, see `ReachResolver`. */
  constructor(snapshot: InventorySnapshot, newcomers?: ReadonlySet<string>) {
    this.#reaches = new ReachResolver(snapshot, newcomers);
    this.#rules = new Map(
      snapshot.groups.map((group) => [group.id, group.rules.map((rule) => ({ rule, match: toRuleMatch(rule) }))]),
    );
  }

  /** All rules of the groups that admit the packet, in the order of the groups and their rules. */
  admits(packet: FirstPacket): Admissions {
    const { protocol, servicePort, peerAddress } = packet;
    return this.#compile(packet)
      .index(protocol)
      .admits(hasPorts(protocol) ? servicePort : 0, peerAddress);
  }

  #compile({ vpcId, groupIds, direction }: FirstPacket): CompiledGroups {
    const recent = this.#recent[direction];
    if (recent && recent.vpcId === vpcId && isSameList(recent.groupIds, groupIds)) return recent.compiled;
    const key = `${direction} ${vpcId} ${groupIds.join()}`;
    const compiled = this.#compiled.get(key) ?? this.#compileAnew(vpcId, groupIds, direction);
    this.#compiled.set(key, compiled);
    this.#recent[direction] = { vpcId, groupIds, compiled };
    return compiled;
  }

  #compileAnew(vpcId: string | null, groupIds: readonly string[], direction: 'inbound' | 'outbound'): CompiledGroups {
    const rules = [...new Set(groupIds)]
      .flatMap((groupId) => this.#rules.get(groupId) ?? [])
      .filter(({ rule }) => rule.direction === direction);
    return new CompiledGroups(rules, vpcId, this.#reaches);
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function createEvaluator(snapshot: InventorySnapshot, newcomers?: ReadonlySet<string>): Evaluator {
  return new Evaluator(snapshot, newcomers);
}
