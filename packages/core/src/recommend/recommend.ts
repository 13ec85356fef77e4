/**
 * Recommends smaller rule sets: for each group a curve from few rules that admit much to many that admit little, each of
 * which admits whatever the rules it replaces admitted, or may have, of what was logged.
 *
 *   classify   which rules stay, which may be narrowed, which nothing used
 *   demand     what must go on being admitted: points (ports and peer), and ports of references and lists
 *   hold       how wide blocks and ports must be to have held in the past
 *   take       references to groups and lists stand for peers where they certainly did
 *   build      for each number of rules the least open set, first of blocks that would have held, then of any
 *
 * No proposal admits what today's rules do not, and none leans on the rules of another group: groups may be followed one
 * by one, in any order. `docs/explanation/how-a-recommendation-is-made.md` is about the why.
 */

import { groupLabel } from '../analysis/findings/describe.ts';
import type { RuleVerdict, Verdicts } from '../analysis/verdict.ts';
import { FlowfitError } from '../errors.ts';
import { canonicalJson } from '../inventory/json.ts';
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { findOrMake, push } from '../multimap.ts';
import type { AddressSet } from '../net/address-set.ts';
import { formatRule } from '../security-group/notation.ts';
import { ReachResolver } from '../security-group/reach.ts';
import { type BuildContext, type Built, build, optionsAt, piecesAt } from './build.ts';
import { type Classified, classify, guessedParts, pinnedParts } from './classify.ts';
import { type Demand, demandsOf, type Since } from './demand.ts';
import { EXACT, type Hold, holdOf } from './hold.ts';
import { laterCutOfDropping, Trial } from './later-cut.ts';
import type {
  CurvePoint,
  GroupRecommendation,
  LaterCut,
  Openness,
  ProposedRule,
  Recommendation,
  RuleRemark,
} from './model.ts';
import { cutsOf, laterOfAll, type Observations, type Service, SHARES, wasSeenBefore } from './observations.ts';
import { opennessOf, shareOf } from './openness.ts';
import type { Pin } from './pins.ts';
import { type TodaysParts, toProposals } from './proposals.ts';
import { fitsRoom, limitOf, roomBeside } from './quota.ts';
import { type Candidate, entriesOf } from './references.ts';
import type { Option } from './slot.ts';

/** One later connection in two hundred. */
export const MAY_CUT = 0.001;

/** Which point of the curve is wanted. */
export type Wish =
  | { readonly kind: 'suggested' }
  | { readonly kind: 'rules'; readonly atMost: number }
  /** Address and port pairs of IPv4, or a share of today's of both families. */
  | { readonly kind: 'openness'; readonly atMost: number; readonly unit: 'pairs' | 'share' };

export interface RecommendOptions {
  /** Ids; null = all groups. */
  readonly groups: ReadonlySet<string> | null;
  readonly pins: readonly Pin[];
  /** The quota of the account; null = AWS's default, or what a group has already. */
  readonly rulesPerGroup: number | null;
  /** Share of later connections that a suggested set may have cut, 0 to 1. */
  readonly mayCut: number;
  readonly wish: Wish;
}

export interface RecommendInput {
  /** The newest state. */
  readonly today: InventorySnapshot;
  readonly verdicts: Pick<Verdicts, 'rules'>;
  readonly observations: Observations;
  readonly since: Since;
  /** Unix seconds. */
  readonly window: { readonly from: number; readonly to: number };
  readonly options: RecommendOptions;
}

/** @throws FlowfitError `rules-too-few`, `openness-too-low` where a wish cannot be met */
export function recommend(input: RecommendInput): Recommendation {
  const { today, observations, options, window } = input;
  const services = new Map<string, Service[]>();
  for (const service of observations.services) push(services, service.groupId, service);
  const verdicts = new Map<string, RuleVerdict[]>();
  for (const verdict of input.verdicts.rules) push(verdicts, verdict.group.id, verdict);
  const account = new Account(input, cutsOf(window));
  const groups = today.groups
    .filter(({ id }) => options.groups === null || options.groups.has(id))
    .map((group) => account.recommend(group, verdicts.get(group.id) ?? [], services.get(group.id) ?? []));
  return { window, groups };
}

/** A point on its way into the curve. */
interface Draft {
  readonly proposed: readonly ProposedRule[];
  /** What the parts that can be chosen admit. */
  readonly own: Pick<Openness, 'ipv4' | 'ipv6'>;
  readonly bound: CurvePoint['bound'];
  readonly laterCut: () => LaterCut;
  /** Whether its blocks are as wide as would have held. */
  readonly held: boolean;
}

