/**
 * One way in which a connection may have been opened, held against both states: does today's admit it, does the
 * proposed one, and is there a world in which only one of them does?
 *
 * Nothing is lost in any world if the proposed state certainly admits it, or if each rule of today that may admit it
 * stays (`./passage.ts`) or is replaced: by a rule that may admit the connection too, and does so wherever the old one
 * does, since what is in doubt about it is the same (its peer is written alike, its ports and types include the old
 * ones) or nothing but the ICMP type. What is gained is the same question asked the other way round.
 *
 * Few different answers of rules meet: each pair of them is compared once.
 */
import type { ChangeSet } from '../change/change-set.ts';
import type { Conversation } from '../conversation/model.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { findOrMake } from '../multimap.ts';
import { hasPorts, protocolNumber } from '../net/protocol.ts';
import type { Attributor, WayAdmissions } from '../security-group/attribute.ts';
import { type Attribution, NO_ATTRIBUTION } from '../security-group/attribution.ts';
import { DOUBT } from '../security-group/doubt.ts';
import { strengthOf } from '../security-group/packet.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import { isSamePeer, Passage, reversed } from './passage.ts';

type Strength = ReturnType<typeof strengthOf>;

export interface Comparison {
  readonly direction: 'inbound' | 'outbound';
  /** By groups that captures show on the interface. */
  readonly today: Strength;
  readonly proposed: Strength;
  /** By these groups or others that it may have had. */
  readonly anywhereToday: Strength;
  readonly anywhereProposed: Strength;
  /** Why there is a world in which today's rules admit it and the proposed ones do not, bits of `DOUBT`; null = there is none. */
  readonly loses: number | null;
  /** The same the other way round, by groups that captures show; by others where none shows the interface. */
  readonly gains: number | null;
  /** Ids of rules, sorted: those that certainly admit it, else those that may. */
  readonly admittedBy: readonly string[];
  readonly proposedBy: readonly string[];
  /** Rules of its own groups that only may admit it. */
  readonly possible: readonly SecurityGroupRule[];
}

interface State {
  readonly own: Attribution;
  readonly elsewhere: Attribution;
  readonly ruleOf: (version: number) => SecurityGroupRule;
}

interface Place {
  readonly interfaceId: string;
  readonly isPortKnown: boolean;
  readonly isShown: boolean;
}

type Memo = Map<Attribution, Map<Attribution, Map<Attribution, Map<Attribution, Comparison>>>>;

export class Comparer {
  readonly #todays: (version: number) => SecurityGroupRule;
  readonly #proposed: (version: number) => SecurityGroupRule;
  readonly #forward: Passage;
  readonly #back: Passage;
  /** Interfaces whose groups change: a rule may stay, and not on them. */
  readonly #moved: ReadonlySet<string>;
  readonly #stays = new WeakMap<Attribution, 'all' | 'some' | 'none'>();
  readonly #memos = new Map<string, Map<number, Memo>>();

  constructor(todays: Attributor, proposed: Attributor, change: ChangeSet) {
    this.#todays = rulesOf(todays);
    this.#proposed = rulesOf(proposed);
    this.#forward = new Passage(change);
    this.#back = new Passage(reversed(change));
    this.#moved = new Set(change.interfaces.map(({ interfaceId }) => interfaceId));
  }

