/** The identity of a security-group rule where the inventory has no `sgr-…` ids: a hash of what the rule says. */
import type { RulePeer, SecurityGroupRule } from './model.ts';

type RuleTuple = Pick<SecurityGroupRule, 'groupId' | 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer'>;

/** What a rule names as its other end: the CIDR, the id of the prefix list, or the id of the group. */
export const peerText = (peer: RulePeer): string => {
  switch (peer.kind) {
    case 'cidr':
      return peer.cidr;
    case 'prefix-list':
      return peer.prefixListId;
    case 'group':
      return peer.groupId;
  }
};

/** Two rules with the same tuple are the same rule to AWS, which refuses the second. Descriptions do not count. */
export const ruleTuple = (rule: RuleTuple): string =>
  [rule.groupId, rule.direction, rule.protocol, rule.fromPort ?? '*', rule.toPort ?? '*', peerText(rule.peer)].join(
    ' ',
  );

/** The tuple, and by which way a reference leads to its group: rules that say the same admit the same in every state. */
export const ruleMeaning = (rule: RuleTuple): string => {
  const { peer } = rule;
  const way = peer.kind === 'group' ? `${peer.vpcId} ${peer.peeringConnectionId} ${peer.peeringStatus}` : '';
  return `${ruleTuple(rule)} ${way}`;
};

/**
 * `rule-` and 16 hexadecimal digits: FNV-1a, 64 bits, over the tuple in ASCII, such as
 * `sg-0123456789abcdef0 inbound tcp 443 443 0.0.0.0/0` (`*` for "all"). Stable across runs, machines and versions,
 * because people refer to rules by it; among 100,000 rules two collide with a probability below 1 in 10^9.
 */
export const ruleIdOf = (rule: RuleTuple): string => {
  let hash = 0xcbf29ce484222325n;
  for (const character of ruleTuple(rule)) {
    hash ^= BigInt(character.codePointAt(0) ?? 0);
    hash = BigInt.asUintN(64, hash * 0x100000001b3n);
  }
  return `rule-${hash.toString(16).padStart(16, '0')}`;
};
