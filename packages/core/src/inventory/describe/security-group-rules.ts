import type { Draft } from '../draft.ts';
import { type JsonObject, objectOf, textOf } from '../json.ts';
import type { RulePeer } from '../model.ts';
import { type Answer, type Command, idOf, regionOfArn } from './answer.ts';
import { cidrPeers, groupPeers, meaningOf, prefixListPeers } from './rule.ts';

const NAME = 'describe-security-group-rules';

/** AWS fills exactly one of the four. */
const peerOf = (item: JsonObject, id: string, answer: Answer, draft: Draft): RulePeer | null => {
  const peers = [
    ...cidrPeers(item.CidrIpv4, id, answer, draft),
    ...cidrPeers(item.CidrIpv6, id, answer, draft),
    ...prefixListPeers(item.PrefixListId),
    ...groupPeers(objectOf(item.ReferencedGroupInfo)),
  ];
  const [peer] = peers;
  if (peer !== undefined && peers.length === 1) return peer;
  draft.report(
    answer.source,
    'inventory-item',
    `Rule ${id} names ${peers.length} of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupInfo instead of one.`,
  );
  return null;
};

export const securityGroupRules: Command = {
  name: NAME,
  key: 'SecurityGroupRules',
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'SecurityGroupRuleId', NAME, answer, draft);
      const groupId = id === null ? null : idOf(item, 'GroupId', NAME, answer, draft);
      const peer = id === null || groupId === null ? null : peerOf(item, id, answer, draft);
      if (id === null || groupId === null || peer === null) continue;
      draft.rules.put(answer.source, {
        id,
        groupId,
        direction: item.IsEgress === true ? 'outbound' : 'inbound',
        ...meaningOf(item),
        peer,
        description: textOf(item.Description) ?? '',
      });
      draft.groupHints.put(answer.source, {
        id: groupId,
        accountId: textOf(item.GroupOwnerId),
        region: regionOfArn(item.SecurityGroupRuleArn),
      });
    }
  },
};
