/** What people did to the account while it was watched: every change is made by the EC2 call that does it. */
import type { SecurityGroup } from '@flowfit/core/inventory/model';
import { inbound, peer } from './draft.ts';
import { idOf } from './groups.ts';
import { addInterface, type BuildContext, type BuiltVpc } from './sites.ts';

/** When a change is made. */
export interface Moment {
  /** The state that begins with it. */
  readonly epoch: number;
  /** Unix seconds. */
  readonly seconds: number;
}

export interface Change {
  /** When, as a share of the whole duration. */
  readonly at: number;
  readonly description: string;
  readonly apply: (context: BuildContext, vpc: BuiltVpc, moment: Moment) => void;
}

export const CHANGES: readonly Change[] = [
  {
    at: 0.25,
    description: 'ModifySecurityGroupRules: the ports of web to app are narrowed, the id stays',
    apply: ({ draft }, { groups }) => {
      const rule = draft.groups.get(idOf(groups, 'app'))?.rules.find((r) => r.fromPort === 9000 && r.toPort === 9100);
      if (rule) draft.modify(idOf(groups, 'app'), rule.id, { toPort: 9001 });
    },
  },
  {
    at: 0.4,
    description: 'Revoke: Lambda may not reach the database any more; open connections live on. Authorize: port 9002',
    apply: ({ draft }, { groups }) => {
      const rule = draft.groups
        .get(idOf(groups, 'db'))
        ?.rules.find((r) => r.peer.kind === 'group' && r.peer.groupId === idOf(groups, 'lambda'));
      if (rule) draft.revoke(idOf(groups, 'db'), rule.id);
      draft.authorize(
        idOf(groups, 'app'),
        inbound('tcp', 9002, peer.group(draft.groups.get(idOf(groups, 'web')) as SecurityGroup)),
      );
    },
  },
  {
    at: 0.5,
    description:
      'Revoke: plain HTTP from anywhere, which was untracked where all outbound is allowed. Office list changed',
    apply: ({ draft, internet }, { groups, lists }) => {
      for (const rule of draft.groups.get(idOf(groups, 'alb'))?.rules ?? []) {
        if (rule.fromPort === 80 && rule.peer.kind === 'cidr') draft.revoke(idOf(groups, 'alb'), rule.id);
      }
      const office = lists && draft.prefixLists.get(lists.office);
      if (!office?.entries) return;
      const entries = office.entries.filter((entry) => entry.cidr !== internet.ranges.officeNeverUsed[0]);
      draft.prefixLists.set(office.id, { ...office, entries, version: (office.version ?? 0) + 1 });
    },
  },
  {
    at: 0.6,
    description: 'ModifyNetworkInterfaceAttribute: one application server gets a second group',
    apply: ({ draft, hosts }, { network, groups }) => {
      const host = hosts.find((h) => h.role === 'app' && h.vpcId === network.vpc.id && h.stack === 0);
      if (host)
        draft.setGroups(host.interfaceId, [
          ...(draft.interfaces.get(host.interfaceId)?.groupIds ?? []),
          idOf(groups, 'extra-app'),
        ]);
    },
  },
  {
    at: 0.7,
    description: 'DeleteNetworkInterface of a web server; a cache takes its private address',
    apply: ({ draft, hosts, options }, vpc, { epoch, seconds }) => {
      const host = hosts.find(
        (h) => h.role === 'web' && h.vpcId === vpc.network.vpc.id && h.stack === 0 && h.to > epoch,
      );
      if (!host || !options.features.addressReuse) return;
      host.to = epoch;
      draft.deleteInterface(host.interfaceId);
      const subnet = host.ends[0]?.address.startsWith('10.0.16.') ? 'private-a' : 'private-b';
      const address = host.ends[0]?.address as string;
      addInterface(vpc, 'cache', 0, subnet, { name: 'cache-1-replica', address, launched: seconds }).from = epoch;
    },
  },
  {
    at: 0.85,
    description: 'ModifySecurityGroupRules: the sources of a rule are narrowed from the VPC to one subnet',
    apply: ({ draft }, { groups }) => {
      const rule = draft.groups
        .get(idOf(groups, 'app'))
        ?.rules.find((r) => r.peer.kind === 'cidr' && r.peer.cidr === '10.0.0.0/16');
      if (rule) draft.modify(idOf(groups, 'app'), rule.id, { peer: peer.cidr('10.0.16.0/20') });
    },
  },
];