  /**
   * Whether today's rules admit it and the proposed ones need not be asked: a rule that certainly does stays, or all do
   * that may.
   */
  isSafe({ own, elsewhere }: WayAdmissions, interfaceId: string): boolean {
    if (this.#moved.has(interfaceId)) return false;
    const ofOwn = this.#staying(own, interfaceId);
    if (own.certain.length > 0 && ofOwn !== 'none') return true;
    if (ofOwn !== 'all' || this.#staying(elsewhere, interfaceId) !== 'all') return false;
    return own.possible.length + elsewhere.certain.length + elsewhere.possible.length > 0;
  }

  /** Of the rules that admit: whether all stay, else whether one that certainly admits does. */
  #staying(attribution: Attribution, interfaceId: string): 'all' | 'some' | 'none' {
    const known = this.#stays.get(attribution);
    if (known !== undefined) return known;
    const stays = (version: number) => this.#forward.stays(this.#todays(version), interfaceId);
    const isOne = attribution.certain.some(stays);
    const areAll = attribution.certain.every(stays) && attribution.possible.every(stays);
    const answer = areAll ? 'all' : isOne ? 'some' : 'none';
    this.#stays.set(attribution, answer);
    return answer;
  }

  /** @param isShown whether a capture shows the interface */
  compare(
    today: WayAdmissions,
    proposed: WayAdmissions,
    { interfaceId, protocol }: Pick<Conversation, 'interfaceId' | 'protocol'>,
    isShown: boolean,
  ): Comparison {
    const isPortKnown = today.servicePort !== null && hasPorts(protocol);
    // Where its own groups decide, it matters to nobody which others the interface may have had.
    const isDecided = isShown && today.own.certain.length > 0 && strengthOf(proposed.own) !== 'possible';
    const elsewhere = isDecided ? NO_ATTRIBUTION : today.elsewhere;
    const elsewhereProposed = isDecided ? NO_ATTRIBUTION : proposed.elsewhere;
    const memo = this.#memoOf(today.direction, isPortKnown, isShown, interfaceId);
    const answers = child(child(child(memo, today.own), elsewhere), proposed.own);
    const known = answers.get(elsewhereProposed);
    if (known) return known;
    const before = { own: today.own, elsewhere, ruleOf: this.#todays };
    const after = { own: proposed.own, elsewhere: elsewhereProposed, ruleOf: this.#proposed };
    const comparison = this.#compare(before, after, today.direction, { interfaceId, isPortKnown, isShown });
    answers.set(elsewhereProposed, comparison);
    return comparison;
  }

  /** What an answer depends on besides the rules. */
  #memoOf(direction: Comparison['direction'], isPortKnown: boolean, isShown: boolean, interfaceId: string): Memo {
    const place = this.#moved.has(interfaceId) ? interfaceId : '';
    const kind = (direction === 'inbound' ? 4 : 0) + (isPortKnown ? 2 : 0) + (isShown ? 1 : 0);
    return child(child(this.#memos, place), kind);
  }

  #compare(before: State, after: State, direction: Comparison['direction'], place: Place): Comparison {
    const lost = new Transition(before, after, this.#forward, place);
    const gained = new Transition(after, before, this.#back, place);
    return {
      direction,
      today: strengthOf(before.own),
      proposed: strengthOf(after.own),
      anywhereToday: strongest(before),
      anywhereProposed: strongest(after),
      loses: lost.doubtsOfLoss(true),
      gains: gained.doubtsOfLoss(!place.isShown),
      admittedBy: idsOf(before),
      proposedBy: idsOf(after),
      possible: before.own.possible.map(before.ruleOf),
    };
  }
}

/** One way from state to state, for one connection. */
class Transition {
  readonly #from: State;
  readonly #to: State;
  readonly #passage: Passage;
  readonly #place: Place;

  constructor(from: State, to: State, passage: Passage, place: Place) {
    this.#from = from;
    this.#to = to;
    this.#passage = passage;
    this.#place = place;
  }

  /** Null where whatever admits in the one state does in the other, in every world. */
  doubtsOfLoss(asksElsewhere: boolean): number | null {
    const { own, elsewhere } = this.#from;
    if (this.#to.own.certain.length > 0) return null;
    const ofOwn = this.#doubtsOf(own, true);
    const ofOthers = asksElsewhere ? this.#doubtsOf(elsewhere, false) : null;
    if (ofOwn === null && ofOthers === null) return null;
    const ofOther = this.#to.own.doubts.reduce((all, doubt) => all | doubt, 0);
    return (ofOwn ?? 0) | (ofOthers === null ? 0 : ofOthers | DOUBT.attachment) | ofOther;
  }

  #doubtsOf({ certain, possible, doubts }: Attribution, isOwn: boolean): number | null {
    let lost: number | null = null;
    for (const version of certain) if (!this.#isSafe(version, isOwn)) lost ??= 0;
    possible.forEach((version, index) => {
      if (!this.#isSafe(version, isOwn)) lost = (lost ?? 0) | (doubts[index] as number);
    });
    return lost;
  }

  #isSafe(version: number, isOwn: boolean): boolean {
    const rule = this.#from.ruleOf(version);
    return this.#passage.stays(rule, this.#place.interfaceId) || this.#isReplaced(rule, isOwn);
  }

  #isReplaced(rule: SecurityGroupRule, isOwn: boolean): boolean {
    const { own, elsewhere, ruleOf } = this.#to;
    if (isOwn && this.#hasReplacement(rule, own, true)) return true;
    if (!this.#passage.keepsGroup(this.#place.interfaceId, rule.groupId)) return false;
    const isThere = elsewhere.certain.some((version) => ruleOf(version).groupId === rule.groupId);
    return isThere || this.#hasReplacement(rule, elsewhere, false);
  }

  #hasReplacement(rule: SecurityGroupRule, { possible, doubts }: Attribution, fromAnyGroup: boolean): boolean {
    return possible.some((version, index) => {
      const other = this.#to.ruleOf(version);
      if (!fromAnyGroup && other.groupId !== rule.groupId) return false;
      const doubt = doubts[index] as number;
      // Within a group these say when the interface had it, which is the same for both rules.
      const left = other.groupId === rule.groupId ? doubt & ~(DOUBT.attachment | DOUBT.history) : doubt;
      return this.#isSamePeer(rule, other, left) && this.#isSameService(rule, other);
    });
  }

  #isSamePeer(rule: SecurityGroupRule, other: SecurityGroupRule, doubts: number): boolean {
    if ((doubts & ~DOUBT.icmpType) === 0) return true;
    const isSameTime = (doubts & (DOUBT.attachment | DOUBT.history)) === 0;
    return isSameTime && isSamePeer(rule, other) && this.#passage.isAsWide(rule.peer);
  }

  #isSameService(rule: SecurityGroupRule, other: SecurityGroupRule): boolean {
    if (this.#place.isPortKnown) return true;
    const isRead = other.protocol === '-1' || protocolNumber(other.protocol) !== null;
    return isRead && toRuleMatch(other).ports.includes(toRuleMatch(rule).ports);
  }
}

const rulesOf =
  ({ versions }: Attributor) =>
  (version: number): SecurityGroupRule =>
    (versions[version] as { readonly value: SecurityGroupRule }).value;

function strongest({ own, elsewhere }: State): Strength {
  const ofOwn = strengthOf(own);
  return ofOwn === 'none' && strengthOf(elsewhere) !== 'none' ? 'possible' : ofOwn;
}

function idsOf({ own, elsewhere, ruleOf }: State): readonly string[] {
  const lists = [own.certain, own.possible, [...elsewhere.certain, ...elsewhere.possible]];
  const versions = lists.find(({ length }) => length > 0) ?? [];
  return [...new Set(versions.map((version) => ruleOf(version).id))].sort();
}

function child<K, A, B>(map: Map<K, Map<A, B>>, key: K): Map<A, B> {
  return findOrMake(map, key, newMap<A, B>);
}

function newMap<A, B>(): Map<A, B> {
  return new Map();
}
