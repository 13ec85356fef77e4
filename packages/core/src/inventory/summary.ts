/** What a snapshot holds and what it lacks: for `flowfit inventory show`. */
import type { InventorySnapshot, SecurityGroupRule } from './model.ts';

export interface ScopeSummary {
  /** null = the answers do not say. */
  readonly accountId: string | null;
  readonly region: string | null;
  readonly interfaces: number;
  readonly groups: number;
  readonly rules: number;
  readonly vpcs: number;
}

/** Why a verdict may be weaker than it could be: what is missing, and what gives it. */
export const GAPS = {
  'no-interfaces': 'No interfaces: no record can be given its groups. Add describe-network-interfaces.',
  'no-groups': 'No security groups: no rule can be judged. Add describe-security-groups.',
  'group-missing':
    'Groups on interfaces or in rules that the inventory does not hold. Add describe-security-groups of their account and region.',
  'group-not-described': 'Groups known from their rules alone: name and VPC are missing. Add describe-security-groups.',
  'rule-without-id':
    'Groups whose rules have no AWS ids (sgr-…): theirs are hashes, and a changed rule counts as a new one. Add describe-security-group-rules.',
  'prefix-list-missing': 'Prefix lists in rules that the inventory does not hold. Add describe-managed-prefix-lists.',
  'prefix-list-without-entries':
    'Prefix lists in rules whose entries are unknown: what they admit cannot be told. Add get-managed-prefix-list-entries of each.',
  'interface-without-group': 'Interfaces without any security group, of a kind that has groups.',
} as const;

export type InventoryGapCode = keyof typeof GAPS;

export interface InventoryGap {
  readonly code: InventoryGapCode;
  readonly message: string;
  /** What it is about, sorted. */
  readonly ids: readonly string[];
}

export interface InventorySummary {
  readonly capturedAt: string;
  readonly totals: { readonly [kind: string]: number };
  /** By account and region, sorted; the unknown ones last. */
  readonly scopes: readonly ScopeSummary[];
  readonly gaps: readonly InventoryGap[];
}

export const summariseInventory = (snapshot: InventorySnapshot): InventorySummary => {
  const rules = snapshot.groups.flatMap((group) => group.rules);
  return {
    capturedAt: snapshot.capturedAt,
    totals: {
      interfaces: snapshot.interfaces.length,
      groups: snapshot.groups.length,
      rules: rules.length,
      prefixLists: snapshot.prefixLists.length,
      vpcs: snapshot.vpcs.length,
      subnets: snapshot.subnets.length,
      instances: snapshot.instances.length,
      peerings: snapshot.peerings.length,
      flowLogs: snapshot.flowLogs.length,
    },
    scopes: scopesOf(snapshot),
    gaps: gapsOf(snapshot, rules),
  };
};

type Count = 'interfaces' | 'groups' | 'rules' | 'vpcs';

const scopesOf = (snapshot: InventorySnapshot): ScopeSummary[] => {
  const scopes = new Map<string, { -readonly [key in keyof ScopeSummary]: ScopeSummary[key] }>();
  const count = (
    of: Count,
    { accountId, region }: { readonly accountId: string | null; readonly region: string | null },
    by = 1,
  ): void => {
    // '~' sorts behind digits and letters: the unknown last.
    const key = `${accountId ?? '~'} ${region ?? '~'}`;
    const scope = scopes.get(key) ?? { accountId, region, interfaces: 0, groups: 0, rules: 0, vpcs: 0 };
    scope[of] += by;
    scopes.set(key, scope);
  };
  for (const networkInterface of snapshot.interfaces) count('interfaces', networkInterface);
  for (const vpc of snapshot.vpcs) count('vpcs', vpc);
  for (const group of snapshot.groups) {
    count('groups', group);
    count('rules', group, group.rules.length);
  }
  return [...scopes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, scope]) => scope);
};

/** Interfaces of these kinds have no security groups by nature. */
const WITHOUT_GROUPS = new Set([
  'nat_gateway',
  'regional_nat_gateway',
  'transit_gateway',
  'gateway_load_balancer',
  'gateway_load_balancer_endpoint',
  'network_load_balancer',
]);

const gapsOf = (snapshot: InventorySnapshot, rules: readonly SecurityGroupRule[]): InventoryGap[] => {
  const groups = new Map(snapshot.groups.map((group) => [group.id, group]));
  const lists = new Map(snapshot.prefixLists.map((list) => [list.id, list]));
  const namedLists = rules.flatMap(({ peer }) => (peer.kind === 'prefix-list' ? [peer.prefixListId] : []));
  const namedGroups = [
    ...snapshot.interfaces.flatMap(({ groupIds }) => groupIds),
    // A peered VPC's group may belong to another account: its members are unknown without that account's inventory.
    ...rules.flatMap(({ peer }) => (peer.kind === 'group' ? [peer.groupId] : [])),
  ];
  const concerned: { readonly [code in Exclude<InventoryGapCode, 'no-interfaces' | 'no-groups'>]: readonly string[] } =
    {
      'group-missing': namedGroups.filter((id) => !groups.has(id)),
      'group-not-described': idsOf(snapshot.groups.filter((group) => group.vpcId === null && group.description === '')),
      'rule-without-id': rules.filter(({ id }) => id.startsWith('rule-')).map(({ groupId }) => groupId),
      'prefix-list-missing': namedLists.filter((id) => !lists.has(id)),
      'prefix-list-without-entries': namedLists.filter((id) => lists.get(id)?.entries === null),
      'interface-without-group': idsOf(
        snapshot.interfaces.filter(({ groupIds, type }) => groupIds.length === 0 && !WITHOUT_GROUPS.has(type)),
      ),
    };
  const codes: InventoryGapCode[] = [];
  if (snapshot.interfaces.length === 0) codes.push('no-interfaces');
  if (snapshot.groups.length === 0) codes.push('no-groups');
  const without = codes.map((code): InventoryGap => ({ code, message: GAPS[code], ids: [] }));
  const partial = (Object.keys(concerned) as (keyof typeof concerned)[])
    .filter((code) => concerned[code].length > 0)
    .map((code): InventoryGap => ({ code, message: GAPS[code], ids: [...new Set(concerned[code])].sort() }));
  return [...without, ...partial];
};

const idsOf = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
