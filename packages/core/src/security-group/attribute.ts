/**
 * Conversations to rule versions: *all* that admit them, in every world that agrees with the evidence (certain) or in
 * some (possible, with what is in doubt). `docs/explanation/how-a-verdict-is-reached.md` says which worlds are meant.
 *
 * A conversation began in a gap between captures (`Conversation.epoch`, -1 = before the first):
 *
 *   bracketed      captures on both sides show the interface: certain is what admits it by both states
 *   extrapolated   one side shows it: what that one shows is taken to have stood too, so that a rule which alone explains
 *                  the connection admitted it; of several that explain it none is certain. And the interface may have had
 *                  other groups: their rules are possible (`elsewhere`)
 *   unknown        no capture shows it: every rule of its VPC that would admit the connection is possible (`elsewhere`)
 *
 * A connection whose beginning was not seen may be older than the logs, and one that nothing explains older than its
 * gap: then what rules were before counts as well (`./former-rules.ts`).
 */
import type { Admits } from '../conversation/initiator.ts';
import { type Conversation, initiatorCertainty } from '../conversation/model.ts';
import { canonicalJson } from '../inventory/json.ts';
import type { NetworkInterface, SecurityGroupRule } from '../inventory/model.ts';
import type { Timeline, Version } from '../inventory/timeline.ts';
import type { AddressSet } from '../net/address-set.ts';
import { type Attribution, AttributionAlgebra, isShared, NO_ATTRIBUTION } from './attribution.ts';
import { DOUBT, explainsBy } from './doubt.ts';
import { BOTH, type RuleState } from './evaluator.ts';
import { FormerRules, type Way } from './former-rules.ts';
import { GapState, NOBODY_STEADY, type States, type Steady } from './gap-state.ts';
import { type Admissions, NO_ADMISSIONS, strengthOf } from './packet.ts';
import { portClasses } from './port-classes.ts';

export type { Attribution } from './attribution.ts';

/**
 * How an attribution came about. `no-groups`: the interface has none (NAT gateway, transit gateway …).
 * `unknown-interface`: no capture shows it.
 */
export type AttributionStatus = 'explained' | 'unexplained' | 'no-groups' | 'unknown-interface';

export interface AttributionResult {
  /** By the groups that captures show on the interface. */
  readonly attribution: Attribution;
  /** By groups that it may have had beside: one for each way in which it may have been opened. */
  readonly elsewhere: readonly Attribution[];
  /** Groups that captures show on the interface: `elsewhere` is not about their rules. */
  readonly groupIds: readonly string[];
  readonly status: AttributionStatus;
  /** `certain` rests on nothing having been otherwise outside the captures. */
  readonly extrapolated: boolean;
}

/** What rules say of one way in which a connection may have been opened, whatever the log says became of it. */
export interface WayAdmissions {
  readonly direction: 'inbound' | 'outbound';
  /** Null where it is not known, or the protocol has none. */
  readonly servicePort: number | null;
  /** Whether `servicePort` is only the first port of its class (`portClasses`): any of the class may be meant. */
  readonly isClass: boolean;
  /** By groups that captures show on the interface. */
  readonly own: Attribution;
  /** By the groups of its VPC that it may have had, its own among them; nothing where captures show which it had. */
  readonly elsewhere: Attribution;
}

/** One connection before its initiator is known, for the elimination rung. */
export interface UndirectedConnection {
  readonly interfaceId: string;
  readonly vpcId: string | null;
  /** The gap in which it began. */
  readonly epoch: number;
  readonly protocol: number;
  readonly localPort: number | null;
  readonly peerPort: number | null;
  readonly peerAddress: string;
}

/** What the logs themselves say of when interfaces existed, Unix seconds. */
export interface Lives {
  readonly existedFrom: ReadonlyMap<string, number>;
  readonly existedUntil: ReadonlyMap<string, number>;
  readonly window: { readonly from: number; readonly to: number };
}

