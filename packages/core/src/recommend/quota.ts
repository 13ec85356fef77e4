/** AWS's quotas on rules. They are counted for each direction and family. Source: the VPC user guide, "Amazon VPC quotas". */
import type { InventorySnapshot, PrefixList, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { parsePrefix } from '../net/prefix.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import type { Room } from './curve.ts';

/** Rules of a group in one direction, of one family; AWS raises it on request. */
export const RULES_PER_GROUP = 60;
/** Rules of a group times groups of an interface. */
const RULES_TIMES_GROUPS = 1000;

/** Rules that a list of AWS counts as, by the last part of its name. Source: the VPC user guide, "AWS-managed prefix lists". */
const WEIGHTS: Readonly<Record<string, number>> = {
  'cloudfront.origin-facing': 55,
  'route53-healthchecks': 25,
  'ipv6.route53-healthchecks': 25,
  'vpc-lattice': 10,
  'ipv6.vpc-lattice': 10,
  s3express: 6,
  groundstation: 5,
  'ec2-instance-connect': 2,
  'ipv6.ec2-instance-connect': 2,
  s3: 1,
  dynamodb: 1,
};

/** How many rules a rule with the list counts as. */
export function weightOfList(list: PrefixList | undefined): number {
  if (list === undefined) return 1;
  const service = Object.keys(WEIGHTS).find((name) => list.prefixListName.endsWith(`.${name}`));
  return (
    list.maxEntries ?? (service === undefined ? undefined : WEIGHTS[service]) ?? Math.max(1, list.entries?.length ?? 1)
  );
}

/** What one rule takes of the quota of each family. */
export function weightOf(
  rule: SecurityGroupRule,
  lists: ReadonlyMap<string, PrefixList>,
): { readonly 4: number; readonly 6: number } {
  const { peer } = rule;
  const { family } = toRuleMatch(rule);
  if (peer.kind === 'cidr') return parsePrefix(peer.cidr)?.family === 6 ? { 4: 0, 6: 1 } : { 4: 1, 6: 0 };
  if (peer.kind === 'group') return { 4: family === 6 ? 0 : 1, 6: family === 4 ? 0 : 1 };
  const list = lists.get(peer.prefixListId);
  return list?.addressFamily === 'IPv6' ? { 4: 0, 6: weightOfList(list) } : { 4: weightOfList(list), 6: 0 };
}

/**
 * The most rules of a group in one direction and family: the quota, or less where an interface has many groups.
 *
 * @param rulesPerGroup null = AWS's default, or what the group has already: then its quota was raised
 */
export function limitOf(
  { id, rules }: SecurityGroup,
  { interfaces }: InventorySnapshot,
  lists: ReadonlyMap<string, PrefixList>,
  rulesPerGroup: number | null,
): number {
  const most = interfaces.reduce(
    (groups, { groupIds }) => (groupIds.includes(id) ? Math.max(groups, groupIds.length) : groups),
    1,
  );
  const limit = Math.min(rulesPerGroup ?? RULES_PER_GROUP, Math.floor(RULES_TIMES_GROUPS / most));
  if (rulesPerGroup !== null) return limit;
  const left = roomBeside(rules, limit, lists);
  return limit - Math.min(0, left.inbound[4], left.inbound[6], left.outbound[4], left.outbound[6]);
}

/** Whether rules keep within what is left. */
export const fitsRoom = (room: Readonly<Record<'inbound' | 'outbound', Room>>): boolean =>
  (['inbound', 'outbound'] as const).every((direction) => room[direction][4] >= 0 && room[direction][6] >= 0);

/** What is left of a limit beside rules that stay. */
export function roomBeside(
  always: readonly SecurityGroupRule[],
  limit: number,
  lists: ReadonlyMap<string, PrefixList>,
): Readonly<Record<'inbound' | 'outbound', Room>> {
  const left = { inbound: { 4: limit, 6: limit }, outbound: { 4: limit, 6: limit } };
  for (const rule of always) {
    const weight = weightOf(rule, lists);
    left[rule.direction][4] -= weight[4];
    left[rule.direction][6] -= weight[6];
  }
  return left;
}
