/** One account and region: its VPCs, the applications in them, and what AWS services put there. */
import type { PeeringConnection } from '@flowfit/core/inventory/model';
import type { AccountDraft } from './draft.ts';
import {
  addGroups,
  addPeeringRules,
  addRules,
  FEW_GROUPS,
  GROUP_NAMES,
  type GroupName,
  type Groups,
  idOf,
  type Lists,
  randomRule,
} from './groups.ts';
import type { Host, Role, Site } from './host.ts';
import type { Internet } from './internet.ts';
import { type InterfaceRequest, Network } from './network.ts';
import { FEWEST_INTERFACES, type ResolvedOptions, STACK_SHARE } from './options.ts';
import { addPartners, addPrefixLists } from './prefix-lists.ts';
import type { Random } from './random.ts';

export const SITES: readonly Site[] = [
  { index: 0, accountId: '111122223333', region: 'us-east-1', zonePrefix: 'use1' },
  { index: 1, accountId: '123456789012', region: 'eu-west-1', zonePrefix: 'euw1' },
  { index: 2, accountId: '111122223333', region: 'eu-central-1', zonePrefix: 'euc1' },
  { index: 3, accountId: '123456789012', region: 'ap-southeast-2', zonePrefix: 'apse2' },
];

/** A built VPC and what later changes need to know of it. */
export interface BuiltVpc {
  readonly network: Network;
  readonly groups: Groups;
  readonly lists: Lists | null;
}

export interface BuildContext {
  readonly draft: AccountDraft;
  readonly hosts: Host[];
  readonly options: ResolvedOptions;
  readonly internet: Internet;
  readonly random: Random;
}

/** Interfaces of one application: two load balancer nodes, two web, two application servers, database, cache. */
const STACK_SIZE = 8;

export function buildSite(context: BuildContext, site: Site): BuiltVpc[] {
  const { features, interfaces, sites } = context.options;
  const lists = features.prefixLists ? addPrefixLists(context.draft, context.internet, site) : null;
  const main = buildVpc(context, site, 'main', '10.0.0.0/16', GROUP_NAMES, lists);
  addShared(context, main);
  const spare = Math.max(0, Math.floor(interfaces / sites) - FEWEST_INTERFACES);
  const stacks = 1 + Math.floor(Math.min(spare * STACK_SHARE, 400) / STACK_SIZE);
  for (let stack = 0; stack < stacks; stack++) addStack(main, stack);
  const built = [main];
  if (features.overlappingVpcs) {
    const overlap = buildVpc(context, site, 'overlap', '10.0.0.0/16', FEW_GROUPS, lists);
    addInterface(overlap, 'app', stacks, 'private-a');
    addInterface(overlap, 'db', stacks, 'private-a');
    built.push(overlap);
  }
  if (features.peering) built.push(addPeeredVpc(context, site, main, stacks + 1));
  const count = context.hosts.filter((host) => host.site === site).length;
  for (let i = count; i < Math.floor(interfaces / sites); i++) addInterface(main, 'idle', -1, 'reserve');
  if (features.randomRules) addRandomRules(context, built);
  if (features.churn && features.prefixLists)
    addPartners(context.draft, context.internet, site, idOf(main.groups, 'app'));
  return built;
}

function buildVpc(
  context: BuildContext,
  site: Site,
  name: string,
  cidr: string,
  names: readonly GroupName[],
  lists: Lists | null,
): BuiltVpc {
  const { draft, hosts, options, random, internet } = context;
  const network = new Network(draft, hosts, site, options, random, name, cidr);
  const groups = addGroups(draft, network.vpc, names);
  addRules({ draft, vpc: network.vpc, features: options.features, internet, lists }, groups);
  return { network, groups, lists };
}

const GROUPS_OF: Readonly<Record<Role, readonly GroupName[]>> = {
  alb: ['alb'],
  web: ['web'],
  app: ['app'],
  db: ['db'],
  cache: ['cache'],
  bastion: ['bastion', 'default'],
  nat: [],
  lambda: ['lambda'],
  endpoint: ['endpoint'],
  node: ['node'],
  shared: ['app'],
  idle: ['reserve'],
  agent: ['monitoring'],
  job: ['old-batch'],
};

