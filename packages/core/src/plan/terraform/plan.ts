/** A Terraform plan as its readers need it: resources, the ids that they will have, and where unknown values come from. */
import { type JsonObject, textOf } from '../../inventory/json.ts';
import type { PlanDraft } from '../draft.ts';
import { plannedId } from '../model.ts';
import { References } from './references.ts';
import { countUnknown, type PlannedResource, textsOf, valueAt } from './resources.ts';

export const GROUP_TYPES: ReadonlySet<string> = new Set(['aws_security_group', 'aws_default_security_group']);
export const LIST_TYPES: ReadonlySet<string> = new Set(['aws_ec2_managed_prefix_list']);

/** A place in the values of a resource: keys, and 0 for the only one of a block. */
export type Path = readonly (string | number)[];

export interface Ids {
  readonly ids: readonly string[];
  /** Some of them, or all, are not known. */
  readonly isPartial: boolean;
}

export class TerraformPlan {
  readonly resources: readonly PlannedResource[];
  readonly draft: PlanDraft;
  readonly references: References;

  constructor(document: JsonObject, resources: readonly PlannedResource[], draft: PlanDraft) {
    this.resources = resources;
    this.draft = draft;
    this.references = new References(document, resources);
  }

  /** The id that a resource has after the apply: AWS's where it is known, else one made of its address. */
  idAfter(resource: PlannedResource): string {
    const { type, action, before, after, address } = resource;
    const id = textOf(after?.id) ?? (action === 'create' || action === 'replace' ? null : textOf(before?.id));
    if (id !== null) return id;
    if (type === 'aws_default_security_group') return this.#defaultGroup(textOf(after?.vpc_id)) ?? plannedId(address);
    return plannedId(address);
  }

  /** "Creating" the default group of a VPC means to take over the one that the VPC was made with. */
  #defaultGroup(vpcId: string | null): string | null {
    const found = this.draft.today.groups.find((one) => one.groupName === 'default' && one.vpcId === vpcId);
    return vpcId === null ? null : (found?.id ?? null);
  }

  /**
   * Ids of a list, or the one id of a value, after the apply. Unknown ones are looked up in the configuration, among
   * resources of the wanted types.
   */
  idsAfter(resource: PlannedResource, path: Path, wanted: ReadonlySet<string>): Ids {
    const value = valueAt(resource.after, path);
    const known = typeof value === 'string' ? textsOf([value]) : textsOf(value);
    const flags = flagsAt(resource.unknown, path);
    const missing = countUnknown(flags);
    if (missing === 0) return { ids: known, isPartial: false };
    const found = this.references.find(resource, withoutPositions(path), wanted);
    const ids = [...new Set(found.resources.map((one) => this.idAfter(one)))].filter((id) => !known.includes(id));
    const isList = Array.isArray(value) || LISTS.test(`${path.at(-1)}`);
    if (!isList) return { ids: ids.length === 1 ? ids : [], isPartial: ids.length !== 1 };
    const planned = Number.isFinite(missing) ? ids.filter((id) => id.startsWith('plan:')) : ids;
    const isWhole = Number.isFinite(missing) ? planned.length === missing : ids.length > 0 && !found.opaque;
    return { ids: [...known, ...(isWhole ? planned : [])], isPartial: !isWhole };
  }
}

/** Arguments that hold several values: those of one value are in the singular. */
const LISTS = /s$/;

const withoutPositions = (path: Path): string[] => path.filter((step) => typeof step === 'string');

/** A block or list that is unknown as a whole makes everything in it unknown. */
const flagsAt = (unknown: JsonObject, path: Path): unknown => {
  for (let length = 1; length < path.length; length++) {
    if (valueAt(unknown, path.slice(0, length)) === true) return true;
  }
  return valueAt(unknown, path);
};
