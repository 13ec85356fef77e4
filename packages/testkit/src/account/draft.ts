/** The account while it is being built and changed: what the EC2 calls do to it. Snapshots of it are the inventory. */
import type {
  FlowLogConfiguration,
  Instance,
  InventorySnapshot,
  NetworkInterface,
  PeeringConnection,
  PrefixList,
  RulePeer,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from '@flowfit/core/inventory/model';
import type { Random } from './random.ts';

/** A rule without the ids that AWS gives it. */
export type RuleDraft = Pick<SecurityGroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer'> & {
  readonly description?: string;
};

/** Tuple of a rule as one word: AWS refuses a second rule with the same tuple in a group. */
export const tupleOf = (rule: RuleDraft): string =>
  JSON.stringify([rule.direction, rule.protocol, rule.fromPort, rule.toPort, rule.peer]);

export class AccountDraft {
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly groups = new Map<string, SecurityGroup>();
  readonly prefixLists = new Map<string, PrefixList>();
  readonly vpcs: Vpc[] = [];
  readonly subnets: Subnet[] = [];
  readonly peerings: PeeringConnection[] = [];
  readonly instances: Instance[] = [];
  readonly flowLogs: FlowLogConfiguration[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An id as AWS makes them: `sgr-` and 17 hexadecimal digits. */
  id(prefix: string): string {
    return `${prefix}-0${this.#random.hex(16)}`;
  }

  addGroup(vpc: Vpc, groupName: string, description: string): string {
    const id = this.id('sg');
    const { accountId, region } = vpc;
    const group = {
      id,
      groupName,
      description,
      accountId,
      region,
      vpcId: vpc.id,
      name: groupName,
      tags: { Name: groupName },
    };
    this.groups.set(id, { ...group, rules: [] });
    return id;
  }

  /** AuthorizeSecurityGroupIngress/Egress; returns the id, or null where the group has the rule already. */
  authorize(groupId: string, rule: RuleDraft): string | null {
    const group = this.#group(groupId);
    if (group.rules.some((present) => tupleOf(present) === tupleOf(rule))) return null;
    const id = this.id('sgr');
    this.#setRules(group, [...group.rules, { ...rule, id, groupId, description: rule.description ?? '' }]);
    return id;
  }

  /** RevokeSecurityGroupIngress/Egress. */
  revoke(groupId: string, ruleId: string): void {
    const group = this.#group(groupId);
    this.#setRules(
      group,
      group.rules.filter((rule) => rule.id !== ruleId),
    );
  }

  /** ModifySecurityGroupRules: the id stays, the meaning changes. Nothing happens where the tuple exists already. */
  modify(groupId: string, ruleId: string, change: Partial<RuleDraft>): void {
    const group = this.#group(groupId);
    const rules = group.rules.map((rule) => (rule.id === ruleId ? { ...rule, ...change } : rule));
    if (new Set(rules.map(tupleOf)).size === rules.length) this.#setRules(group, rules);
  }

  /** One rule in the place of another one, under an id of its own. */
  replace(groupId: string, ruleId: string, rule: RuleDraft): void {
    this.revoke(groupId, ruleId);
    this.authorize(groupId, rule);
  }

  /** ModifyManagedPrefixList. */
  setEntries(listId: string, entries: NonNullable<PrefixList['entries']>): void {
    const list = this.prefixLists.get(listId);
    if (list) this.prefixLists.set(listId, { ...list, entries, version: (list.version ?? 0) + 1 });
  }

  /** DeleteNetworkInterface, and TerminateInstances of what it belonged to. */
  deleteInterface(interfaceId: string): void {
    const instance = this.instances.findIndex(({ id }) => id === this.interfaces.get(interfaceId)?.instanceId);
    if (instance >= 0) this.instances.splice(instance, 1);
    this.interfaces.delete(interfaceId);
  }

  /** DeleteVpcPeeringConnection: rules that refer to a group behind it stay, and are stale. */
  deletePeering(id: string): void {
    const status = 'deleted';
    const index = this.peerings.findIndex((peering) => peering.id === id);
    if (index >= 0) this.peerings[index] = { ...(this.peerings[index] as PeeringConnection), status };
    for (const group of this.groups.values()) {
      const rules = group.rules.map((rule) =>
        rule.peer.kind === 'group' && rule.peer.peeringConnectionId === id
          ? { ...rule, peer: { ...rule.peer, peeringStatus: status } }
          : rule,
      );
      this.#setRules(group, rules);
    }
  }

  /** ModifyNetworkInterfaceAttribute --groups. */
  setGroups(interfaceId: string, groupIds: readonly string[]): void {
    const value = this.interfaces.get(interfaceId);
    if (value) this.interfaces.set(interfaceId, { ...value, groupIds: [...new Set(groupIds)].sort() });
  }

  /** The state as of now; lists sorted by id. */
  snapshot(capturedAt: string): InventorySnapshot {
    return {
      schema: 'flowfit.inventory/1',
      capturedAt,
      interfaces: sorted(this.interfaces.values()),
      groups: sorted(this.groups.values()),
      prefixLists: sorted(this.prefixLists.values()).map(sortEntries),
      vpcs: sorted(this.vpcs),
      subnets: sorted(this.subnets),
      instances: sorted(this.instances),
      peerings: sorted(this.peerings),
      flowLogs: sorted(this.flowLogs),
    };
  }

  #group(groupId: string): SecurityGroup {
    const group = this.groups.get(groupId);
    if (!group) throw new Error(`${groupId}: no such group in the simulated account`);
    return group;
  }

  #setRules(group: SecurityGroup, rules: readonly SecurityGroupRule[]): void {
    this.groups.set(group.id, { ...group, rules: sorted(rules) });
  }
}

function sorted<T extends { readonly id: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** As the inventory has them: by prefix. */
const sortEntries = (list: PrefixList): PrefixList => ({
  ...list,
  entries: list.entries?.toSorted((a, b) => (a.cidr < b.cidr ? -1 : 1)) ?? null,
});

/** Short forms for writing rules down. Ports: one, a pair (of ICMP: type and code), or null for all. */
export const peer = {
  cidr: (cidr: string): RulePeer => ({ kind: 'cidr', cidr }),
  list: (prefixListId: string): RulePeer => ({ kind: 'prefix-list', prefixListId }),
  group: (group: SecurityGroup, peering?: PeeringConnection): RulePeer => ({
    kind: 'group',
    groupId: group.id,
    accountId: group.accountId,
    vpcId: peering ? group.vpcId : null,
    peeringConnectionId: peering?.id ?? null,
    peeringStatus: peering ? peering.status : null,
  }),
} as const;

type Ports = number | readonly [from: number, to: number | null] | null;

const rule = (direction: RuleDraft['direction'], protocol: string, ports: Ports, of: RulePeer): RuleDraft => {
  const [fromPort, toPort] = typeof ports === 'number' ? [ports, ports] : (ports ?? [null, null]);
  return { direction, protocol, fromPort, toPort, peer: of };
};

export const inbound = (protocol: string, ports: Ports, of: RulePeer): RuleDraft =>
  rule('inbound', protocol, ports, of);
export const outbound = (protocol: string, ports: Ports, of: RulePeer): RuleDraft =>
  rule('outbound', protocol, ports, of);
