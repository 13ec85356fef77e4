/**
 * A change set (`aws cloudformation describe-change-set`). It names what changes, and the ids of what exists. Made with
 * --include-property-values it also has the properties before and after; without them those afterwards are in the
 * template, and those before are what the inventory shows.
 */
import { FlowfitError } from '../../errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, parseDocuments, textOf } from '../../inventory/json.ts';
import type { SecurityGroupRule } from '../../inventory/model.ts';
import type { PlanDraft } from '../draft.ts';
import { plannedId } from '../model.ts';
import { CloudFormationPlan, withoutRules } from './plan.ts';
import { GROUP, HOLDERS, INLINE, PREFIX_LIST, RULE_TYPES, rulesOf } from './resources.ts';
import { isAboutGroups, namesGroups, noteTransform } from './template.ts';
import { type ResolvedObject, textIn } from './values.ts';

interface Change {
  readonly address: string;
  readonly type: string;
  readonly id: string | null;
  readonly adds: boolean;
  readonly removes: boolean;
  /** Null where neither the change set nor a template tells them. */
  readonly before: ResolvedObject | null;
  readonly after: ResolvedObject | null;
  /** Names of the properties that change. */
  readonly targets: ReadonlySet<string>;
}

/** @throws FlowfitError `plan-other-account`, `plan-invalid` */
export const readChangeSet = (document: JsonObject, template: unknown, draft: PlanDraft, source: string): void => {
  checkStackAccount(document, draft, source);
  if (textOf(document.NextToken) !== null) {
    throw new FlowfitError(
      'plan-invalid',
      `${source} says that more changes follow (NextToken). Run the command without --max-items and --no-paginate.`,
    );
  }
  const entries = objectsOf(document.Changes).map(({ ResourceChange }) => objectOf(ResourceChange));
  const resources = objectOf(objectOf(template).Resources);
  const plan = new CloudFormationPlan(objectOf(template), draft, physicalIds(entries));
  noteTransform(objectOf(template), draft);
  const changes = entries
    .map((entry) => toChange(entry, resources, plan))
    .filter(({ adds, removes }) => adds || removes);
  for (const change of changes.filter(({ type }) => type === GROUP)) putGroup(change, separate(resources, plan), plan);
  for (const change of changes.filter(({ type }) => type !== GROUP)) putOther(change, plan);
};

/** A replaced group has the id of what is to be created, as everything that refers to it will. */
const physicalIds = (entries: readonly JsonObject[]) => {
  const ids = new Map(
    entries.map(({ LogicalResourceId, PhysicalResourceId, Replacement }) => {
      const logicalId = `${LogicalResourceId ?? ''}`;
      return [logicalId, (Replacement === 'True' ? null : textOf(PhysicalResourceId)) ?? plannedId(logicalId)];
    }),
  );
  return (logicalId: string): string | null => ids.get(logicalId) ?? null;
};

const ACTIONS: ReadonlyMap<string, Pick<Change, 'adds' | 'removes'>> = new Map(
  Object.entries({
    Add: { adds: true, removes: false },
    Modify: { adds: true, removes: true },
    Remove: { adds: false, removes: true },
    Import: { adds: false, removes: false },
  } satisfies Readonly<Record<string, Pick<Change, 'adds' | 'removes'>>>),
);

const toChange = (entry: JsonObject, resources: JsonObject, plan: CloudFormationPlan): Change => {
  const address = textOf(entry.LogicalResourceId) ?? '(a resource without an id)';
  const type = textOf(entry.ResourceType) ?? '';
  const action = ACTIONS.get(`${entry.Action}`);
  if (action === undefined) {
    plan.draft.problem('plan-item-unreadable', address, `Its action is ${entry.Action ?? 'missing'}: it was left out.`);
  }
  const declared = objectOf(resources[address]).Properties;
  return {
    address,
    type,
    id: textOf(entry.PhysicalResourceId),
    ...(action ?? { adds: false, removes: false }),
    before: propertiesIn(entry.BeforeContext, plan),
    after: propertiesIn(entry.AfterContext, plan) ?? (declared === undefined ? null : plan.properties(declared)),
    targets: new Set(objectsOf(entry.Details).flatMap(({ Target }) => textOf(objectOf(Target).Name) ?? [])),
  };
};

/** Contexts are JSON in a text. */
const propertiesIn = (context: unknown, plan: CloudFormationPlan): ResolvedObject | null => {
  const [document] = parseDocuments(textOf(context) ?? '').documents;
  const properties = objectOf(document).Properties;
  return isObject(properties) ? plan.properties(properties) : null;
};

const NOT_TOLD =
  'The change set does not tell its properties: what changes was left out. Make it with --include-property-values, or ' +
  'name the template with --template.';

const separate =
  (resources: JsonObject, plan: CloudFormationPlan) =>
  (groupId: string): SecurityGroupRule[] =>
    Object.entries(resources).flatMap(([logicalId, resource]) => {
      const { Type, Properties } = objectOf(resource);
      const direction = RULE_TYPES.get(`${Type}`);
      const properties = direction === undefined ? null : plan.properties(Properties);
      if (direction === undefined || properties === null || textIn(properties.GroupId) !== groupId) return [];
      return rulesOf(properties, groupId, direction, logicalId, plan.draft);
    });

