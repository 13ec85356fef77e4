/**
 * A template alone. It tells the state of its own resources afterwards; which of them exist is told by the tags that
 * CloudFormation puts on groups, interfaces and instances. It does not tell which rules were its own before: a rule of
 * today that a list of the template lacks was taken to go, since somebody took it out of the list, or CloudFormation
 * would have had it there.
 */
import { FlowfitError } from '../../errors.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../../inventory/json.ts';
import type { InventorySnapshot, SecurityGroupRule, Tagged } from '../../inventory/model.ts';
import { push } from '../../multimap.ts';
import type { PlanDraft } from '../draft.ts';
import { plannedId } from '../model.ts';
import { CloudFormationPlan, withoutRules } from './plan.ts';
import { GROUP, HOLDERS, INLINE, PREFIX_LIST, RULE_TYPES, rulesOf } from './resources.ts';
import { type ResolvedObject, textIn } from './values.ts';

const LOGICAL_ID = 'aws:cloudformation:logical-id';
const STACK_NAME = 'aws:cloudformation:stack-name';

interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: ResolvedObject;
  readonly id: string | null;
}

/** @throws FlowfitError `plan-stack-unclear` */
export const readTemplate = (template: JsonObject, stack: string | null, draft: PlanDraft, source: string): void => {
  const entries = Object.entries(objectOf(template.Resources)).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  const name = stack ?? stackOf(new Set(entries.map(([logicalId]) => logicalId)), draft.today, source);
  const existing = name === null ? new Map<string, string>() : resourcesOfStack(name, draft.today);
  const isCreated = new Set([GROUP, PREFIX_LIST]);
  const plan = new CloudFormationPlan(template, draft, (logicalId) => {
    const type = textOf(objectOf(objectOf(template.Resources)[logicalId]).Type) ?? '';
    return existing.get(logicalId) ?? (isCreated.has(type) ? plannedId(logicalId) : null);
  });
  const resources = entries.map(([logicalId, { Type, Properties, Condition }]): Resource => {
    const type = textOf(Type) ?? '';
    if (Condition !== undefined && isKnownType(type)) {
      draft.problem('plan-assumed', logicalId, `Its condition (${Condition}) was taken to hold.`);
    }
    return { logicalId, type, properties: plan.properties(Properties), id: existing.get(logicalId) ?? null };
  });
  noteTransform(template, draft);
  putGroups(resources, plan);
  for (const resource of resources) putOther(resource, plan);
};

/** Macros, such as that of serverless applications, write resources that the template does not show. */
export const noteTransform = ({ Transform }: JsonObject, draft: PlanDraft): void => {
  if (Transform === undefined) return;
  draft.problem('plan-value-unknown', 'Transform', 'What the transforms of the template make of it is not known.');
};

const isKnownType = (type: string): boolean =>
  type === GROUP || type === PREFIX_LIST || RULE_TYPES.has(type) || HOLDERS.has(type);

const tagged = (today: InventorySnapshot): readonly (Tagged & { readonly id: string })[] => [
  ...today.groups,
  ...today.interfaces,
  ...today.instances,
  ...today.prefixLists,
];

const resourcesOfStack = (stack: string, today: InventorySnapshot): Map<string, string> =>
  new Map(
    tagged(today).flatMap(({ id, tags }) =>
      tags[STACK_NAME] === stack && tags[LOGICAL_ID] !== undefined ? [[tags[LOGICAL_ID], id] as const] : [],
    ),
  );

/** The stack whose resources have the logical ids of the template; null where there is none. */
const stackOf = (logicalIds: ReadonlySet<string>, today: InventorySnapshot, source: string): string | null => {
  const stacks = new Set(
    tagged(today).flatMap(({ tags }) => (logicalIds.has(tags[LOGICAL_ID] ?? '') ? (tags[STACK_NAME] ?? []) : [])),
  );
  if (stacks.size <= 1) return [...stacks][0] ?? null;
  const names = [...stacks].sort().join(', ');
  throw new FlowfitError(
    'plan-stack-unclear',
    `${source}: resources of several stacks have the logical ids of the template (${names}). Name the one that is ` +
      'meant with --stack.',
  );
};

