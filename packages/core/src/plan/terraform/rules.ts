/** Groups and rules of Terraform's AWS provider: in-line rules of groups, and both kinds of rules as resources. */
import { isObject, type JsonObject, objectsOf, textOf } from '../../inventory/json.ts';
import type { RulePeer, SecurityGroupRule } from '../../inventory/model.ts';
import { cidrPeer, groupPeer, sameRuleKey, toRule } from '../rule.ts';
import { GROUP_TYPES, LIST_TYPES, type Path, type TerraformPlan } from './plan.ts';
import { countUnknown, type PlannedResource, textsOf, valueAt } from './resources.ts';

type Direction = SecurityGroupRule['direction'];

const BLOCKS: readonly (readonly [block: string, direction: Direction])[] = [
  ['ingress', 'inbound'],
  ['egress', 'outbound'],
];

/** Which arguments name the other end, in each of the three spellings. */
interface PeerArguments {
  readonly cidrs: readonly string[];
  readonly lists: string;
  readonly groups: string;
}

const INLINE: PeerArguments = {
  cidrs: ['cidr_blocks', 'ipv6_cidr_blocks'],
  lists: 'prefix_list_ids',
  groups: 'security_groups',
};
const RULE: PeerArguments = { ...INLINE, groups: 'source_security_group_id' };
const VPC_RULE: PeerArguments = {
  cidrs: ['cidr_ipv4', 'cidr_ipv6'],
  lists: 'prefix_list_id',
  groups: 'referenced_security_group_id',
};

type Side = 'before' | 'after';

/** One rule block of a resource, on one side of the change. */
interface Block {
  readonly plan: TerraformPlan;
  readonly resource: PlannedResource;
  readonly side: Side;
  /** Where the block lies in the values of the resource; `[]` = the resource is the rule. */
  readonly path: Path;
  readonly groupId: string;
  readonly direction: Direction;
}

export const readGroup = (resource: PlannedResource, plan: TerraformPlan): void => {
  const { draft } = plan;
  const { action, address, before, after } = resource;
  const today = textOf(before?.id);
  if (today !== null) draft.named.set(today, textOf(before?.owner_id));
  if (action === 'none') return;
  if (today !== null && action === 'update') {
    draft.noteGroup(today, address);
    updateInline(resource, today, plan);
    return;
  }
  if (today !== null) draft.deleteGroup(today, address);
  if (after === null) return;
  const id = plan.idAfter(resource);
  const groupName = textOf(after.name) ?? textOf(after.name_prefix) ?? '';
  draft.createGroup({ id, groupName, vpcId: vpcAfter(resource) }, address);
  for (const [block, direction] of BLOCKS) addInline(resource, block, direction, id, plan);
};

/** The provider takes all rules out of a default group that it begins to look after; deleting it only forgets it. */
export const readDefaultGroup = (resource: PlannedResource, plan: TerraformPlan): void => {
  const { draft } = plan;
  const { action, address, before, after } = resource;
  const today = textOf(before?.id);
  if (today !== null) draft.named.set(today, textOf(before?.owner_id));
  if (action === 'none' || after === null) return;
  if (action === 'update' && today !== null) {
    draft.noteGroup(today, address);
    updateInline(resource, today, plan);
    return;
  }
  const id = plan.idAfter(resource);
  if (id.startsWith('plan:')) {
    const vpcId = textOf(after.vpc_id);
    if (vpcId !== null) {
      draft.problem('plan-group-unknown', address, `The inventory does not hold the default group of ${vpcId}.`);
      return;
    }
    draft.createGroup({ id, groupName: 'default', vpcId: vpcAfter(resource) }, address);
  }
  for (const [block, direction] of BLOCKS) {
    if (!id.startsWith('plan:')) draft.emptyGroup(id, direction, address);
    addInline(resource, block, direction, id, plan);
  }
};

/** A VPC that is made by the same plan has no traffic yet; its name keeps its groups together. */
const vpcAfter = ({ after }: PlannedResource): string | null => textOf(after?.vpc_id);

