import type { Draft } from '../draft.ts';
import { type JsonObject, objectsOf, textOf } from '../json.ts';
import type { RulePeer, SecurityGroup, SecurityGroupRule } from '../model.ts';
import { ruleIdOf } from '../rule-id.ts';
import { type Answer, type Command, idOf, regionOfArn, tagsOf } from './answer.ts';
import { cidrPeers, groupPeers, meaningOf, prefixListPeers } from './rule.ts';

const NAME = 'describe-security-groups';

/** One IpPermission folds as many rules as it names peers; the description belongs to the peer. */
const peersOf = (permission: JsonObject, groupId: string, answer: Answer, draft: Draft): [RulePeer, JsonObject][] => {
  const peers = (list: unknown, decode: (entry: JsonObject) => RulePeer[]): [RulePeer, JsonObject][] =>
    objectsOf(list).flatMap((entry) => decode(entry).map((peer): [RulePeer, JsonObject] => [peer, entry]));
  return [
    ...peers(permission.IpRanges, ({ CidrIp }) => cidrPeers(CidrIp, groupId, answer, draft)),
    ...peers(permission.Ipv6Ranges, ({ CidrIpv6 }) => cidrPeers(CidrIpv6, groupId, answer, draft)),
    ...peers(permission.PrefixListIds, ({ PrefixListId }) => prefixListPeers(PrefixListId)),
    ...peers(permission.UserIdGroupPairs, groupPeers),
  ];
};

const rulesOf = (item: JsonObject, groupId: string, answer: Answer, draft: Draft): SecurityGroupRule[] => {
  const rules = new Map<string, SecurityGroupRule>();
  for (const [key, direction] of [
    ['IpPermissions', 'inbound'],
    ['IpPermissionsEgress', 'outbound'],
  ] as const) {
    for (const permission of objectsOf(item[key])) {
      for (const [peer, entry] of peersOf(permission, groupId, answer, draft)) {
        const tuple = { groupId, direction, ...meaningOf(permission), peer };
        const id = ruleIdOf(tuple);
        rules.set(id, { id, ...tuple, description: textOf(entry.Description) ?? '' });
      }
    }
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
};

export const securityGroups: Command = {
  name: NAME,
  key: 'SecurityGroups',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'GroupId', NAME, answer, draft);
      if (id === null) continue;
      const group: SecurityGroup = {
        id,
        groupName: textOf(item.GroupName) ?? '',
        description: textOf(item.Description) ?? '',
        accountId: textOf(item.OwnerId),
        region: regionOfArn(item.SecurityGroupArn),
        vpcId: textOf(item.VpcId),
        rules: rulesOf(item, id, answer, draft),
        ...tagsOf(item.Tags),
      };
      draft.groups.put(answer.source, group);
      draft.noteVpcRegion(group.vpcId, group.region);
    }
  },
};
