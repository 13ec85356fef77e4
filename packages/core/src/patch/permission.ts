/** A rule as the AWS CLI takes it: one element of `--ip-permissions`. */
import type { SecurityGroupRule } from '../inventory/model.ts';
import { type AwsRule, toAwsRule } from './aws-rule.ts';
import { cleanDescription } from './description.ts';

/** JSON of EC2 `IpPermission` with one peer. Revoking takes the same as authorizing: descriptions are not compared. */
export function toPermission(rule: SecurityGroupRule, accountId: string | null): string {
  const { protocol, ports, peer } = toAwsRule(rule, accountId);
  const description = cleanDescription(rule.description);
  const [list, entry] = peerEntry(peer);
  return JSON.stringify({
    IpProtocol: protocol,
    ...(ports && { FromPort: ports.from, ToPort: ports.to }),
    [list]: [{ ...entry, ...(description !== '' && { Description: description }) }],
  });
}

function peerEntry({ kind, text, accountId }: AwsRule['peer']): [list: string, entry: Record<string, string>] {
  switch (kind) {
    case 'ipv4':
      return ['IpRanges', { CidrIp: text }];
    case 'ipv6':
      return ['Ipv6Ranges', { CidrIpv6: text }];
    case 'prefix-list':
      return ['PrefixListIds', { PrefixListId: text }];
    case 'group':
      return ['UserIdGroupPairs', { GroupId: text, ...(accountId !== null && { UserId: accountId }) }];
  }
}

/**
 * What the query of the script makes of a rule: id, egress or not, protocol, ports (-1 where
 * there are none), peer. By it the script sees that a rule still says what it said.
 */
export function toListing(rule: SecurityGroupRule): string {
  const { protocol, ports, peer } = toAwsRule(rule, null);
  const isEgress = rule.direction === 'outbound' ? 'True' : 'False';
  return [rule.id, isEgress, protocol, ports?.from ?? -1, ports?.to ?? -1, peer.text].join(' ');
}
