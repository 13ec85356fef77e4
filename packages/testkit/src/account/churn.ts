/**
 * What goes on in a busy account without anybody thinking of it. Every change makes some rule's use a thing of the past
 * or of the future: who captures the inventory at another time does not see who used it.
 */
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { Change } from './changes.ts';
import { peer } from './draft.ts';
import { type GroupName, idOf } from './groups.ts';
import type { Host, Role } from './host.ts';
import { PARTNERS } from './prefix-lists.ts';
import { addInterface, type BuildContext, type BuiltVpc, LAMBDA } from './sites.ts';

export const CHURN: readonly Change[] = [
  {
    at: 0.08,
    description: 'ModifyNetworkInterfaceAttribute: a web server loses the group for administrators',
    apply: (context, vpc) => {
      const admin = idOf(vpc.groups, 'legacy-admin');
      for (const { id, groupIds } of context.draft.interfaces.values()) {
        if (groupIds.includes(admin)) {
          context.draft.setGroups(
            id,
            groupIds.filter((groupId) => groupId !== admin),
          );
        }
      }
    },
  },
  {
    at: 0.15,
    description: 'RunInstances: two batch jobs, which talk to each other',
    apply: (_, vpc, { epoch, seconds: launched }) => {
      for (const name of ['job-1', 'job-2']) addInterface(vpc, 'job', -1, 'private-a', { name, launched }).from = epoch;
    },
  },
  {
    at: 0.22,
    description: 'TerminateInstances: the batch jobs are done',
    apply: (context, vpc, { epoch }) => {
      for (const host of hostsOf(context, vpc, 'job')) terminate(context, host, epoch);
    },
  },
  {
    at: 0.3,
    description: 'ModifyManagedPrefixList: a partner comes',
    apply: ({ draft, internet: { ranges } }, vpc) => {
      for (const { id, entries } of partnersOf(draft, vpc)) {
        draft.setEntries(id, [...(entries ?? []), { cidr: ranges.partners, description: 'new partner' }]);
      }
    },
  },
  {
    at: 0.35,
    description: 'Auto scaling: an application server is terminated, and another one launched',
    apply: (context, vpc, { epoch, seconds: launched }) => {
      const host = hostsOf(context, vpc, 'app').findLast(({ stack }) => stack === 0);
      if (!host) return;
      const { groupIds } = context.draft.interfaces.get(host.interfaceId) ?? { groupIds: [] };
      terminate(context, host, epoch);
      addInterface(vpc, 'app', 0, 'private-b', { name: host.name, groupIds, launched }).from = epoch;
    },
  },
  {
    at: 0.55,
    description: 'Lambda makes its interface anew: another id at the same address',
    apply: (context, vpc, { epoch }) => {
      for (const host of hostsOf(context, vpc, 'lambda')) {
        terminate(context, host, epoch);
        const address = host.ends[0]?.address as string;
        addInterface(vpc, 'lambda', -1, 'private-a', { ...LAMBDA, address }).from = epoch;
      }
    },
  },
  {
    at: 0.65,
    description: 'ModifyManagedPrefixList: the partner goes',
    apply: ({ draft, internet: { ranges } }, vpc) => {
      for (const { id, entries } of partnersOf(draft, vpc)) {
        draft.setEntries(id, entries?.filter(({ cidr }) => cidr !== ranges.partners) ?? []);
      }
    },
  },
  {
    at: 0.75,
    description: 'Revoke and authorise: a rule for the data centre gives way to one for a part of it',
    apply: (context, vpc) =>
      replace(
        context,
        vpc,
        'app',
        '172.16.5.0/28',
        ({ peer }) => peer.kind === 'cidr' && peer.cidr === context.internet.ranges.dataCentre,
      ),
  },
  {
    at: 0.78,
    description: 'RunInstances: an agent asks all web servers for their figures',
    apply: (_, vpc, { epoch, seconds: launched }) => {
      addInterface(vpc, 'agent', -1, 'private-b', { name: 'agent', launched }).from = epoch;
    },
  },
  {
    at: 0.83,
    description: 'TerminateInstances: the agent is gone',
    apply: (context, vpc, { epoch }) => {
      for (const host of hostsOf(context, vpc, 'agent')) terminate(context, host, epoch);
    },
  },
  {
    at: 0.92,
    description: 'DeleteVpcPeeringConnection',
    apply: ({ draft }, { network }) => {
      for (const { id, requesterVpcId } of [...draft.peerings])
        if (requesterVpcId === network.vpc.id) draft.deletePeering(id);
    },
  },
  {
    at: 0.95,
    description: 'Revoke and authorise: SSH from the offices gives way to SSH from a few addresses',
    apply: (context, vpc) =>
      replace(
        context,
        vpc,
        'bastion',
        '203.0.113.0/29',
        ({ fromPort, peer }) =>
          fromPort === 22 &&
          (peer.kind === 'prefix-list' || (peer.kind === 'cidr' && peer.cidr === context.internet.ranges.office)),
      ),
  },
];

/** Those that exist, in the order in which they came. */
const hostsOf = ({ hosts }: BuildContext, { network }: BuiltVpc, role: Role): Host[] =>
  hosts.filter((host) => host.role === role && host.vpcId === network.vpc.id && host.to === Number.MAX_SAFE_INTEGER);

function terminate({ draft }: BuildContext, host: Host, epoch: number): void {
  host.to = epoch;
  draft.deleteInterface(host.interfaceId);
}

const partnersOf = ({ prefixLists }: BuildContext['draft'], { network: { site } }: BuiltVpc) =>
  [...prefixLists.values()].filter(
    ({ prefixListName, region }) => prefixListName === PARTNERS && region === site.region,
  );

/** Revokes the inbound rules of a group that are meant, and authorises the same for a CIDR block in their place. */
function replace(
  { draft }: BuildContext,
  { groups }: BuiltVpc,
  name: GroupName,
  cidr: string,
  isMeant: (rule: SecurityGroupRule) => boolean,
): void {
  const groupId = idOf(groups, name);
  const rules = draft.groups.get(groupId)?.rules ?? [];
  for (const { id, direction, protocol, fromPort, toPort } of rules.filter(
    (rule) => rule.direction === 'inbound' && isMeant(rule),
  )) {
    draft.replace(groupId, id, { direction, protocol, fromPort, toPort, peer: peer.cidr(cidr) });
  }
}
