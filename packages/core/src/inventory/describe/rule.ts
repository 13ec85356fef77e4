/** The meaning of a rule, as both commands that list rules write it. */
import type { Draft } from '../draft.ts';
import { integerOf, type JsonObject, textOf } from '../json.ts';
import type { RulePeer, SecurityGroupRule } from '../model.ts';
import { type Answer, prefixesOf } from './answer.ts';

/** AWS stores these numbers as names; answers of old rules and of other tools keep the number. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
  all: '-1',
};

const WITH_PORTS = new Set(['tcp', 'udp', 'icmp', 'icmpv6']);

/**
 * Protocol and ports in one form: ports are null where they are "all", however that is said: -1, absent, or a protocol
 * to which AWS applies no ports. For ICMP the "ports" are type and code.
 */
export const meaningOf = (item: JsonObject): Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort'> => {
  const text = `${item.IpProtocol ?? '-1'}`.toLowerCase();
  const protocol = PROTOCOL_NAMES[text] ?? text;
  const port = (value: unknown): number | null => {
    const number = WITH_PORTS.has(protocol) ? integerOf(value) : null;
    return number === -1 ? null : number;
  };
  return { protocol, fromPort: port(item.FromPort), toPort: port(item.ToPort) };
};

export const cidrPeers = (cidr: unknown, owner: string, answer: Answer, draft: Draft): RulePeer[] =>
  prefixesOf(cidr, owner, answer, draft).map((canonical) => ({ kind: 'cidr', cidr: canonical }));

export const prefixListPeers = (prefixListId: unknown): RulePeer[] => {
  const id = textOf(prefixListId);
  return id === null ? [] : [{ kind: 'prefix-list', prefixListId: id }];
};

/** `UserIdGroupPairs[]` and `ReferencedGroupInfo` have the same keys. */
export const groupPeers = (pair: JsonObject): RulePeer[] => {
  const groupId = textOf(pair.GroupId);
  if (groupId === null) return [];
  return [
    {
      kind: 'group',
      groupId,
      accountId: textOf(pair.UserId),
      vpcId: textOf(pair.VpcId),
      peeringConnectionId: textOf(pair.VpcPeeringConnectionId),
      peeringStatus: textOf(pair.PeeringStatus),
    },
  ];
};