export function addInterface(
  vpc: BuiltVpc,
  role: Role,
  stack: number,
  subnet: InterfaceRequest['subnet'],
  more: Partial<InterfaceRequest> = {},
): Host {
  const groupIds = GROUPS_OF[role].map((name) => idOf(vpc.groups, name));
  const name = stack < 0 ? role : `${role}-${stack + 1}`;
  return vpc.network.addInterface({ role, stack, name, groupIds, subnet, ...more });
}

function addStack(vpc: BuiltVpc, stack: number): void {
  for (const subnet of ['public', 'public'] as const) {
    addInterface(vpc, 'alb', stack, subnet, {
      isPublic: true,
      requesterId: 'amazon-elb',
      description: `ELB app/shop-${stack + 1}/${vpc.network.vpc.id.slice(4, 20)}`,
    });
  }
  addInterface(vpc, 'web', stack, 'private-a');
  addInterface(vpc, 'web', stack, 'private-b', {
    portPolicy: 'windows',
    groupIds: [idOf(vpc.groups, 'web'), idOf(vpc.groups, 'legacy-admin')],
  });
  addInterface(vpc, 'app', stack, 'private-a', { portPolicy: 'low' });
  addInterface(vpc, 'app', stack, 'private-b', { groupIds: [idOf(vpc.groups, 'app'), idOf(vpc.groups, 'default')] });
  addInterface(vpc, 'db', stack, 'private-a', { requesterId: 'amazon-rds', description: 'RDSNetworkInterface' });
  addInterface(vpc, 'cache', stack, 'private-b', {
    requesterId: 'amazon-elasticache',
    description: `ElastiCache shop-${stack + 1}`,
  });
}

/** AWS makes such an interface for a function, and another one when it likes. */
export const LAMBDA = {
  type: 'lambda',
  requesterId: 'amazon-lambda',
  description: 'AWS Lambda VPC ENI-report',
} as const;

function addShared(context: BuildContext, vpc: BuiltVpc): void {
  const { features } = context.options;
  addInterface(vpc, 'bastion', -1, 'public', { isPublic: true });
  addInterface(vpc, 'idle', -1, 'reserve');
  if (features.nat) {
    const natId = context.draft.id('nat');
    addInterface(vpc, 'nat', -1, 'public', {
      type: 'nat_gateway',
      requesterId: 'amazon-nat',
      isPublic: true,
      description: `Interface for NAT Gateway ${natId}`,
    });
  }
  if (features.managedInterfaces) {
    addInterface(vpc, 'lambda', -1, 'private-a', LAMBDA);
    const endpointId = context.draft.id('vpce');
    addInterface(vpc, 'endpoint', -1, 'private-b', {
      type: 'vpc_endpoint',
      requesterId: 'amazon-aws',
      recordedAccountId: 'unknown',
      description: `VPC Endpoint Interface ${endpointId}`,
    });
  }
  for (let i = 0; i < 2; i++)
    addInterface(vpc, 'node', -1, 'private-a', { secondaryAddresses: features.secondaryAddresses });
}

function addPeeredVpc(context: BuildContext, site: Site, main: BuiltVpc, stack: number): BuiltVpc {
  const { draft, options } = context;
  const far = buildVpc(context, site, 'shared', '10.1.0.0/16', FEW_GROUPS, main.lists);
  addInterface(far, 'shared', stack, 'private-a');
  addInterface(far, 'shared', stack, 'private-b');
  const peering: PeeringConnection = {
    id: draft.id('pcx'),
    name: 'main-shared',
    tags: { Name: 'main-shared' },
    status: 'active',
    requesterVpcId: main.network.vpc.id,
    accepterVpcId: far.network.vpc.id,
    requesterRegion: site.region,
    accepterRegion: site.region,
  };
  draft.peerings.push(peering);
  addPeeringRules(draft, options.features, main.groups, far.groups, peering);
  return far;
}

function addRandomRules({ draft, options, random }: BuildContext, built: readonly BuiltVpc[]): void {
  for (const { groups } of built) {
    for (const groupId of groups.values()) {
      for (let i = random.below(4); i > 0; i--)
        draft.authorize(groupId, randomRule(draft, groups, options.features, random));
    }
  }
}