const addInline = (
  resource: PlannedResource,
  block: string,
  direction: Direction,
  groupId: string,
  plan: TerraformPlan,
): void => {
  if (resource.unknown[block] === true) {
    if (plan.references.isSet(resource, block) === false) return;
    plan.draft.problem(
      'plan-value-unknown',
      resource.address,
      `"${block}" is known after the apply only: the group was taken to have no such rules of its own.`,
    );
    return;
  }
  for (const rule of inlineRules({ plan, resource, side: 'after', path: [block], groupId, direction })) {
    plan.draft.addRule(rule, resource.address);
  }
};

/** A list that the plan leaves null is not looked after: its rules stay. */
const updateInline = (resource: PlannedResource, groupId: string, plan: TerraformPlan): void => {
  for (const [block, direction] of BLOCKS) {
    const whole = { plan, resource, path: [block], groupId, direction };
    if (resource.unknown[block] === true) {
      plan.draft.problem(
        'plan-value-unknown',
        resource.address,
        `"${block}" is known after the apply only: these rules were taken to stay as they are.`,
      );
    } else if (Array.isArray(resource.after?.[block])) {
      const [before, after] = [inlineRules({ ...whole, side: 'before' }), inlineRules({ ...whole, side: 'after' })];
      putDifference(
        before.map((rule) => ({ rule, id: null })),
        after,
        resource.address,
        plan,
      );
    }
  }
};

const inlineRules = (whole: Block): SecurityGroupRule[] => {
  const list = valueAt(whole.resource[whole.side], whole.path);
  return objectsOf(list).flatMap((_item, position) => rulesOf({ ...whole, path: [...whole.path, position] }, INLINE));
};

export const readRule = (resource: PlannedResource, plan: TerraformPlan): void =>
  readRuleResource(resource, plan, RULE, (values) => (textOf(values?.type) === 'egress' ? 'outbound' : 'inbound'));

export const readIngressRule = (resource: PlannedResource, plan: TerraformPlan): void =>
  readRuleResource(resource, plan, VPC_RULE, () => 'inbound');

export const readEgressRule = (resource: PlannedResource, plan: TerraformPlan): void =>
  readRuleResource(resource, plan, VPC_RULE, () => 'outbound');

const readRuleResource = (
  resource: PlannedResource,
  plan: TerraformPlan,
  peers: PeerArguments,
  directionOf: (values: JsonObject | null) => Direction,
): void => {
  const { before, after, action, address } = resource;
  const groupBefore = textOf(before?.security_group_id);
  if (groupBefore !== null && !plan.draft.named.has(groupBefore)) plan.draft.named.set(groupBefore, null);
  if (action === 'none') return;
  const base = { plan, resource, path: [] };
  const was =
    groupBefore === null
      ? []
      : rulesOf({ ...base, side: 'before', groupId: groupBefore, direction: directionOf(before) }, peers);
  const removed = was.map((rule) => ({ rule, id: was.length === 1 ? idOfRule(before) : null }));
  putDifference(removed, after === null ? [] : rulesAfter(base, peers, directionOf(after)), address, plan);
};

const rulesAfter = (
  base: Pick<Block, 'plan' | 'resource' | 'path'>,
  peers: PeerArguments,
  direction: Direction,
): SecurityGroupRule[] => {
  const { plan, resource } = base;
  const [groupId] = plan.idsAfter(resource, ['security_group_id'], GROUP_TYPES).ids;
  if (groupId === undefined) {
    plan.draft.problem(
      'plan-value-unknown',
      resource.address,
      'The group of the rule is known after the apply only, and the plan does not tell which it is: the rule was left out.',
    );
    return [];
  }
  const rules = rulesOf({ ...base, side: 'after', groupId, direction }, peers);
  // An update in place keeps the id of AWS: ModifySecurityGroupRules.
  const id = resource.action === 'update' ? (idOfRule(resource.after) ?? idOfRule(resource.before)) : null;
  return rules.length === 1 && id !== null ? rules.map((rule) => ({ ...rule, id })) : rules;
};