class Account {
  readonly #today: InventorySnapshot;
  readonly #resolver: ReachResolver;
  readonly #lists: BuildContext['lists'];
  readonly #observations: Observations;
  readonly #since: Since;
  readonly #cuts: readonly number[];
  readonly #options: RecommendOptions;
  readonly #reach = new Map<string, AddressSet>();

  constructor({ today, observations, since, options }: RecommendInput, cuts: readonly number[]) {
    this.#since = since;
    this.#today = today;
    this.#resolver = new ReachResolver(today);
    this.#lists = new Map(today.prefixLists.map((list) => [list.id, list]));
    this.#observations = observations;
    this.#cuts = cuts;
    this.#options = options;
  }

  recommend(group: SecurityGroup, verdicts: readonly RuleVerdict[], services: readonly Service[]): GroupRecommendation {
    const { pins, mayCut, wish, rulesPerGroup } = this.#options;
    const classified = classify(verdicts, services, pins);
    const loose = group.rules.filter((rule) => !classified.kept.includes(rule));
    const guessed = guessedParts(classified.open, services);
    const wished = pinnedParts(loose, pins);
    const pinned = [...wished, ...guessed];
    const always = [...classified.kept, ...pinned];
    const limit = limitOf(group, this.#today, this.#lists, rulesPerGroup);
    const reachOf = (rule: SecurityGroupRule): AddressSet => this.#reachOf(rule, group.vpcId);
    const context: BuildContext = {
      candidates: this.#candidates(group, reachOf),
      lists: this.#lists,
      room: roomBeside(always, limit, this.#lists),
      reachOf,
    };
    const demands = demandsOf(services, classified.open, classified.kept, pinned, this.#since);
    const later = laterConnections(services);
    const toDrafts = (holds: readonly Hold[], held: boolean) =>
      this.#drafts(group, { loose, kept: classified.kept, pinned }, demands, holds, held, context, later);
    const all = [
      this.#asToday(group, classified, wished, services, later),
      ...toDrafts(
        demands.map((demand) => holdOf(demand, mayCut)),
        true,
      ),
      ...toDrafts(
        demands.map(() => EXACT),
        false,
      ),
    ];
    const fits = ({ proposed }: Draft) =>
      fitsRoom(
        roomBeside(
          proposed.map(({ rule }) => rule),
          limit,
          this.#lists,
        ),
      );
    const drafts = all.filter(fits);
    if (drafts.length === 0) throw quotaTooLow(group, limit);
    const { curve, held } = toCurve(drafts, reachOf);
    const now = opennessOf(group.rules, reachOf);
    const chosen = choose(group, curve, held, now, wish, mayCut);
    return {
      group,
      now,
      curve: curve.map(({ point }) => point),
      chosen: chosen.index,
      why: chosen.why,
      removed: removedBy(group, classified, curve[chosen.index]?.point.proposed ?? []),
      kept: classified.keptBecause,
      leftAlone: leftAlone(guessed, verdicts, classified),
      observed: observedOf(services),
    };
  }

  #drafts(
    group: SecurityGroup,
    parts: TodaysParts,
    demands: readonly Demand[],
    holds: readonly Hold[],
    held: boolean,
    context: BuildContext,
    later: readonly number[],
  ): Draft[] {
    const built = build(demands, holds, context);
    const trial = new Trial(demands, holds, context, this.#cuts, later);
    return built.steps.map(
      ({ rules, choice }): Draft => ({
        proposed: toProposals(group, parts, piecesAt(built, choice), context.reachOf),
        own: ownOf(optionsAt(built, choice)),
        bound: boundOf(built, rules),
        laterCut: () => trial.of(rules),
        held,
      }),
    );
  }

  /** What nothing used is dropped, all else stays. */
  #asToday(
    group: SecurityGroup,
    { open, kept }: Classified,
    pinned: readonly SecurityGroupRule[],
    services: readonly Service[],
    later: readonly number[],
  ): Draft {
    const reachOf = (rule: SecurityGroupRule) => this.#reachOf(rule, group.vpcId);
    const openIds = new Set(open.map(({ id }) => id));
    return {
      proposed: toProposals(group, { loose: group.rules, kept: [...kept, ...open], pinned }, [], reachOf),
      own: opennessOf(open, reachOf),
      bound: { ipv4: 0, ipv6: 0 },
      laterCut: () => laterCutOfDropping(services, openIds, this.#since, this.#cuts, later),
      held: true,
    };
  }

  #reachOf(rule: SecurityGroupRule, vpcId: string | null): AddressSet {
    const { direction, protocol, peer } = rule;
    return findOrMake(this.#reach, `${vpcId} ${direction} ${protocol} ${canonicalJson(peer)}`, () => {
      const { certain, possible } = this.#resolver.reachOfPeer(rule, vpcId);
      return peer.kind === 'cidr' ? certain.union(possible) : certain;
    });
  }

  #candidates(group: SecurityGroup, reachOf: (rule: SecurityGroupRule) => AddressSet): Candidate[] {
    const any = {
      id: '',
      groupId: group.id,
      direction: 'inbound',
      protocol: '-1',
      fromPort: null,
      toPort: null,
    } as const;
    const references = this.#observations.references.flatMap(({ vpcId, peer }, reference): Candidate[] =>
      vpcId === group.vpcId
        ? [{ peer, reference, entries: [], addresses: reachOf({ ...any, peer, description: '' }) }]
        : [],
    );
    const lists = this.#today.prefixLists.flatMap(({ id, entries }): Candidate[] => {
      if (entries === null || entries.length === 0) return [];
      const peer = { kind: 'prefix-list', prefixListId: id } as const;
      const addresses = reachOf({ ...any, peer, description: '' });
      return [{ peer, reference: null, entries: entriesOf(entries.map(({ cidr }) => cidr)), addresses }];
    });
    return [...references, ...lists];
  }
}

