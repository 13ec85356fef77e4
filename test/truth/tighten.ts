/**
 * What happens if recommendations are followed: asked of the simulated account's firewall, which shares no code with
 * what recommends. Both for the account as it is at the end, and for each connection at the time when it was made.
 */
import { applyChange, type ChangeSet, withTodaysRules } from '@flowfit/core/change/change-set';
import type { InventorySnapshot, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { ruleTuple } from '@flowfit/core/inventory/rule-id';
import { stepsOf } from '@flowfit/core/patch/steps';
import type { GroupRecommendation } from '@flowfit/core/recommend/model';
import { formatRule } from '@flowfit/core/security-group/notation';
import type { Window } from '@flowfit/lake/queries/window';
import { type LakeRecommendation, type LakeRecommendOptions, recommendLake } from '@flowfit/lake/recommend';
import type { Evidence } from '@flowfit/testkit/account/evidence';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import { Firewall } from './firewall.ts';
import { type Simulated, withLakeOf } from './observe.ts';

/** Recommends from what the evidence shows. */
export const recommendFor = async (
  simulated: Simulated,
  evidence: Evidence,
  window: Window = {},
  options: LakeRecommendOptions = {},
): Promise<LakeRecommendation> => await withLakeOf(simulated, evidence, (lake) => recommendLake(lake, window, options));

export interface Followed {
  /** Different first packets that today's rules admit. */
  readonly packets: number;
  readonly connections: number;
  readonly cut: readonly string[];
  readonly cutConnections: number;
}

interface FollowOptions {
  readonly from?: number;
  readonly to?: number;
  /**
   * Whether captures told who was a member when. Where they did not, members of the past are taken to be those of the
   * capture: peers that are there at the end are asked for as they are then.
   */
  readonly isKnown?: boolean;
}

/**
 * Asks for every accepted connection of the truth that was seen, or only for those of a time.
 *
 * @param today the state that the change is a change of
 */
export function followChange(
  simulated: Simulated,
  change: ChangeSet,
  today: InventorySnapshot,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, isKnown = true }: FollowOptions = {},
): Followed {
  const rows = simulated.truth.connections.filter(
    ({ action, groupIds, firstSeen, began }) =>
      action === 'ACCEPT' && groupIds.length > 0 && firstSeen !== null && began >= from && began < to,
  );
  const firewall = new Firewall(simulated);
  const states = statesOf(simulated, today);
  const cut = new Set<string>();
  const packets = new Set<string>();
  let [connections, cutConnections] = [0, 0];
  const asked = states.map(({ since, snapshot }) => ({
    since,
    today: firewall.asked(snapshot),
    proposed: firewall.asked(applyChange(snapshot, change)),
    holderOf: firewall.holderIn(snapshot),
    present: new Set(snapshot.interfaces.map(({ id }) => id)),
  }));
  for (const row of rows) {
    const then = asked.findLast(({ since }) => since <= row.began) ?? asked[0];
    const end = asked.at(-1);
    const holder = then?.holderOf(row) ?? null;
    const isPeerThere = end !== undefined && end.holderOf(row) === holder;
    const isThere = isPeerThere && end.present.has(row.interfaceId);
    const asThen = isKnown || !(isPeerThere && (isThere || holder !== null));
    const views = [asThen ? then : undefined, isThere ? end : undefined].filter((view) => view !== undefined);
    const lost = views.filter(({ today, proposed }) => today(row).allowed && !proposed(row).allowed);
    if (!views.some(({ today }) => today(row).allowed)) continue;
    packets.add(packetOf(row));
    connections++;
    if (lost.length === 0) continue;
    cutConnections++;
    cut.add(`${then !== undefined && lost.includes(then) ? 'then' : 'at the end'}: ${packetOf(row)}`);
  }
  return { packets: packets.size, connections, cut: [...cut], cutConnections };
}

/** Follows the script of the patch, rule by rule: what passes before and after the change must pass in between. */
export function followSteps(simulated: Simulated, change: ChangeSet, today: InventorySnapshot): string[] {
  const firewall = new Firewall(simulated);
  const state = (statesOf(simulated, today).at(-1) as { readonly snapshot: InventorySnapshot }).snapshot;
  const [before, after] = [firewall.asked(state), firewall.asked(applyChange(state, change))];
  const rows = new Map(simulated.truth.connections.map((row) => [packetOf(row), row]));
  const both = [...rows.values()].filter((row) => row.groupIds.length > 0 && before(row).allowed && after(row).allowed);
  const context = { region: null, accountId: null, generatedBy: 'test', from: new Map() };
  const cut: string[] = [];
  let current = state;
  for (const { action, groupId, rules } of stepsOf(change, context)) {
    for (const rule of rules) {
      current = withRule(current, groupId, rule, action);
      const asked = firewall.asked(current);
      const lost = both.filter((row) => row.groupIds.includes(groupId) && !asked(row).allowed);
      cut.push(...lost.map((row) => `${action} ${formatRule(rule)} of ${groupId} cuts ${packetOf(row)}`));
    }
  }
  return cut;
}

function withRule(
  snapshot: InventorySnapshot,
  groupId: string,
  rule: SecurityGroupRule,
  action: 'authorize' | 'revoke',
): InventorySnapshot {
  const changed = (rules: readonly SecurityGroupRule[]) =>
    action === 'authorize' ? [...rules, rule] : rules.filter((one) => ruleTuple(one) !== ruleTuple(rule));
  const groups = snapshot.groups.map((group) =>
    group.id === groupId ? { ...group, rules: changed(group.rules) } : group,
  );
  return { ...snapshot, groups };
}

/** Every state of the account, with the rules of one. */
function statesOf({ account }: Simulated, today: InventorySnapshot) {
  const snapshots = withTodaysRules(
    account.states.map(({ snapshot }) => snapshot),
    today,
  );
  return account.states.map(({ from }, index) => ({ since: from, snapshot: snapshots[index] as InventorySnapshot }));
}

const packetOf = ({ interfaceId, groupIds, initiator, service, protocol, servicePort, peerAddress }: ConnectionTruth) =>
  `${interfaceId} (${groupIds.join()}) ${initiator} ${service} ${protocol} ${servicePort} ${peerAddress}`;

/** Rules whose source is the whole internet, by which a group counts as broad. */
export const isBroad = ({ group }: GroupRecommendation): boolean =>
  group.rules.some(({ peer }: SecurityGroupRule) => peer.kind === 'cidr' && peer.cidr.endsWith('/0'));
