/** A recommendation as a change, and what patches tell of it. */
import { type ChangeSet, rulesChange } from '../change/change-set.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import type { PatchContext } from '../patch/model.ts';
import { chosenPoint } from './document.ts';
import type { Recommendation } from './model.ts';
import { weightOfList } from './quota.ts';

/** What following it would change of a state that has its groups. */
export const changeOfRecommendation = ({ groups }: Recommendation, today: InventorySnapshot): ChangeSet =>
  rulesChange(today, new Map(groups.map((one) => [one.group.id, chosenPoint(one).proposed.map(({ rule }) => rule)])));

export const patchContextOf = (
  { groups }: Recommendation,
  today: InventorySnapshot,
  generatedBy: string,
): PatchContext => ({
  region: onlyOne(groups.map(({ group }) => group.region)),
  accountId: onlyOne(groups.map(({ group }) => group.accountId)),
  generatedBy,
  from: new Map(
    groups.flatMap((one) =>
      chosenPoint(one).proposed.flatMap(({ rule, exists, from }) => (exists ? [] : [[rule.id, from] as const])),
    ),
  ),
  prefixListEntries: new Map(today.prefixLists.map((list) => [list.id, weightOfList(list)])),
});

/** Null where there are several: then the user's configuration decides. */
const onlyOne = (values: readonly (string | null)[]): string | null => {
  const distinct = new Set(values);
  const [value = null] = distinct;
  return distinct.size === 1 ? value : null;
};