export interface AttributorOptions {
  /** The gap in which the logs begin; default: the first one. */
  readonly windowGap?: number;
  readonly lives?: Lives | undefined;
}

type State = Pick<Timeline, 'epochs' | 'statesAround' | 'ruleVersions' | 'interfaceLives' | 'interfaceVersions'>;
type EitherWay = Record<'inbound' | 'outbound', Admits>;

/** How an interface is known in a gap. */
export interface Sighting {
  readonly kind: 'bracketed' | 'extrapolated' | 'unknown';
  readonly vpcId: string | null;
  /** Of the states before and after, both together. */
  readonly groupIds: readonly string[];
}

interface Standing extends Sighting {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Rules that may have read otherwise, by the ways in which a connection may have been opened. */
  readonly otherwise: Map<string, Attribution>;
}

type AskWay = (conversation: Conversation, standing: Standing | 'elsewhere', way: Way) => Attribution;

/** There are many of these, and many rules elsewhere: those are asked only where somebody looks. */
class AskedWay implements WayAdmissions {
  readonly direction: WayAdmissions['direction'];
  readonly servicePort: number | null;
  readonly isClass: boolean;
  readonly own: Attribution;
  readonly #ask: AskWay;
  readonly #conversation: Conversation;
  readonly #way: Way;

  constructor(ask: AskWay, conversation: Conversation, standing: Standing, way: Way, isClass: boolean) {
    this.direction = way.initiator === 'remote' ? 'inbound' : 'outbound';
    this.servicePort = way.servicePort;
    this.isClass = isClass;
    this.own = standing.kind === 'unknown' ? NO_ATTRIBUTION : ask(conversation, standing, way);
    this.#ask = ask;
    this.#conversation = conversation;
    this.#way = way;
  }

  get elsewhere(): Attribution {
    return this.#ask(this.#conversation, 'elsewhere', this.#way);
  }
}

/** What is remembered of one gap. */
interface Gap {
  readonly state: GapState;
  readonly attributions: WeakMap<Admissions, Attribution>;
  readonly standings: Map<string, Standing>;
  /** By VPC: an interface with all of its groups. */
  readonly everywhere: Map<string | null, Standing>;
}

const GAPS_KEPT = 64;

/** Within its first hour, a log shows the interfaces that existed when it began. */
const TOLERANCE = 3600;

export class Attributor {
  /** Every rule version of the timeline, by rule id and time. */
  readonly versions: readonly Version<SecurityGroupRule>[];
  readonly #timeline: State;
  readonly #windowGap: number;
  readonly #steady: Steady;
  readonly #algebra: AttributionAlgebra;
  /** Indexes of the versions of each rule id. */
  readonly #versionsOf = new Map<string, number[]>();
  readonly #indexOf = new WeakMap<SecurityGroupRule, number>();
  readonly #former: FormerRules;
  readonly #interned = new Map<string, Attribution>();
  /** Few at a time, the ones used last: conversations come in the order of gaps. */
  readonly #gaps = new Map<number, Gap>();
  /** Of any capture, for interfaces that the captures around a gap do not show. */
  readonly #seen = new Map<string, NetworkInterface>();
  #recent: { readonly interfaceId: string; readonly epoch: number; readonly standing: Standing } | null = null;

  constructor(timeline: State, { windowGap = -1, lives }: AttributorOptions = {}) {
    this.#timeline = timeline;
    this.#windowGap = windowGap;
    this.versions = timeline.ruleVersions();
    this.versions.forEach(({ id }, index) => {
      this.#versionsOf.set(id, [...(this.#versionsOf.get(id) ?? []), index]);
    });
    this.#algebra = new AttributionAlgebra(this.versions);
    this.#former = new FormerRules(this.versions, timeline.interfaceVersions());
    for (const { value } of timeline.interfaceLives()) this.#seen.set(value.id, value);
    this.#steady = lives ? steadyOf([...this.#seen.values()], lives) : NOBODY_STEADY;
  }

