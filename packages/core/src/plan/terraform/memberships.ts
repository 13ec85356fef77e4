/** Which groups an interface has: of instances, load balancers, databases, functions, and interfaces themselves. */
import { type JsonObject, objectOf, textOf } from '../../inventory/json.ts';
import type { InventorySnapshot } from '../../inventory/model.ts';
import {
  type Holding,
  interfacesById,
  interfacesOfClassicBalancer,
  interfacesOfCluster,
  interfacesOfDatabase,
  interfacesOfFunction,
  interfacesOfInstance,
  interfacesOfLoadBalancer,
  interfacesOfService,
  lastOfArn,
} from '../holders.ts';
import { GROUP_TYPES, type Path, type TerraformPlan } from './plan.ts';
import { type PlannedResource, textsOf, valueAt } from './resources.ts';

/** A resource type whose interfaces have the groups that it lists. */
interface Holder {
  /** Where the list of groups lies in the values. */
  readonly groups: Path;
  readonly interfaces: (before: JsonObject, groups: readonly string[], today: InventorySnapshot) => Holding;
}

const IDS: Path = ['vpc_security_group_ids'];
const GROUPS: Path = ['security_groups'];

const loadBalancer: Holder = {
  groups: GROUPS,
  interfaces: ({ arn_suffix, arn, id }, _groups, today) =>
    interfacesOfLoadBalancer(today, textOf(arn_suffix) ?? lastOfArn(`${arn ?? id ?? ''}`, ':loadbalancer/')),
};

export const HOLDERS: ReadonlyMap<string, Holder> = new Map(
  Object.entries({
    aws_instance: {
      groups: IDS,
      interfaces: ({ id, primary_network_interface_id }, groups, today) =>
        interfacesOfInstance(today, `${id ?? ''}`, textOf(primary_network_interface_id), groups),
    },
    aws_network_interface: {
      groups: GROUPS,
      interfaces: ({ id }, _groups, today) => interfacesById(today, textsOf([id])),
    },
    aws_lb: loadBalancer,
    aws_alb: loadBalancer,
    aws_elb: {
      groups: GROUPS,
      interfaces: ({ name, id }, _groups, today) => interfacesOfClassicBalancer(today, `${name ?? id ?? ''}`),
    },
    aws_db_instance: {
      groups: IDS,
      interfaces: ({ multi_az }, groups, today) => interfacesOfDatabase(today, groups, multi_az === true ? 2 : 1),
    },
    aws_rds_cluster: {
      groups: IDS,
      interfaces: ({ cluster_members }, groups, today) =>
        interfacesOfDatabase(today, groups, textsOf(cluster_members).length),
    },
    aws_lambda_function: {
      groups: ['vpc_config', 0, 'security_group_ids'],
      interfaces: ({ function_name }, _groups, today) => interfacesOfFunction(today, `${function_name ?? ''}`),
    },
    aws_ecs_service: {
      groups: ['network_configuration', 0, 'security_groups'],
      interfaces: ({ cluster, name }, _groups, today) =>
        interfacesOfService(today, lastOfArn(`${cluster ?? 'default'}`, ':cluster/'), `${name ?? ''}`),
    },
    aws_eks_cluster: {
      groups: ['vpc_config', 0, 'security_group_ids'],
      interfaces: ({ name }, _groups, today) => interfacesOfCluster(today, `${name ?? ''}`),
    },
    aws_vpc_endpoint: {
      groups: ['security_group_ids'],
      interfaces: ({ network_interface_ids }, _groups, today) => interfacesById(today, textsOf(network_interface_ids)),
    },
  } satisfies Readonly<Record<string, Holder>>),
);

