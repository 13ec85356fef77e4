/** Whether rules fit into a group together. */
import type { SecurityGroupRule } from '../inventory/model.ts';
import { RULES_PER_GROUP, weightOf } from '../recommend/quota.ts';
import type { PatchContext } from './model.ts';

type Limits = Pick<PatchContext, 'rulesPerGroup' | 'prefixListEntries'>;

/** Rules of one direction. A prefix list counts for both families, as only its size is known here. */
export function fitsQuota(rules: readonly SecurityGroupRule[], limits: Limits): boolean {
  const limit = limits.rulesPerGroup ?? RULES_PER_GROUP;
  const weights = rules.map((rule) => {
    if (rule.peer.kind !== 'prefix-list') return weightOf(rule, new Map());
    const entries = limits.prefixListEntries?.get(rule.peer.prefixListId) ?? 1;
    return { 4: entries, 6: entries };
  });
  return ([4, 6] as const).every((family) => weights.reduce((sum, weight) => sum + weight[family], 0) <= limit);
}
