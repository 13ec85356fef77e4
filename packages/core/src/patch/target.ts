/** What becomes of the rules of one group, ready to be written. */
import type { ChangeSet, GroupChange } from '../change/change-set.ts';
import { FlowfitError } from '../errors.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { awsKey } from './aws-rule.ts';
import { describeNewRule } from './description.ts';
import type { PatchContext } from './model.ts';

/** Kept and added together are the rules afterwards; kept and removed together, those of today. */
export interface GroupTarget {
  readonly groupId: string;
  readonly groupName: string;
  /** As today: a rule that stays is not touched, not even its description. */
  readonly kept: readonly SecurityGroupRule[];
  /** With the description that says where each came from. */
  readonly added: readonly SecurityGroupRule[];
  readonly removed: readonly SecurityGroupRule[];
}

/** Groups whose rules change, by id. Groups that come or go are not here: see `omissionsOf`. */
export const targetsOf = (change: ChangeSet, context: PatchContext): readonly GroupTarget[] =>
  change.groups
    .filter(({ fate }) => fate === 'changed')
    .map((group) => toTarget(group, context.from))
    .filter(({ added, removed }) => added.length + removed.length > 0);

function toTarget({ groupId, groupName, before, after }: GroupChange, from: PatchContext['from']): GroupTarget {
  const [had, has] = [byKey(before), byKey(after)];
  return {
    groupId,
    groupName,
    kept: [...had].filter(([key]) => has.has(key)).map(([, rule]) => rule),
    added: [...has]
      .filter(([key]) => !had.has(key))
      .map(([, rule]) => ({ ...rule, description: describeNewRule(rule, from.get(rule.id) ?? [], before) })),
    removed: [...had].filter(([key]) => !has.has(key)).map(([, rule]) => rule),
  };
}

const byKey = (rules: readonly SecurityGroupRule[]): ReadonlyMap<string, SecurityGroupRule> =>
  new Map(rules.map((rule) => [awsKey(rule), rule]));

/** What of a change no patch contains: a sentence each. */
export function omissionsOf({ groups, interfaces, prefixLists }: ChangeSet): readonly string[] {
  return [
    ...groups
      .filter(({ fate }) => fate !== 'changed')
      .map(({ groupId, fate }) => `Group ${groupId} is to be ${fate}: do that where the group is defined.`),
    ...interfaces.map(
      ({ interfaceId }) => `The groups of interface ${interfaceId} change: do that where the interface is defined.`,
    ),
    ...prefixLists.map(
      ({ prefixListId }) => `The entries of prefix list ${prefixListId} change: do that where the list is defined.`,
    ),
  ];
}

/** Whether AWS gave the id, so that the rule can be named by it. */
export const hasAwsId = ({ id }: SecurityGroupRule): boolean => /^sgr-[0-9a-z]+$/u.test(id);

/** Terraform and CloudFormation import a rule by the id that AWS gave it. @throws FlowfitError `patch-needs-rule-ids` */
export function requireRuleIds(targets: readonly GroupTarget[], what: string): void {
  for (const { groupId, kept, removed } of targets) {
    const nameless = [...kept, ...removed].find((rule) => !hasAwsId(rule));
    if (nameless === undefined) continue;
    throw new FlowfitError(
      'patch-needs-rule-ids',
      `${what} imports rules by their AWS ids, and the inventory has none for ${nameless.id} of group ${groupId}. ` +
        'Add the answer of "aws ec2 describe-security-group-rules" to the inventory, or use the AWS CLI script.',
    );
  }
}