const putGroup = (
  change: Change,
  separateOf: (groupId: string) => SecurityGroupRule[],
  plan: CloudFormationPlan,
): void => {
  const { address, id, adds, removes, after } = change;
  const { draft } = plan;
  const next = plan.values.resolve({ Ref: address });
  if (id !== null && removes) draft.named.set(id, null);
  const isReplaced = removes && adds && next === plannedId(address);
  if (id !== null && removes && (!adds || isReplaced)) draft.deleteGroup(id, address);
  if (adds && (!removes || isReplaced)) {
    if (after === null) draft.problem('plan-value-unknown', address, NOT_TOLD);
    plan.createGroup(plannedId(address), after ?? {}, address);
  }
  if (id !== null && removes && adds && !isReplaced) modifyGroup(change, id, separateOf, plan);
};

const modifyGroup = (
  { address, before, after, targets }: Change,
  id: string,
  separateOf: (groupId: string) => SecurityGroupRule[],
  plan: CloudFormationPlan,
): void => {
  const { draft } = plan;
  draft.noteGroup(id, address);
  if (!draft.knows(id, address)) return;
  const today = draft.today.groups.find((group) => group.id === id)?.rules ?? [];
  for (const [property, direction] of INLINE) {
    if (!targets.has(property)) continue;
    if (after === null) {
      draft.problem('plan-value-unknown', address, NOT_TOLD);
      continue;
    }
    const rules = plan.inlineRules(after, property, id, direction, address) ?? [];
    const had =
      before === null
        ? withoutRules(
            today.filter((rule) => rule.direction === direction),
            separateOf(id),
          )
        : (plan.inlineRules(before, property, id, direction, address) ?? []);
    for (const rule of withoutRules(had, rules)) draft.removeRule({ rule, id: null }, address);
    for (const rule of withoutRules(rules, had)) draft.addRule(rule, address);
  }
};

const putOther = (change: Change, plan: CloudFormationPlan): void => {
  const { address, type, id, adds, after } = change;
  const { draft } = plan;
  const direction = RULE_TYPES.get(type);
  if (direction !== undefined) {
    putRule(change, direction, plan);
  } else if (type === PREFIX_LIST) {
    if (after === null && adds) draft.problem('plan-value-unknown', address, NOT_TOLD);
    else plan.setEntries(id ?? plannedId(address), after ?? { Entries: [] }, address);
  } else if (isAboutGroups(type)) {
    draft.problem('plan-type-unknown', address, `Flowfit does not know ${type}: what it does was left out.`);
  } else {
    putHolder(change, plan);
  }
};

/** Properties in which the types that we know, and most others, name their groups. */
const ABOUT_GROUPS = /SecurityGroup|GroupSet|VpcConfig|NetworkConfiguration|NetworkInterfaces/;

const putHolder = ({ address, type, id, adds, removes, before, after, targets }: Change, plan: CloudFormationPlan) => {
  const { draft } = plan;
  if (!removes) {
    if (HOLDERS.has(type) || namesGroups(after)) draft.noteUnseen(type);
    else draft.ignore(type);
  } else if (!adds || ![...targets].some((name) => ABOUT_GROUPS.test(name))) {
    draft.ignore(type);
  } else if (!HOLDERS.has(type)) {
    const message = `Its groups may change, and Flowfit does not know which interfaces a ${type} has.`;
    draft.problem('plan-type-unknown', address, message);
  } else if (after === null) {
    draft.problem('plan-value-unknown', address, NOT_TOLD);
  } else {
    plan.setGroups(type, id, after, before, address);
  }
};

const putRule = (
  { address, id, adds, removes, before, after }: Change,
  direction: SecurityGroupRule['direction'],
  plan: CloudFormationPlan,
): void => {
  const { draft } = plan;
  const rulesIn = (properties: ResolvedObject | null): SecurityGroupRule[] | null => {
    const groupId = properties === null ? null : textIn(properties.GroupId);
    return properties === null || groupId === null ? null : rulesOf(properties, groupId, direction, address, draft);
  };
  const had = removes ? (rulesIn(before) ?? byPhysicalId(id, draft)) : [];
  const will = adds ? rulesIn(after) : [];
  if (had === null || will === null) draft.problem('plan-value-unknown', address, NOT_TOLD);
  for (const rule of withoutRules(had ?? [], will ?? [])) {
    draft.removeRule({ rule, id: id?.startsWith('sgr-') ? id : null }, address);
  }
  for (const rule of withoutRules(will ?? [], had ?? [])) draft.addRule(rule, address);
};

const byPhysicalId = (id: string | null, { today }: PlanDraft): SecurityGroupRule[] | null => {
  const rule = today.groups.flatMap(({ rules }) => rules).find((one) => one.id === id);
  return rule === undefined ? null : [rule];
};

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/…` */
const checkStackAccount = ({ StackId }: JsonObject, { today }: PlanDraft, source: string): void => {
  const account = textOf(textOf(StackId)?.split(':')[4]);
  const accounts = [...new Set(today.groups.flatMap(({ accountId }) => accountId ?? []))].sort();
  if (account === null || accounts.length === 0 || accounts.includes(account)) return;
  throw new FlowfitError(
    'plan-other-account',
    `${source}: the stack is of account ${account}, and the inventory is of ${accounts.join(', ')}. Name the lake of that ` +
      'account with --lake, or add a capture of it with "flowfit inventory add PATH".',
  );
};
