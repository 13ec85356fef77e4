/**
 * The change as CloudFormation, one stack for each group. CloudFormation cannot touch a rule that no stack owns, so that
 * the rules of today are imported into a new stack first (`import.json`); the update to `template.json` then creates the
 * new rules and, in its cleanup at the end, deletes those that are gone from the template.
 */
import type { ChangeSet } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { type AwsRule, toAwsRule } from './aws-rule.ts';
import { cleanDescription } from './description.ts';
import { headerOf, quotaRemarks } from './header.ts';
import type { PatchContext, PatchFile } from './model.ts';
import { uniqueNames } from './names.ts';
import { toOneLine } from './shell-text.ts';
import { type GroupTarget, requireRuleIds, targetsOf } from './target.ts';

/**
 * `cloudformation/GROUP/import.json`, `resources-to-import.json` and `template.json` for each group.
 * @throws FlowfitError `patch-needs-rule-ids`
 */
export function writeCloudFormation(change: ChangeSet, context: PatchContext): readonly PatchFile[] {
  const targets = targetsOf(change, context);
  requireRuleIds(targets, 'CloudFormation');
  const header = [...headerOf(change, context), ...quotaRemarks(change, context)].filter((line) => line !== '');
  return targets.flatMap((target) => groupFiles(target, header.map(toOneLine), context));
}

function groupFiles(target: GroupTarget, header: readonly string[], context: PatchContext): PatchFile[] {
  const { groupId, kept, removed, added } = target;
  const names = uniqueNames([...kept, ...removed, ...added], toLogicalId);
  const policies = new Map([...kept.map(keep), ...added.map(add), ...removed.map(letGo)]);
  const template = (what: string, rules: readonly SecurityGroupRule[]) => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: toOneLine(`${what} of security group ${groupId} (${target.groupName})`).slice(0, 1_024),
    Metadata: { Flowfit: header },
    Resources: Object.fromEntries(
      rules.map((rule) => [names.get(rule), resource(rule, policies.get(rule) ?? 'Retain', context)]),
    ),
  });
  const file = (name: string, value: unknown): PatchFile => ({
    name: `cloudformation/${groupId.replace(/[^A-Za-z0-9-]/gu, '_')}/${name}`,
    text: `${JSON.stringify(value, null, 2)}\n`,
  });
  const today = [...kept, ...removed];
  return [
    file('import.json', template('Rules of today', today)),
    file(
      'resources-to-import.json',
      today.map((rule) => ({
        ResourceType: typeOf(rule),
        LogicalResourceId: names.get(rule),
        ResourceIdentifier: { Id: rule.id },
      })),
    ),
    file('template.json', template('Rules', [...kept, ...added])),
  ];
}

type Policy = 'Retain' | 'RetainExceptOnCreate' | 'Delete';

const keep = (rule: SecurityGroupRule): [SecurityGroupRule, Policy] => [rule, 'Retain'];
/** An update that fails takes it away again. */
const add = (rule: SecurityGroupRule): [SecurityGroupRule, Policy] => [rule, 'RetainExceptOnCreate'];
/** What the update deletes is decided by the template before it. */
const letGo = (rule: SecurityGroupRule): [SecurityGroupRule, Policy] => [rule, 'Delete'];

/** Letters and digits only, such as `Sgr0a1b2c3d`. */
const toLogicalId = (id: string): string => {
  const plain = id.replace(/[^A-Za-z0-9]/gu, '');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
};

const typeOf = ({ direction }: SecurityGroupRule): string =>
  `AWS::EC2::SecurityGroup${direction === 'inbound' ? 'Ingress' : 'Egress'}`;

function resource(rule: SecurityGroupRule, policy: Policy, { accountId }: PatchContext): unknown {
  const { protocol, ports, peer } = toAwsRule(rule, accountId);
  const description = cleanDescription(rule.description);
  return {
    Type: typeOf(rule),
    DeletionPolicy: policy,
    // Whoever edits a rule later gets the new one in the place of the old one.
    UpdateReplacePolicy: 'Delete',
    Properties: {
      GroupId: rule.groupId,
      IpProtocol: protocol,
      ...(ports && { FromPort: ports.from, ToPort: ports.to }),
      ...peerProperties(peer, rule.direction === 'inbound' ? 'Source' : 'Destination'),
      ...(description !== '' && { Description: description }),
    },
  };
}

function peerProperties({ kind, text, accountId }: AwsRule['peer'], end: 'Source' | 'Destination'): object {
  switch (kind) {
    case 'ipv4':
      return { CidrIp: text };
    case 'ipv6':
      return { CidrIpv6: text };
    case 'prefix-list':
      return { [`${end}PrefixListId`]: text };
    case 'group':
      return {
        [`${end}SecurityGroupId`]: text,
        // An outbound rule has no such property: the id alone names the group.
        ...(accountId !== null && end === 'Source' && { SourceSecurityGroupOwnerId: accountId }),
      };
  }
}
