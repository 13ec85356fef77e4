/** From the draft to the snapshot: rules into their groups, entries into their lists, regions from VPCs. */

import { mergePrefixList } from './describe/prefix-lists.ts';
import type { Draft } from './draft.ts';
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from './model.ts';
import { ruleTuple } from './rule-id.ts';
import { SNAPSHOT_SCHEMA } from './snapshot.ts';

type InVpc = { readonly region: string | null; readonly vpcId: string | null };

export const assemble = (draft: Draft, capturedAt: string): InventorySnapshot => {
  const withRegion = <T extends InVpc>(value: T): T =>
    value.region === null && value.vpcId !== null
      ? { ...value, region: draft.vpcRegions.get(value.vpcId) ?? null }
      : value;
  return {
    schema: SNAPSHOT_SCHEMA,
    capturedAt,
    interfaces: draft.interfaces.values().map(withRegion),
    groups: groupsOf(draft).map(withRegion),
    prefixLists: prefixListIds(draft).map((id) => mergePrefixList(id, draft)),
    vpcs: draft.vpcs.values().map((vpc) => ({ ...vpc, region: draft.vpcRegions.get(vpc.id) ?? null })),
    subnets: draft.subnets.values(),
    instances: draft.instances.values(),
    peerings: draft.peerings.values(),
    flowLogs: draft.flowLogs.values(),
  };
};

const prefixListIds = (draft: Draft): string[] => {
  const described = [...draft.prefixLists.values(), ...draft.servicePrefixLists.values()].map(({ id }) => id);
  return [...new Set([...described, ...draft.prefixListEntries.keys()])].sort();
};

/**
 * The rules of a group are those of describe-security-group-rules, whose ids are AWS's own, if it lists any of the
 * group; else those folded into describe-security-groups. Never both: that would count every connection twice.
 */
const groupsOf = (draft: Draft): SecurityGroup[] => {
  const byGroup = new Map<string, SecurityGroupRule[]>();
  for (const rule of draft.rules.values()) byGroup.set(rule.groupId, [...(byGroup.get(rule.groupId) ?? []), rule]);
  const described = draft.groups.values().map((group): SecurityGroup => {
    const rules = byGroup.get(group.id);
    if (rules === undefined) return group;
    reportDifference(group, rules, draft);
    return { ...group, region: group.region ?? draft.groupHints.get(group.id)?.region ?? null, rules };
  });
  const known = new Set(described.map(({ id }) => id));
  const hinted = draft.groupHints
    .values()
    .filter(({ id }) => !known.has(id))
    .map(({ id, accountId, region }): SecurityGroup => {
      const groupName = draft.groupNames.get(id) ?? '';
      const rules = byGroup.get(id) ?? [];
      return { id, groupName, description: '', accountId, region, vpcId: null, rules, name: null, tags: {} };
    });
  return [...described, ...hinted].sort((a, b) => (a.id < b.id ? -1 : 1));
};

const reportDifference = (group: SecurityGroup, rules: readonly SecurityGroupRule[], draft: Draft): void => {
  const listed = new Set(rules.map(ruleTuple));
  const folded = new Set(group.rules.map(ruleTuple));
  const missing = [...folded].filter((tuple) => !listed.has(tuple));
  const added = [...listed].filter((tuple) => !folded.has(tuple));
  const [example] = [...missing, ...added];
  if (example === undefined) return;
  draft.report(
    group.id,
    'inventory-rules-differ',
    `${group.id}: describe-security-group-rules lacks ${missing.length} rules of describe-security-groups and has ` +
      `${added.length} others (such as ${example}).`,
  );
};