/** The older resource has an id of Terraform's own, and AWS's beside it where it is a single rule. */
const idOfRule = (values: JsonObject | null): string | null =>
  [values?.security_group_rule_id, values?.id].flatMap((id) => textOf(id) ?? []).find((id) => id.startsWith('sgr-')) ??
  null;

interface Removed {
  readonly rule: SecurityGroupRule;
  readonly id: string | null;
}

const putDifference = (
  before: readonly Removed[],
  after: readonly SecurityGroupRule[],
  address: string,
  { draft }: TerraformPlan,
): void => {
  const [had, has] = [new Set(before.map(({ rule }) => sameRuleKey(rule))), new Set(after.map(sameRuleKey))];
  for (const removed of before) if (!has.has(sameRuleKey(removed.rule))) draft.removeRule(removed, address);
  for (const rule of after) if (!had.has(sameRuleKey(rule))) draft.addRule(rule, address);
};

/** One block is as many rules as it names other ends. */
const rulesOf = (block: Block, peers: PeerArguments): SecurityGroupRule[] => {
  const { resource, side, path, groupId, direction } = block;
  const values = valueAt(resource[side], path);
  if (!isObject(values)) return [];
  if (side === 'after' && ['from_port', 'to_port', 'protocol', 'ip_protocol'].some((key) => isUnknown(block, key))) {
    problem(block, 'Protocol or ports are known after the apply only: the rule was left out.');
    return [];
  }
  return peersOf(block, values, peers).map((peer) =>
    toRule({
      groupId,
      direction,
      protocol: values.ip_protocol ?? values.protocol,
      fromPort: values.from_port,
      toPort: values.to_port,
      peer,
      description: textOf(values.description) ?? '',
    }),
  );
};

const isUnknown = ({ resource, path }: Block, key: string): boolean =>
  countUnknown(valueAt(resource.unknown, [...path, key])) > 0;

const problem = ({ plan, resource }: Block, message: string): void =>
  plan.draft.problem('plan-value-unknown', resource.address, message);

const peersOf = (block: Block, values: JsonObject, { cidrs, lists, groups }: PeerArguments): RulePeer[] => {
  const { plan, groupId } = block;
  const { draft } = plan;
  const ownVpc = draft.vpcOf(groupId);
  const references = [...idsIn(block, groups, GROUP_TYPES), ...(values.self === true ? [groupId] : [])];
  return [
    ...cidrs.flatMap((key) => cidrPeersOf(block, key, values[key])),
    ...idsIn(block, lists, LIST_TYPES).map((prefixListId): RulePeer => ({ kind: 'prefix-list', prefixListId })),
    ...[...new Set(references)].map((id) => groupPeer(id, ownVpc, draft.today)),
  ];
};

const cidrPeersOf = (block: Block, key: string, value: unknown): RulePeer[] => {
  const { plan, resource, side } = block;
  if (side === 'after' && isUnknown(block, key)) {
    problem(block, `Part of "${key}" is known after the apply only: the rule was taken not to admit it.`);
  }
  return (typeof value === 'string' ? textsOf([value]) : textsOf(value)).flatMap((text) => {
    const peer = cidrPeer(text);
    if (peer === null) plan.draft.problem('plan-item-unreadable', resource.address, `"${text}" is no CIDR block.`);
    return peer ?? [];
  });
};

const idsIn = (block: Block, key: string, wanted: ReadonlySet<string>): readonly string[] => {
  const { plan, resource, side, path } = block;
  const at = [...path, key];
  if (side === 'before') {
    const value = valueAt(resource.before, at);
    return typeof value === 'string' ? textsOf([value]) : textsOf(value);
  }
  const { ids, isPartial } = plan.idsAfter(resource, at, wanted);
  if (!isPartial) return ids;
  // A peer of one value that is not set is unknown too: the provider fills it in.
  if (path.length === 0 && plan.references.isSet(resource, key) === false) return ids;
  problem(block, `Part of "${key}" is known after the apply only: the rule was taken not to admit it.`);
  return ids;
};