/**
 * By split: the connections of the later part. None where the group had no traffic in the earlier one, since nothing
 * would have been recommended from that.
 */
const laterConnections = (services: readonly Service[]): number[] =>
  SHARES.map((_, index) => {
    const split = index + 1;
    const isTried = services.some(({ peers }) => [...peers.values()].some((peer) => wasSeenBefore(peer, split)));
    return isTried ? services.reduce((sum, { peers }) => sum + laterOfAll(peers.values(), split), 0) : 0;
  });

const quotaTooLow = (group: SecurityGroup, limit: number): FlowfitError =>
  new FlowfitError(
    'quota-too-low',
    `${groupLabel(group)}: no set of at most ${limit} rules in each direction and family admits what was observed. Raise --rules-per-group to the quota of the account.`,
  );

/** No division of the rules can give any slot more than what the others do not need at least. */
function boundOf({ slots }: Built, rules: number): CurvePoint['bound'] {
  const fewest = slots.map(({ options }) => options[0]?.rules ?? 0);
  const all = fewest.reduce((sum, count) => sum + count, 0);
  return slots.reduce(
    (sum, { bound }, index) => {
      const least = bound(rules - all + (fewest[index] as number));
      return { ipv4: sum.ipv4 + least.ipv4, ipv6: sum.ipv6 + least.ipv6 };
    },
    { ipv4: 0, ipv6: 0 },
  );
}

interface CurveEntry {
  readonly point: CurvePoint;
  readonly own: Draft['own'];
}

const ownOf = (options: readonly Option[]): Draft['own'] => ({
  ipv4: options.reduce((sum, { ipv4 }) => sum + ipv4, 0),
  ipv6: options.reduce((sum, { ipv6 }) => sum + ipv6, 0),
});

/**
 * Ascending by rules, and never more open than the point before: sets that would have held first, then the tighter ones
 * that would not.
 */
function toCurve(
  drafts: readonly Draft[],
  reachOf: (rule: SecurityGroupRule) => AddressSet,
): { readonly curve: readonly CurveEntry[]; readonly held: number } {
  const sorted = [...drafts].sort(
    (a, b) =>
      Number(b.held) - Number(a.held) || a.proposed.length - b.proposed.length || shareOf(a.own) - shareOf(b.own),
  );
  const curve: CurveEntry[] = [];
  let held = 0;
  for (const draft of sorted) {
    const last = curve.at(-1)?.point;
    if (last !== undefined && draft.proposed.length <= last.rules) continue;
    const openness = opennessOf(
      draft.proposed.map(({ rule }) => rule),
      reachOf,
    );
    const isLess =
      last === undefined ||
      (openness.ipv4 <= last.openness.ipv4 &&
        openness.ipv6 <= last.openness.ipv6 &&
        (openness.ipv4 < last.openness.ipv4 || openness.ipv6 < last.openness.ipv6));
    if (!isLess) continue;
    const bound = { ipv4: Math.min(draft.bound.ipv4, openness.ipv4), ipv6: Math.min(draft.bound.ipv6, openness.ipv6) };
    const { proposed, own } = draft;
    curve.push({ own, point: { rules: proposed.length, openness, bound, laterCut: draft.laterCut(), proposed } });
    if (draft.held) held = curve.length;
  }
  return { curve, held };
}

/** Pairs of address and port, as a share of all of a family: fewer are not worth another rule. */
const NEXT_TO_NOTHING = { ipv4: 2 ** -40, ipv6: 2 ** -80 };

/** The less, the better: a rule more is worth it if it halves what is admitted, of either family. */
const priceOf = ({ point, own }: CurveEntry): number =>
  point.rules +
  Math.log2(Math.max(own.ipv4 / 2 ** 48, NEXT_TO_NOTHING.ipv4)) +
  Math.log2(Math.max(own.ipv6 / 2 ** 144, NEXT_TO_NOTHING.ipv6));

