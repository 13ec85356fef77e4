/** What templates and change sets have in common: ids of resources, rules of groups, groups of interfaces. */
import type { JsonObject } from '../../inventory/json.ts';
import type { SecurityGroupRule } from '../../inventory/model.ts';
import { formatPrefix, parsePrefix } from '../../net/prefix.ts';
import type { PlanDraft } from '../draft.ts';
import { sameRuleKey, toRule } from '../rule.ts';
import { HOLDERS, INLINE, rulesOf } from './resources.ts';
import { objectIn, type Resolved, type ResolvedObject, textIn, UNKNOWN, Values } from './values.ts';

type Direction = SecurityGroupRule['direction'];

export class CloudFormationPlan {
  readonly draft: PlanDraft;
  readonly values: Values;

  constructor(template: JsonObject, draft: PlanDraft, idOf: (logicalId: string) => string | null) {
    this.draft = draft;
    this.values = new Values(template, idOf);
  }

  properties(value: unknown): ResolvedObject {
    return objectIn(this.values.resolve(value));
  }

  /** Null = the group has no list of its own for this direction. */
  inlineRules(properties: ResolvedObject, property: string, groupId: string, direction: Direction, address: string) {
    const list = properties[property];
    if (list === undefined || list === null) return null;
    if (Array.isArray(list)) return list.flatMap((one) => rulesOf(one, groupId, direction, address, this.draft));
    return rulesOf(list, groupId, direction, address, this.draft);
  }

  createGroup(id: string, properties: ResolvedObject, address: string): void {
    const { draft } = this;
    const groupName = textIn(properties.GroupName) ?? address;
    draft.createGroup({ id, groupName, vpcId: textIn(properties.VpcId) }, address);
    for (const [property, direction] of INLINE) {
      const rules = this.inlineRules(properties, property, id, direction, address);
      for (const rule of rules ?? (direction === 'outbound' ? everything(id) : [])) draft.addRule(rule, address);
    }
  }

  /** Puts an interface's groups to what the properties list. `before` narrows down which interface is meant. */
  setGroups(
    type: string,
    id: string | null,
    properties: ResolvedObject,
    before: ResolvedObject | null,
    address: string,
  ): void {
    const { draft } = this;
    const holder = HOLDERS.get(type);
    if (holder === undefined) return;
    const after = idList(holder.groups(properties));
    const had = before === null ? null : idList(holder.groups(before));
    if (after === null) return;
    if (had !== null && !had.isPartial && !after.isPartial && sameIds(had.ids, after.ids)) {
      draft.ignore(type);
      return;
    }
    const holding = holder.interfaces(id, properties, had?.ids ?? [], draft.today);
    if ('because' in holding) {
      draft.problem(
        'plan-membership-unknown',
        address,
        `Its groups are ${after.ids.join(', ') || 'not known'}, but ${holding.because}.`,
      );
      return;
    }
    if (after.isPartial) {
      draft.problem(
        'plan-value-unknown',
        address,
        'Part of its groups is not told by the template: it was taken to keep those that it has.',
      );
    }
    for (const { id: interfaceId, groupIds } of holding.interfaces) {
      for (const groupId of after.ids) {
        if (!groupIds.includes(groupId) && draft.knows(groupId, address)) draft.join(interfaceId, groupId, address);
      }
      for (const groupId of after.isPartial ? [] : groupIds) {
        if (!after.ids.includes(groupId)) draft.leave(interfaceId, groupId, address);
      }
    }
  }

  setEntries(id: string, properties: ResolvedObject, address: string): void {
    const list = properties.Entries;
    const entries = (Array.isArray(list) ? list : []).flatMap((item) => {
      const { Cidr, Description } = objectIn(item);
      const prefix = parsePrefix(textIn(Cidr) ?? '');
      return prefix === null ? [] : [{ cidr: formatPrefix(prefix), description: textIn(Description) ?? '' }];
    });
    if (!Array.isArray(list) || entries.length < list.length) {
      this.draft.problem(
        'plan-value-unknown',
        address,
        'Part of its entries is not told by the template: the list was taken not to hold them.',
      );
    }
    this.draft.setEntries(id, entries, address);
  }
}

/** AWS puts this rule into groups that come without an egress list. */
const everything = (groupId: string): SecurityGroupRule[] => [
  toRule({
    groupId,
    direction: 'outbound',
    protocol: '-1',
    fromPort: null,
    toPort: null,
    peer: { kind: 'cidr', cidr: '0.0.0.0/0' },
    description: '',
  }),
];

const idList = (value: Resolved): { readonly ids: readonly string[]; readonly isPartial: boolean } | null => {
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return { ids: [], isPartial: true };
  const list = Array.isArray(value) ? value : [value];
  return { ids: list.flatMap((one) => textIn(one) ?? []), isPartial: list.includes(UNKNOWN) };
};

const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join(' ') === [...b].sort().join(' ');

export const withoutRules = (
  rules: readonly SecurityGroupRule[],
  others: readonly SecurityGroupRule[],
): SecurityGroupRule[] => {
  const keys = new Set(others.map(sameRuleKey));
  return rules.filter((rule) => !keys.has(sameRuleKey(rule)));
};
