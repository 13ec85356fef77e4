/** A change of two groups with every kind of rule, hostile names and texts, for tests of what is written from it. */
import { type ChangeSet, NO_CHANGE } from '../src/change/change-set.ts';
import type { SecurityGroupRule } from '../src/inventory/model.ts';
import { ruleIdOf } from '../src/inventory/rule-id.ts';
import type { PatchContext } from '../src/patch/model.ts';
import { parseRule } from '../src/security-group/notation.ts';

const WEB = 'sg-0aa0000000000000a';
const DATABASE = 'sg-0bb0000000000000b';

/** A rule in the words of `formatRule`; without an id it is new. */
export function ruleOf(groupId: string, text: string, id: string | null, description = ''): SecurityGroupRule {
  const meaning = parseRule(text);
  if (meaning === null) throw new Error(`"${text}" is no rule.`);
  const rule = { groupId, ...meaning, description };
  return { ...rule, id: id ?? ruleIdOf(rule) };
}

const kept = [
  ruleOf(WEB, 'inbound icmp 8 from 10.0.0.0/8', 'sgr-0a3', 'Ping; costs $5 & more'),
  ruleOf(WEB, 'outbound all to 0.0.0.0/0', 'sgr-0a5'),
  ruleOf(WEB, 'inbound 50 from 192.0.2.7/32', 'sgr-0a6', 'Tunnel ${var.name}'),
];
const ssh = ruleOf(WEB, 'inbound tcp 22 from 0.0.0.0/0', 'sgr-0a1', 'SSH for all');
const https = ruleOf(WEB, 'inbound tcp 1-65535 from ::/0', 'sgr-0a2', 'All of it');
const endpoint = ruleOf(WEB, 'inbound tcp 443 from pl-0123456789abcdef0', 'sgr-0a4', 'S3 $(echo injected); * {x}');

const narrowed = [
  ruleOf(WEB, 'inbound tcp 22 from 198.51.100.0/28', null, 'SSH for all'),
  ruleOf(WEB, 'inbound tcp 443-444 from 2001:db8::/32', null),
  ruleOf(WEB, 'inbound udp 53 from sg-0bb0000000000000b', null, 'It\'s "new"\nÜber ${HOME}'),
];

const database = [
  ruleOf(DATABASE, 'inbound all from 10.0.0.0/8', 'sgr-0b1', 'Everything'),
  ruleOf(DATABASE, 'outbound icmpv6 all to 2001:db8::/48', 'sgr-0b2'),
];
const postgres: SecurityGroupRule = {
  ...ruleOf(DATABASE, `inbound tcp 5432 from ${WEB}`, null),
  peer: {
    kind: 'group',
    groupId: WEB,
    accountId: '444455556666',
    vpcId: 'vpc-0c',
    peeringConnectionId: 'pcx-0d',
    peeringStatus: 'active',
  },
};

export const CHANGE: ChangeSet = {
  ...NO_CHANGE,
  groups: [
    {
      groupId: WEB,
      groupName: "web'; echo injected #",
      vpcId: 'vpc-0a',
      before: [...kept, ssh, https, endpoint],
      after: [...kept, ...narrowed],
      fate: 'changed',
    },
    {
      groupId: DATABASE,
      groupName: 'data\necho injected "${x}"',
      vpcId: 'vpc-0a',
      before: database,
      after: [...database.slice(1), postgres],
      fate: 'changed',
    },
  ],
};

const [narrowSsh, narrowHttps] = narrowed as [SecurityGroupRule, SecurityGroupRule];

export const CONTEXT: PatchContext = {
  region: 'eu-west-1',
  accountId: '111122223333',
  generatedBy: 'flowfit 0.1.0',
  from: new Map([
    [narrowSsh.id, [ssh.id]],
    [narrowHttps.id, [https.id, endpoint.id]],
    [postgres.id, ['sgr-0b1']],
  ]),
};