  /** Which rules admitted a conversation. */
  attribute(conversation: Conversation): AttributionResult {
    const standing = this.#standing(conversation);
    const { kind, groupIds } = standing;
    const extrapolated = kind !== 'bracketed';
    const elsewhere = extrapolated ? this.#elsewhere(conversation, standing) : NOWHERE_ELSE;
    if (kind === 'unknown') {
      return { attribution: NO_ATTRIBUTION, elsewhere, groupIds, status: 'unknown-interface', extrapolated };
    }
    const attribution = this.#byOwnGroups(conversation, standing);
    if (explains(attribution)) return { attribution, elsewhere, groupIds, status: 'explained', extrapolated };
    if (groupIds.length === 0) return { attribution, elsewhere, groupIds, status: 'no-groups', extrapolated };
    const otherwise = this.#otherMeanings(conversation, standing);
    const unexplained = this.#algebra.combine(attribution, otherwise, DOUBT.unexplained);
    return { attribution: unexplained, elsewhere, groupIds, status: 'unexplained', extrapolated };
  }

  #byOwnGroups(conversation: Conversation, standing: Standing): Attribution {
    const { epoch } = conversation;
    let attribution = this.#algebra.decideSole(this.#bothWays(epoch, conversation, standing));
    if (standing.kind === 'extrapolated' && isShared(attribution)) {
      attribution = this.#algebra.weaken(attribution, DOUBT.history);
    }
    const mayBeOlder = epoch === this.#windowGap && initiatorCertainty(conversation.method) !== 'proven';
    if (!mayBeOlder && explains(attribution)) return attribution;
    const former = this.#former.admit(conversation, waysOf(conversation), this.#time(epoch));
    return this.#algebra.combine(attribution, this.#intern(former), DOUBT.history);
  }

  /**
   * What the rules of the timeline admit of a conversation, in each way in which it may have been opened: no conclusion is
   * drawn from its having been accepted. The way that is taken to be true comes first.
   */
  ways(conversation: Conversation): readonly WayAdmissions[] {
    const standing = this.#standing(conversation);
    if (isClosed(conversation)) return [new AskedWay(this.#askWay, conversation, standing, conversation as Way, false)];
    const isUnknown = conversation.initiator === 'unknown';
    return waysOf(conversation).map(
      (way, index) => new AskedWay(this.#askWay, conversation, standing, way, index > 0 || isUnknown),
    );
  }

  readonly #askWay: AskWay = (conversation, standing, way) => {
    if (standing !== 'elsewhere') return this.#oneWay(conversation.epoch, conversation, standing, way);
    const { kind, vpcId } = this.#standing(conversation);
    if (kind === 'bracketed') return NO_ATTRIBUTION;
    const everywhere = this.#everywhere(this.#gap(conversation.epoch), vpcId);
    return this.#oneWay(conversation.epoch, conversation, everywhere, way);
  };

  /** Addresses that members of a group certainly held all through a gap, as an interface in the VPC would see them. */
  certainMembers(rule: SecurityGroupRule, vpcId: string | null, epoch: number): AddressSet {
    return this.#gap(epoch).state.peersOf(rule, vpcId).certain;
  }

  /** The VPC of an interface in a gap; null = not known. */
  vpcOf(conversation: Pick<Conversation, 'interfaceId' | 'epoch' | 'vpcId'>): string | null {
    return this.#standing(conversation).vpcId;
  }

  /**
   * What the rules say of a connection opened either way; null where captures do not show the interface on both sides of
   * the gap. `none` is said only where neither state admits it, since elimination rests on it.
   */
  admitsEitherWay(connection: UndirectedConnection): EitherWay | null {
    const standing = this.#standing(connection);
    if (standing.kind !== 'bracketed') return null;
    const { epoch, protocol, peerAddress, localPort, peerPort } = connection;
    const { vpcId, before, after } = standing;
    const ask = (direction: 'inbound' | 'outbound', servicePort: number | null): Admits => {
      const packet = { vpcId, groupIds: before, direction, protocol, servicePort, peerAddress };
      return strengthOf(this.#gap(epoch).state.evaluator.admits(packet, after));
    };
    return { inbound: ask('inbound', localPort), outbound: ask('outbound', peerPort) };
  }

  /** The direction of the rules that certainly admitted a connection; null where there are none. */
  directionOf({ certain }: Attribution): SecurityGroupRule['direction'] | null {
    const [first] = certain;
    return first === undefined ? null : (this.versions[first] as Version<SecurityGroupRule>).value.direction;
  }

  /** Everything as possible only, with this doubt (bits of `DOUBT`). */
  weaken(attribution: Attribution, doubt: number): Attribution {
    return this.#algebra.weaken(attribution, doubt);
  }

  /**
   * How captures show the interface of a conversation in its gap (see the top of this file), and the groups that they
   * show on it.
   */
  sightingOf(conversation: Pick<Conversation, 'interfaceId' | 'epoch' | 'vpcId'>): Sighting {
    return this.#standing(conversation);
  }

  /** Whether captures on both sides of the gap show the interface. */
  isBracketed(interfaceId: string, epoch: number): boolean {
    return this.#standing({ interfaceId, epoch, vpcId: null }).kind === 'bracketed';
  }

  /** Equal for interfaces that get equal answers in the gap. */
  stanceOf(interfaceId: string, epoch: number): string {
    const { kind, vpcId, before, after } = this.#standing({ interfaceId, epoch, vpcId: null });
    return `${kind} ${vpcId} ${epoch} ${before.join()} ${after === before ? '' : after.join()}`;
  }

  /** First ports of the classes that no rule which counts for the interface in the gap tells apart. */
  portClasses(interfaceId: string, epoch: number): readonly number[] {
    const { kind, groupIds } = this.#standing({ interfaceId, epoch, vpcId: null });
    const { before, after } = this.#gap(epoch).state.states;
    const wanted = kind === 'bracketed' ? groupIds : [...before.groups, ...after.groups].map(({ id }) => id);
    const firsts = [before, after].flatMap((state) => portClasses(state, wanted));
    return [...new Set(firsts)].sort((a, b) => a - b);
  }

  /** Gaps in a row in which nothing changed are one. */
  #gap(epoch: number): Gap {
    const known = this.#gaps.get(epoch);
    if (known) return known;
    const states = this.#timeline.statesAround(epoch);
    if (epoch > -1 && isSameForRules(this.#timeline.statesAround(epoch - 1), states)) {
      const before = this.#gap(epoch - 1);
      this.#gaps.set(epoch, before);
      return before;
    }
    const gap: Gap = {
      state: new GapState(states, this.#steady),
      attributions: new WeakMap(),
      standings: new Map(),
      everywhere: new Map(),
    };
    if (this.#gaps.size >= GAPS_KEPT) this.#gaps.delete(this.#gaps.keys().next().value as number);
    this.#gaps.set(epoch, gap);
    return gap;
  }

  /** Rows come in runs of one interface. */
  #standing(of: Pick<Conversation, 'interfaceId' | 'epoch' | 'vpcId'>): Standing {
    const recent = this.#recent;
    if (recent !== null && recent.interfaceId === of.interfaceId && recent.epoch === of.epoch) return recent.standing;
    const gap = this.#gap(of.epoch);
    const standing = gap.standings.get(of.interfaceId) ?? this.#standingIn(gap, of.interfaceId, of.vpcId);
    gap.standings.set(of.interfaceId, standing);
    this.#recent = { interfaceId: of.interfaceId, epoch: of.epoch, standing };
    return standing;
  }

  #standingIn({ state }: Gap, interfaceId: string, vpcId: string | null): Standing {
    const { before, after } = state.interfaceOf(interfaceId) ?? {};
    const one = before ?? after;
    if (one === undefined) {
      const place = this.#seen.get(interfaceId)?.vpcId ?? vpcId;
      return { kind: 'unknown', vpcId: place, before: [], after: [], groupIds: [], otherwise: new Map() };
    }
    const lists = { before: (before ?? one).groupIds, after: (after ?? one).groupIds };
    const groupIds = lists.before === lists.after ? lists.before : [...new Set([...lists.before, ...lists.after])];
    const kind = before && after ? 'bracketed' : 'extrapolated';
    return { kind, vpcId: one.vpcId, ...lists, groupIds, otherwise: new Map() };
  }

  /** When a gap begins, Unix seconds. */
  #time(epoch: number): number {
    return this.#timeline.epochs[epoch] ?? Number.NEGATIVE_INFINITY;
  }

  /** The initiator's way, and as possible the other way where it is open. */
  #bothWays(epoch: number, conversation: Conversation, standing: Standing): Attribution {
    if (isClosed(conversation)) return this.#oneWay(epoch, conversation, standing, conversation as Way);
    const [taken, other] = waysOf(conversation);
    const first = this.#oneWay(epoch, conversation, standing, taken);
    if (other === undefined) return first;
    const weak = conversation.initiator === 'unknown' ? this.#algebra.weaken(first, DOUBT.initiator) : first;
    return this.#algebra.combine(weak, this.#oneWay(epoch, conversation, standing, other), DOUBT.initiator);
  }

  #oneWay(
    epoch: number,
    { protocol, peerAddress }: Conversation,
    { vpcId, before, after }: Standing,
    { initiator, servicePort }: Way,
  ): Attribution {
    const direction = initiator === 'remote' ? 'inbound' : 'outbound';
    const gap = this.#gap(epoch);
    const packet = { vpcId, groupIds: before, direction, protocol, servicePort, peerAddress } as const;
    return this.#toAttribution(gap, gap.state.evaluator.admits(packet, after));
  }

  #toAttribution({ attributions }: Gap, admissions: Admissions): Attribution {
    if (admissions === NO_ADMISSIONS) return NO_ATTRIBUTION;
    const known = attributions.get(admissions);
    if (known) return known;
    const possible = admissions.possible
      .map((rule, index) => ({ version: this.#versionOf(rule), doubts: admissions.doubts[index] as number }))
      .sort((a, b) => a.version - b.version);
    const attribution = this.#intern({
      certain: admissions.certain.map((rule) => this.#versionOf(rule)).sort((a, b) => a - b),
      possible: possible.map(({ version }) => version),
      doubts: possible.map(({ doubts }) => doubts),
    });
    attributions.set(admissions, attribution);
    return attribution;
  }

  /** Gaps in which the same rules admit have the same attributions. */
  #intern(attribution: Attribution): Attribution {
    if (attribution === NO_ATTRIBUTION) return attribution;
    const key = `${attribution.certain.join()} ${attribution.possible.join()} ${attribution.doubts.join()}`;
    const known = this.#interned.get(key) ?? attribution;
    this.#interned.set(key, known);
    return known;
  }

  /** By what it says: of versions that say the same, the first. */
  #versionOf(rule: SecurityGroupRule): number {
    const known = this.#indexOf.get(rule);
    if (known !== undefined) return known;
    const indexes = this.#versionsOf.get(rule.id) ?? [];
    const text = canonicalJson(rule);
    const index = indexes.find((at) => canonicalJson(this.versions[at]?.value) === text) ?? indexes[0] ?? 0;
    this.#indexOf.set(rule, index);
    return index;
  }

  /** By groups that captures do not show on the interface: it may have had them, or no capture shows it at all. */
  #elsewhere(conversation: Conversation, standing: Standing): Attribution[] {
    const { epoch } = conversation;
    const everywhere = this.#everywhere(this.#gap(epoch), standing.vpcId);
    const ways: readonly Way[] = waysOf(conversation);
    return ways
      .map((way) => this.#oneWay(epoch, conversation, everywhere, way))
      .filter((attribution) => attribution !== NO_ATTRIBUTION);
  }

  #everywhere(gap: Gap, vpcId: string | null): Standing {
    const everywhere = gap.everywhere.get(vpcId) ?? everywhereIn(gap.state, vpcId);
    gap.everywhere.set(vpcId, everywhere);
    return everywhere;
  }

  /** Rules of its groups that may have read otherwise when an unexplained connection began. */
  #otherMeanings(conversation: Conversation, standing: Standing): Attribution {
    const ways: readonly Way[] = waysOf(conversation);
    const key = ways.length > 1 ? 'both' : (ways[0] as Way).initiator;
    const known = standing.otherwise.get(key);
    if (known) return known;
    const directions = new Set(ways.map(({ initiator }) => (initiator === 'remote' ? 'inbound' : 'outbound')));
    const mayDiffer = ({ sides }: RuleState) => standing.kind !== 'bracketed' || sides !== BOTH;
    const { state } = this.#gap(conversation.epoch);
    const versions = standing.groupIds
      .flatMap((groupId) => state.rulesOf(groupId))
      .filter((rule) => directions.has(rule.rule.direction) && mayDiffer(rule))
      .map(({ rule }) => this.#versionOf(rule));
    const possible = [...new Set(versions)].sort((a, b) => a - b);
    const doubts = possible.map(() => DOUBT.unexplained);
    const otherwise = possible.length === 0 ? NO_ATTRIBUTION : { certain: [], possible, doubts };
    standing.otherwise.set(key, otherwise);
    return otherwise;
  }
}

