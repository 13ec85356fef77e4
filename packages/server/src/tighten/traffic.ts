/**
 * What each proposed rule would have admitted of the observed connections: usage as for the rules of today, over the
 * past as it would have been with the change.
 */
import { type RuleUsage, UsageFold } from '@flowfit/core/analysis/usage';
import type { ChangeSet } from '@flowfit/core/change/change-set';
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import { replayStates } from '@flowfit/core/replay/states';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { ReachResolver } from '@flowfit/core/security-group/reach';
import { loadSnapshots } from '@flowfit/lake/inventory/timeline';
import { newestOf, observe } from '@flowfit/lake/observed';
import type { Window } from '@flowfit/lake/queries/window';
import type { LakeState } from '@flowfit/lake/state';
import { toAllowed, toBlocks } from '../blocks.ts';
import type { RuleTrafficAnswer } from '../contract/tighten.ts';

/** Of the rules of the changed groups, by id; those that nothing came through are there as well. */
export const trafficOf = async (
  lake: LakeState,
  window: Window,
  change: ChangeSet,
  signal: AbortSignal,
): Promise<Record<string, RuleTrafficAnswer>> => {
  const observed = await observe(lake, window, signal);
  const { timeline } = observed;
  const past = { snapshots: loadSnapshots(lake), timeline, today: newestOf(timeline) };
  const { proposed } = replayStates(past, change);
  const fold = new UsageFold(new Attributor(proposed, observed.options));
  for await (const conversation of observed.conversations()) fold.add(conversation);
  const { rules } = fold.result();
  const resolver = new ReachResolver(newestOf(proposed));
  return Object.fromEntries(
    change.groups.flatMap(({ after, vpcId }) =>
      after.map((rule) => [rule.id, toTraffic(rule, rules.get(rule.id), resolver, vpcId)] as const),
    ),
  );
};

const toTraffic = (
  rule: SecurityGroupRule,
  usage: RuleUsage | undefined,
  resolver: ReachResolver,
  vpcId: string | null,
): RuleTrafficAnswer => ({
  connections: (usage?.connections.proven ?? 0) + (usage?.connections.inferred ?? 0),
  possible: usage?.connections.possible ?? 0,
  peers: usage?.peers.count ?? 0,
  ports: [...(usage?.ports.toRanges() ?? [])],
  allowed: toAllowed(rule, resolver, vpcId),
  seenBlocks: usage === undefined ? [] : toBlocks(usage.peers.seen),
});
