/**
 * The change as Terraform configuration, in two steps, because Terraform destroys what it does not know only after it
 * has been imported, and because it orders neither creation before destruction nor the other way round where nothing
 * refers to anything. Step 1 imports all rules of today and creates the new ones; step 2 takes the place of step 1 and
 * destroys the old ones. Each applied by itself, nothing is cut in between.
 */
import type { ChangeSet } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { formatRule } from '../security-group/notation.ts';
import { toAwsRule } from './aws-rule.ts';
import { cleanDescription } from './description.ts';
import { headerOf, quotaRemarks } from './header.ts';
import type { PatchContext, PatchFile } from './model.ts';
import { uniqueNames } from './names.ts';
import { comment } from './shell-text.ts';
import { type GroupTarget, requireRuleIds, targetsOf } from './target.ts';

const STEPS = [
  [
    'Step 1 of 2: imports the rules of today and creates the new ones. Put it into the configuration of the account as',
    'flowfit.tf, and apply: the plan must show imports and additions only.',
  ],
  [
    'Step 2 of 2: put it in the place of the file of step 1, and apply: the plan must show only that rules are',
    'destroyed. If step 1 was left out, the old rules stay.',
  ],
] as const;

const ADVICE = [
  '',
  'Terraform 1.7 or newer. If a configuration has these rules already, in the group or as resources, change them there',
  'instead: no rule may be in two places. "flowfit check --plan" tells what a plan would cut.',
  'Import blocks may be deleted after step 2.',
];

type Names = ReadonlyMap<SecurityGroupRule, string>;

/** `terraform/step-1/flowfit.tf` and `terraform/step-2/flowfit.tf`. @throws FlowfitError `patch-needs-rule-ids` */
export function writeTerraform(change: ChangeSet, context: PatchContext): readonly PatchFile[] {
  const targets = targetsOf(change, context);
  requireRuleIds(targets, 'Terraform');
  const rules = targets.flatMap(({ kept, removed, added }) => [...kept, ...removed, ...added]);
  const names = uniqueNames(rules, (id) => id.replace(/[^A-Za-z0-9_]/gu, '_'));
  const bodies = [
    targets.flatMap((target) => stepOne(target, names, context)),
    targets.flatMap((target) => stepTwo(target, names, context)),
  ];
  const advice = [...ADVICE, ...quotaRemarks(change, context)];
  return STEPS.map((purpose, index) => {
    const head = comment([...headerOf(change, context), '', ...purpose, ...advice]);
    return {
      name: `terraform/step-${index + 1}/flowfit.tf`,
      text: `${[head, ...(bodies[index] ?? [])].join('\n\n')}\n`,
    };
  });
}

const stepOne = (target: GroupTarget, names: Names, context: PatchContext): string[] => [
  title(target),
  ...[...target.kept, ...target.removed].flatMap((rule) => [importBlock(rule, names), resource(rule, names, context)]),
  ...target.added.map((rule) => resource(rule, names, context)),
];

const stepTwo = (target: GroupTarget, names: Names, context: PatchContext): string[] => [
  title(target),
  ...target.kept.flatMap((rule) => [importBlock(rule, names), resource(rule, names, context)]),
  ...target.added.map((rule) => resource(rule, names, context)),
  ...target.removed.map((rule) => removedBlock(rule, names)),
];

const title = ({ groupId, groupName }: GroupTarget): string => comment([`${groupId} (${groupName})`]);

const typeOf = ({ direction }: SecurityGroupRule): string =>
  `aws_vpc_security_group_${direction === 'inbound' ? 'ingress' : 'egress'}_rule`;

const addressOf = (rule: SecurityGroupRule, names: Names): string => `${typeOf(rule)}.${names.get(rule)}`;

const importBlock = (rule: SecurityGroupRule, names: Names): string =>
  `import {\n  to = ${addressOf(rule, names)}\n  id = ${toHclString(rule.id)}\n}`;

const removedBlock = (rule: SecurityGroupRule, names: Names): string =>
  `${comment([formatRule(rule)])}\nremoved {\n  from = ${addressOf(rule, names)}\n\n  lifecycle {\n    destroy = true\n  }\n}`;

const PEER_ARGUMENTS = {
  ipv4: 'cidr_ipv4',
  ipv6: 'cidr_ipv6',
  'prefix-list': 'prefix_list_id',
  group: 'referenced_security_group_id',
} as const;

function resource(rule: SecurityGroupRule, names: Names, { accountId }: PatchContext): string {
  const { protocol, ports, peer } = toAwsRule(rule, accountId);
  const description = cleanDescription(rule.description);
  const peerValue = peer.accountId === null ? peer.text : `${peer.accountId}/${peer.text}`;
  const values: [name: string, value: string][] = [
    ['security_group_id', toHclString(rule.groupId)],
    ['ip_protocol', toHclString(protocol)],
    ...(ports === null
      ? []
      : ([
          ['from_port', `${ports.from}`],
          ['to_port', `${ports.to}`],
        ] as [string, string][])),
    [PEER_ARGUMENTS[peer.kind], toHclString(peerValue)],
    ...(description === '' ? [] : ([['description', toHclString(description)]] as [string, string][])),
  ];
  const width = Math.max(...values.map(([name]) => name.length));
  const lines = values.map(([name, value]) => `  ${name.padEnd(width)} = ${value}`);
  return `resource ${toHclString(typeOf(rule))} "${names.get(rule)}" {\n${lines.join('\n')}\n}`;
}

/** A quoted template without any interpolation or directive. */
export const toHclString = (text: string): string =>
  `"${text
    .replace(/[\\"]/gu, '\\$&')
    .replace(/\p{Cc}/gu, toEscape)
    .replace(/[$%](?=\{)/gu, '$&$&')}"`;

const toEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