/** Unchanged objects and lists of a timeline are the same ones, so that identity tells. */
function isSameForRules(a: States, b: States): boolean {
  const lists = ['groups', 'interfaces', 'prefixLists', 'peerings', 'vpcs', 'subnets'] as const;
  return lists.every((list) => a.before[list] === b.before[list] && a.after[list] === b.after[list]);
}

const NOWHERE_ELSE: readonly Attribution[] = [];

/** As if an interface had every group of its VPC. */
function everywhereIn(state: GapState, vpcId: string | null): Standing {
  const groupIds = state.groupsIn(vpcId);
  return { kind: 'unknown', vpcId, before: groupIds, after: groupIds, groupIds, otherwise: new Map() };
}

/** Whether it is known who opened it, so that it was opened in one way only. */
const isClosed = ({ initiator, localPort, peerPort }: Conversation): boolean =>
  initiator !== 'unknown' && (localPort === null || peerPort === null);

/** The way that is taken to be true, and the other one where it is open; both, inbound first, where nothing is known. */
function waysOf({ initiator, servicePort, localPort, peerPort }: Conversation): readonly [Way] | readonly [Way, Way] {
  if (initiator === 'unknown') {
    return [
      { initiator: 'remote', servicePort: localPort },
      { initiator: 'local', servicePort: peerPort },
    ];
  }
  if (localPort === null || peerPort === null) return [{ initiator, servicePort }];
  const other: Way =
    initiator === 'local'
      ? { initiator: 'remote', servicePort: localPort }
      : { initiator: 'local', servicePort: peerPort };
  return [{ initiator, servicePort }, other];
}

/** Whether something that captures show is among what may have admitted it. */
function explains({ certain, doubts }: Attribution): boolean {
  return certain.length > 0 || doubts.some(explainsBy);
}

function steadyOf(interfaces: readonly NetworkInterface[], { existedFrom, existedUntil, window }: Lives): Steady {
  const before = interfaces.filter(
    ({ id, attachedAt }) =>
      Math.min(existedFrom.get(id) ?? Number.POSITIVE_INFINITY, attachedAt ?? Number.POSITIVE_INFINITY) <=
      window.from + TOLERANCE,
  );
  const after = interfaces.filter(
    ({ id }) => (existedUntil.get(id) ?? Number.NEGATIVE_INFINITY) >= window.to - TOLERANCE,
  );
  return { before: new Set(before.map(({ id }) => id)), after: new Set(after.map(({ id }) => id)) };
}
