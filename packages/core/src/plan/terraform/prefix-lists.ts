/** Managed prefix lists, whose entries are in-line or resources of their own. */
import { type JsonObject, objectsOf, textOf } from '../../inventory/json.ts';
import { formatPrefix, parsePrefix } from '../../net/prefix.ts';
import { LIST_TYPES, type TerraformPlan } from './plan.ts';
import { countUnknown, type PlannedResource } from './resources.ts';

interface Entry {
  readonly cidr: string;
  readonly description: string;
}

export const readPrefixList = (resource: PlannedResource, plan: TerraformPlan): void => {
  const { action, address, before, after, unknown } = resource;
  const { draft } = plan;
  if (action === 'none') return;
  const today = textOf(before?.id);
  if (today !== null && (action === 'delete' || action === 'replace')) draft.setEntries(today, [], address);
  if (after === null) return;
  const entries = objectsOf(after.entry).flatMap((entry) => entryOf(entry, address, plan));
  const isUnknown = countUnknown(unknown.entry) > 0 || entries.length < objectsOf(after.entry).length;
  if (isUnknown && plan.references.isSet(resource, 'entry') !== false) {
    draft.problem(
      'plan-value-unknown',
      address,
      'Entries of the list are known after the apply only: it was taken not to hold them.',
    );
  }
  if (unknown.entry === true && action === 'update') return;
  draft.setEntries(plan.idAfter(resource), entries, address);
};

export const readPrefixListEntry = (resource: PlannedResource, plan: TerraformPlan): void => {
  const { action, address, before, after } = resource;
  const { draft } = plan;
  if (action === 'none') return;
  const listBefore = textOf(before?.prefix_list_id);
  if (before !== null && listBefore !== null) {
    for (const { cidr } of entryOf(before, address, plan)) draft.removeEntry(listBefore, cidr, address);
  }
  if (after === null) return;
  const [list] = plan.idsAfter(resource, ['prefix_list_id'], LIST_TYPES).ids;
  const [entry] = entryOf(after, address, plan);
  if (list === undefined || entry === undefined) {
    draft.problem(
      'plan-value-unknown',
      address,
      'The list or the CIDR block of the entry is known after the apply only.',
    );
    return;
  }
  draft.addEntry(list, entry, address);
};

const entryOf = (values: JsonObject, address: string, { draft }: TerraformPlan): Entry[] => {
  const text = textOf(values.cidr);
  if (text === null) return [];
  const prefix = parsePrefix(text);
  if (prefix !== null) return [{ cidr: formatPrefix(prefix), description: textOf(values.description) ?? '' }];
  draft.problem('plan-item-unreadable', address, `"${text}" is no CIDR block.`);
  return [];
};