const putGroups = (resources: readonly Resource[], plan: CloudFormationPlan): void => {
  const groups = resources.filter(({ type }) => type === GROUP);
  for (const { logicalId, properties, id } of groups) {
    if (id === null) plan.createGroup(plannedId(logicalId), properties, logicalId);
    else {
      plan.draft.named.set(id, null);
      plan.draft.noteGroup(id, logicalId);
    }
  }
  const separate = separateRules(resources, plan);
  for (const { logicalId, properties, id } of groups) {
    if (id !== null) updateGroup(id, properties, separate.get(id) ?? [], logicalId, plan);
  }
};

/** Rules that are resources of their own, by group. */
const separateRules = (resources: readonly Resource[], plan: CloudFormationPlan): Map<string, SecurityGroupRule[]> => {
  const byGroup = new Map<string, SecurityGroupRule[]>();
  for (const { logicalId, type, properties } of resources) {
    const direction = RULE_TYPES.get(type);
    if (direction === undefined) continue;
    const groupId = textIn(properties.GroupId);
    if (groupId === null) {
      plan.draft.problem(
        'plan-value-unknown',
        logicalId,
        'The template does not tell the group of the rule: the rule was left out.',
      );
      continue;
    }
    for (const rule of rulesOf(properties, groupId, direction, logicalId, plan.draft)) {
      push(byGroup, groupId, rule);
      const stands = plan.draft.today.groups.find(({ id }) => id === groupId)?.rules ?? [];
      if (withoutRules([rule], stands).length > 0) plan.draft.addRule(rule, logicalId);
    }
  }
  return byGroup;
};

const updateGroup = (
  groupId: string,
  properties: ResolvedObject,
  separate: readonly SecurityGroupRule[],
  address: string,
  plan: CloudFormationPlan,
): void => {
  const today = plan.draft.today.groups.find(({ id }) => id === groupId)?.rules ?? [];
  for (const [property, direction] of INLINE) {
    const rules = plan.inlineRules(properties, property, groupId, direction, address);
    if (rules === null) continue;
    for (const rule of withoutRules(rules, today)) plan.draft.addRule(rule, address);
    const own = today.filter((rule) => rule.direction === direction);
    const gone = withoutRules(own, [...rules, ...separate]);
    for (const rule of gone) plan.draft.removeRule({ rule, id: rule.id }, address);
    if (gone.length > 0) {
      plan.draft.problem(
        'plan-assumed',
        address,
        `Rules that "${property}" does not list were taken to go: ${gone.map(({ id }) => id).join(', ')}. A change set ` +
          'with --include-property-values tells exactly what changes.',
      );
    }
  }
};

const putOther = ({ logicalId, type, properties, id }: Resource, plan: CloudFormationPlan): void => {
  const { draft } = plan;
  if (type === GROUP || RULE_TYPES.has(type)) return;
  if (type === PREFIX_LIST) plan.setEntries(id ?? plannedId(logicalId), properties, logicalId);
  else if (HOLDERS.has(type)) plan.setGroups(type, id, properties, null, logicalId);
  else if (isAboutGroups(type)) {
    draft.problem('plan-type-unknown', logicalId, `Flowfit does not know ${type}: what it does was left out.`);
  } else if (namesGroups(properties)) {
    draft.problem(
      'plan-type-unknown',
      logicalId,
      `${type} has security groups, and Flowfit does not know which interfaces it has.`,
    );
  } else draft.ignore(type || '(no type)');
};

/** Groups themselves, and stacks within the stack, which have plans of their own. */
export const isAboutGroups = (type: string): boolean =>
  /SecurityGroup|PrefixList|^AWS::CloudFormation::Stack/.test(type);

/** Whether any property, however deep, is about security groups. */
export const namesGroups = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(namesGroups)
    : isObject(value) && Object.entries(value).some(([key, part]) => /SecurityGroup/i.test(key) || namesGroups(part));
