/** The retention policy, in the terms of Index State Management (an OpenSearch plugin; absent on bare servers). */
import type { Names } from './names.ts';

export interface Retention {
  /** Days after its creation at which a daily index is deleted. */
  readonly deleteAfterDays: number;
  /** Days after which it moves to UltraWarm; null = never. Only Amazon OpenSearch Service has UltraWarm. */
  readonly warmAfterDays?: number | null;
}

/** Body of `PUT _plugins/_ism/policies/NAME`. @throws RangeError when the ages contradict each other */
export function toRetentionPolicy(names: Names, { deleteAfterDays, warmAfterDays = null }: Retention) {
  if (warmAfterDays !== null && warmAfterDays >= deleteAfterDays) {
    throw new RangeError(`indexes would be deleted (${deleteAfterDays} d) before they are warm (${warmAfterDays} d)`);
  }
  const toDelete = { state_name: 'delete', conditions: { min_index_age: `${deleteAfterDays}d` } };
  const toWarm = { state_name: 'warm', conditions: { min_index_age: `${warmAfterDays}d` } };
  const warm = { name: 'warm', actions: [{ warm_migration: {} }], transitions: [toDelete] };
  return {
    policy: {
      description: `Keeps flow records for ${deleteAfterDays} days.`,
      default_state: 'hot',
      states: [
        { name: 'hot', actions: [], transitions: [warmAfterDays === null ? toDelete : toWarm] },
        ...(warmAfterDays === null ? [] : [warm]),
        { name: 'delete', actions: [{ delete: {} }], transitions: [] },
      ],
      ism_template: [{ index_patterns: [names.pattern], priority: 100 }],
    },
  };
}