export const readHolder = (resource: PlannedResource, plan: TerraformPlan): void => {
  const holder = HOLDERS.get(resource.type) as Holder;
  const { action, before, after, type, address } = resource;
  const { draft } = plan;
  if (action === 'none') return;
  if (before === null) {
    draft.noteUnseen(type);
    return;
  }
  const had = groupsBefore(before, holder.groups, draft.today);
  if (after === null) {
    if (had.length === 0) draft.ignore(type);
    else draft.problem('plan-assumed', address, 'It is deleted: what was seen of it is replayed as if it stayed.');
    return;
  }
  const { ids, isPartial } = groupsAfter(resource, holder.groups, plan);
  if (isPartial) {
    draft.problem(
      'plan-value-unknown',
      address,
      'Part of its groups is known after the apply only: it was taken to keep those that it has.',
    );
  }
  const change = {
    added: ids.filter((id) => !had.includes(id)),
    removed: isPartial ? [] : had.filter((id) => !ids.includes(id)),
  };
  if (change.added.length + change.removed.length === 0) {
    if (!isPartial) draft.ignore(type);
    return;
  }
  const holding = holder.interfaces(before, had, draft.today);
  putMembership(resource, holding, change, plan);
};

interface Membership {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const putMembership = (
  { address, action }: PlannedResource,
  holding: Holding,
  { added, removed }: Membership,
  { draft }: TerraformPlan,
): void => {
  if ('because' in holding) {
    const words = [...added.map((id) => `+${id}`), ...removed.map((id) => `-${id}`)].join(', ');
    draft.problem('plan-membership-unknown', address, `Its groups change (${words}), but ${holding.because}.`);
    return;
  }
  if (action === 'replace') {
    draft.problem(
      'plan-assumed',
      address,
      'It is replaced: the new interface is judged by what was seen of the old one.',
    );
  }
  for (const { id } of holding.interfaces) {
    for (const groupId of added) if (draft.knows(groupId, address)) draft.join(id, groupId, address);
    for (const groupId of removed) draft.leave(id, groupId, address);
  }
};

/** Instances of a default VPC may list their groups by name instead. */
const groupsBefore = (before: JsonObject, path: Path, today: InventorySnapshot): string[] => {
  const ids = textsOf(valueAt(before, path));
  return ids.length > 0 || path !== IDS ? ids : namedGroups(textsOf(before.security_groups), today);
};

const groupsAfter = (resource: PlannedResource, path: Path, plan: TerraformPlan) => {
  const after = plan.idsAfter(resource, path, GROUP_TYPES);
  if (path !== IDS || after.ids.length > 0 || after.isPartial) return after;
  return { ids: namedGroups(textsOf(resource.after?.security_groups), plan.draft.today), isPartial: false };
};

const namedGroups = (names: readonly string[], today: InventorySnapshot): string[] =>
  today.groups.filter(({ id, groupName }) => names.includes(groupName) || names.includes(id)).map(({ id }) => id);

const INTERFACE_TYPES: ReadonlySet<string> = new Set(['aws_network_interface', 'aws_instance']);

/** One group on one interface. */
export const readAttachment = (resource: PlannedResource, plan: TerraformPlan): void => {
  const { action, before, after, address } = resource;
  const { draft } = plan;
  if (action === 'none') return;
  const [leaving, left] = [textOf(before?.security_group_id), textOf(before?.network_interface_id)];
  if (leaving !== null && left !== null) {
    putMembership(resource, interfacesById(draft.today, [left]), { added: [], removed: [leaving] }, plan);
  }
  if (after === null) return;
  const [groupId] = plan.idsAfter(resource, ['security_group_id'], GROUP_TYPES).ids;
  if (groupId === undefined) {
    draft.problem(
      'plan-value-unknown',
      address,
      'The group is known after the apply only: the attachment was left out.',
    );
    return;
  }
  const holding = interfaceOfAttachment(resource, plan);
  if (holding === null) draft.noteUnseen(resource.type);
  else putMembership(resource, holding, { added: [groupId], removed: [] }, plan);
};

/** Null for an interface that does not exist yet. */
const interfaceOfAttachment = (resource: PlannedResource, plan: TerraformPlan): Holding | null => {
  const { today } = plan.draft;
  const id = textOf(resource.after?.network_interface_id);
  if (id !== null) return interfacesById(today, [id]);
  const found = plan.references.find(resource, ['network_interface_id'], INTERFACE_TYPES).resources;
  const [origin] = found;
  if (origin === undefined || found.length > 1) return { because: 'its interface is known after the apply only' };
  if (origin.before === null) return null;
  const holder = HOLDERS.get(origin.type) as Holder;
  return holder.interfaces(objectOf(origin.before), groupsBefore(origin.before, holder.groups, today), today);
};