function choose(
  group: SecurityGroup,
  curve: readonly CurveEntry[],
  held: number,
  now: CurvePoint['openness'],
  wish: Wish,
  mayCut: number,
): { readonly index: number; readonly why: string } {
  const label = groupLabel(group);
  if (wish.kind === 'rules') {
    const index = curve.findLastIndex(({ point }) => point.rules <= wish.atMost);
    if (index >= 0) return { index, why: `The least open set of at most ${wish.atMost} rules.` };
    throw new FlowfitError(
      'rules-too-few',
      `${label} needs at least ${curve[0]?.point.rules} rules; ${wish.atMost} cannot admit what was observed. Allow more with --rules-at-most.`,
    );
  }
  if (wish.kind === 'openness') {
    const most = wish.unit === 'pairs' ? wish.atMost : wish.atMost * now.ipv4;
    const most6 = wish.unit === 'pairs' ? Number.POSITIVE_INFINITY : wish.atMost * now.ipv6;
    const index = curve.findIndex(({ point }) => point.openness.ipv4 <= most && point.openness.ipv6 <= most6);
    if (index >= 0) return { index, why: 'The fewest rules that are no more open than was asked for.' };
    throw new FlowfitError(
      'openness-too-low',
      `${label}: the least open set admits ${curve.at(-1)?.point.openness.ipv4} pairs of IPv4 address and port. Ask for that with --openness, or allow more rules.`,
    );
  }
  const some = curve.slice(0, Math.max(1, held));
  const good = some.filter(({ point: { laterCut } }) => laterCut.connections <= mayCut * laterCut.of);
  const candidates = good.length > 0 ? good : some;
  const best = candidates.reduce((found, entry) => (priceOf(entry) < priceOf(found) ? entry : found));
  return { index: curve.indexOf(best), why: whyChosen(best, good.length > 0, candidates.length) };
}

function whyChosen({ point: { laterCut } }: CurveEntry, isHeld: boolean, choices: number): string {
  const { connections, of } = laterCut;
  const tried = SHARES.map((share) => `${Math.round(share * 100)}`).join(', ');
  const trial = `made from the first ${tried} % of the window, it would have cut ${connections} of ${of} later connections`;
  if (of === 0) return 'Nothing was observed in the later parts of the window to try a set out on.';
  if (!isHeld) return `No set would have held as well as was asked for: ${trial}.`;
  if (choices === 1) return `The only set that would have held: ${trial}.`;
  return `Of the sets that would have held, those with more rules are not worth it (each must halve what is admitted): ${trial}.`;
}

function removedBy(
  group: SecurityGroup,
  { unusedBecause }: Classified,
  proposed: readonly ProposedRule[],
): RuleRemark[] {
  const unused = new Map(unusedBecause.map((remark) => [remark.ruleId, remark.because]));
  const staying = new Set(proposed.filter(({ exists }) => exists).map(({ rule }) => rule.id));
  return group.rules.flatMap(({ id }): RuleRemark[] => {
    if (staying.has(id)) return [];
    const because = unused.get(id);
    if (because !== undefined) return [{ ruleId: id, because }];
    const heirs = proposed.filter(({ from }) => from.includes(id)).length;
    const by = heirs === 1 ? 'a narrower rule' : `${heirs} narrower rules`;
    return [{ ruleId: id, because: heirs === 0 ? 'Rules that stay admit what used it.' : `Replaced by ${by}.` }];
  });
}

/** What was not narrowed, and what the proposal does not know. */
function leftAlone(
  guessed: readonly SecurityGroupRule[],
  verdicts: readonly RuleVerdict[],
  { open, kept }: Classified,
): string[] {
  const openIds = new Set(open.map(({ id }) => id));
  const gaps = verdicts.some(({ rule, evidence }) => openIds.has(rule.id) && evidence.gaps.length > 0);
  return [
    ...guessed.map(
      (rule) => `Some connections may have been opened the other way round: "${formatRule(rule)}" stays for them.`,
    ),
    ...(gaps ? ['The logs have gaps or dropped records: what was not logged is in no figure.'] : []),
    ...(kept.length > 0
      ? [`${kept.length} ${kept.length === 1 ? 'rule stays as it is' : 'rules stay as they are'}.`]
      : []),
  ];
}

function observedOf(services: readonly Service[]): GroupRecommendation['observed'] {
  const peers = new Set<string>();
  let connections = 0;
  for (const service of services) {
    for (const [peer, traffic] of service.peers) {
      peers.add(peer);
      connections += traffic.connections.reduce((sum, count) => sum + count, 0);
    }
  }
  return { connections, peers: peers.size };
}
