/** From a plan document of Terraform or OpenTofu to a draft. One type = one line of the registry. */
import { canonicalJson, isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../inventory/json.ts';
import type { PlanDraft } from '../draft.ts';
import { HOLDERS, readAttachment, readHolder } from './memberships.ts';
import { TerraformPlan } from './plan.ts';
import { readPrefixList, readPrefixListEntry } from './prefix-lists.ts';
import { type PlannedResource, plannedResources } from './resources.ts';
import { readDefaultGroup, readEgressRule, readGroup, readIngressRule, readRule } from './rules.ts';

type Reader = (resource: PlannedResource, plan: TerraformPlan) => void;

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    aws_security_group: readGroup,
    aws_default_security_group: readDefaultGroup,
    aws_security_group_rule: readRule,
    aws_vpc_security_group_ingress_rule: readIngressRule,
    aws_vpc_security_group_egress_rule: readEgressRule,
    aws_ec2_managed_prefix_list: readPrefixList,
    aws_ec2_managed_prefix_list_entry: readPrefixListEntry,
    aws_network_interface_sg_attachment: readAttachment,
    ...Object.fromEntries([...HOLDERS.keys()].map((type) => [type, readHolder])),
  } satisfies Readonly<Record<string, Reader>>),
);

/** What Terraform can do to security groups: for docs. */
export const TERRAFORM_TYPES: readonly string[] = [...READERS.keys()].sort();

/** Groups come first, so that rules and interfaces find those that are created. */
const isGroup = ({ type }: PlannedResource): boolean =>
  READERS.get(type) === readGroup || READERS.get(type) === readDefaultGroup;

export const readTerraform = (document: JsonObject, draft: PlanDraft): void => {
  const resources: PlannedResource[] = [];
  for (const resource of plannedResources(document)) {
    if ('address' in resource) resources.push(resource);
    else
      draft.problem(
        'plan-item-unreadable',
        resource.unreadable,
        'Its type or its actions cannot be read: it was left out.',
      );
  }
  noteDeferred(document, draft);
  const plan = new TerraformPlan(document, resources, draft);
  const ordered = [...resources.filter(isGroup), ...resources.filter((one) => !isGroup(one))];
  for (const resource of ordered) (READERS.get(resource.type) ?? readUnknownType)(resource, plan);
};

/** Resources that the plan leaves for a later one, since something that they need is not known yet. */
const noteDeferred = (document: JsonObject, draft: PlanDraft): void => {
  for (const { resource_change: deferred } of objectsOf(document.deferred_changes)) {
    const { type, address } = objectOf(deferred);
    if (!READERS.has(`${type}`) && !ABOUT_GROUPS.test(`${type}`)) continue;
    draft.problem('plan-value-unknown', `${address}`, 'The plan leaves it for a later one: what it does was left out.');
  }
};

/** Groups themselves, and stacks, which have plans of their own. */
const ABOUT_GROUPS = /security_group|prefix_list|cloudformation_stack/;

const readUnknownType = (resource: PlannedResource, { draft }: TerraformPlan): void => {
  const { type, address, action, before, after, unknown } = resource;
  if (action === 'none') return;
  if (ABOUT_GROUPS.test(type)) {
    draft.problem('plan-type-unknown', address, `Flowfit does not know ${type}: what it does was left out.`);
    return;
  }
  const [was, will] = [groupValues(before), groupValues(after)];
  const isOpen = groupValues(unknown).some(([, value]) => canonicalJson(value).includes('true'));
  const changes = canonicalJson(was) !== canonicalJson(will);
  if (after === null || !(changes || (isOpen && was.length > 0))) {
    draft.ignore(type);
  } else if (before === null) {
    draft.noteUnseen(type);
  } else {
    draft.problem('plan-type-unknown', address, `${messageOf(type)} What was seen is replayed as if they stayed.`);
  }
};

const messageOf = (type: string): string =>
  type === 'aws_launch_template' || type === 'aws_launch_configuration'
    ? 'Its groups change: instances that it starts from now on have others, and those that run keep theirs.'
    : `Its groups change, and Flowfit does not know which interfaces a ${type} has.`;

/** Arguments that hold security groups, however deep they lie; empty ones say nothing. */
const groupValues = (value: unknown, path = ''): (readonly [path: string, value: unknown])[] => {
  if (Array.isArray(value)) return value.flatMap((one, position) => groupValues(one, `${path}[${position}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const at = `${path}.${key}`;
    if (!/security_?group/i.test(key)) return groupValues(part, at);
    const isEmpty =
      part === null || part === false || (Array.isArray(part) && part.length === 0) || textOf(part) === '';
    return isEmpty ? [] : [[at, part] as const];
  });
};
