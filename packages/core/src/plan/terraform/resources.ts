/** `resource_changes` of a plan document. Source: "JSON Output Format" of Terraform and OpenTofu, the same for both. */
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../inventory/json.ts';

/**
 *   none    nothing happens in AWS: no-op, a read, or a resource that the tool only forgets
 *   create, update, delete, replace (in either order)
 */
export type PlannedAction = 'none' | 'create' | 'update' | 'delete' | 'replace';

export interface PlannedResource {
  /** `module.web["a"].aws_security_group.this[0]` */
  readonly address: string;
  /** `module.web["a"]`; '' for the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  /** Of `count` or `for_each`; null for a single one. */
  readonly index: string | number | null;
  readonly action: PlannedAction;
  /** Null where it does not exist yet. */
  readonly before: JsonObject | null;
  /** Null where it goes. */
  readonly after: JsonObject | null;
  /** Same shape as `after`: true where a value is known after the apply only. */
  readonly unknown: JsonObject;
}

const ACTIONS: ReadonlyMap<string, PlannedAction> = new Map(
  Object.entries({
    'no-op': 'none',
    read: 'none',
    forget: 'none',
    create: 'create',
    update: 'update',
    delete: 'delete',
    'delete,create': 'replace',
    'create,delete': 'replace',
    // OpenTofu and Terraform: the old object stays in AWS, and is no longer looked after.
    'create,forget': 'create',
  } satisfies Readonly<Record<string, PlannedAction>>),
);

/** A resource whose type or actions this version does not know. */
interface Unreadable {
  /** Its address. */
  readonly unreadable: string;
}

/** Managed resources in the order of the document. */
export const plannedResources = (document: JsonObject): (PlannedResource | Unreadable)[] =>
  objectsOf(document.resource_changes).flatMap((entry): (PlannedResource | Unreadable)[] => {
    if (entry.mode === 'data') return [];
    const address = textOf(entry.address) ?? '(a resource without an address)';
    const change = objectOf(entry.change);
    const actions = Array.isArray(change.actions) ? change.actions.join(',') : '';
    const action = ACTIONS.get(actions);
    const type = textOf(entry.type);
    if (action === undefined || type === null) return [{ unreadable: address }];
    const deposed = textOf(entry.deposed);
    return [
      {
        address: deposed === null ? address : `${address} (deposed ${deposed})`,
        module: textOf(entry.module_address) ?? '',
        type,
        name: textOf(entry.name) ?? '',
        index: typeof entry.index === 'string' || typeof entry.index === 'number' ? entry.index : null,
        action,
        before: isObject(change.before) ? change.before : null,
        after: isObject(change.after) ? change.after : null,
        unknown: objectOf(change.after_unknown),
      },
    ];
  });

/** A value of an object, by keys and list positions; undefined where a step leads nowhere. */
export const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, key) => {
    if (Array.isArray(part)) return part[typeof key === 'number' ? key : Number.NaN];
    return isObject(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  }, value);

/** How many values of a list are known after the apply only; infinity where not even their number is known. */
export const countUnknown = (flags: unknown): number => {
  if (flags === true) return Number.POSITIVE_INFINITY;
  return Array.isArray(flags) ? flags.filter((flag) => flag === true).length : 0;
};

export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((one) => textOf(one) ?? []) : [];
