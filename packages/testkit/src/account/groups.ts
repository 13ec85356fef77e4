/** Security groups of one VPC with their rules: used, unused, redundant, wide, stale, by reference and by list. */
import type { PeeringConnection, SecurityGroup, Vpc } from '@flowfit/core/inventory/model';
import { type AccountDraft, inbound, outbound, peer, type RuleDraft } from './draft.ts';
import type { Internet } from './internet.ts';
import type { Features } from './options.ts';
import type { Random } from './random.ts';

export const GROUP_NAMES = [
  'alb',
  'web',
  'app',
  'db',
  'cache',
  'bastion',
  'lambda',
  'endpoint',
  'node',
  'reserve',
  'default',
  'legacy-admin',
  'extra-app',
  'monitoring',
  'old-batch',
] as const;
export type GroupName = (typeof GROUP_NAMES)[number];

/**
 * Ids by name. `monitoring` has no interface and is only referenced; `old-batch` has neither. With churn, they have some
 * for a while.
 */
export type Groups = ReadonlyMap<GroupName, string>;

/** What a small VPC gets along with. */
export const FEW_GROUPS: readonly GroupName[] = ['app', 'db', 'default'];

export function idOf(groups: Groups, name: GroupName): string {
  const id = groups.get(name);
  if (id === undefined) throw new Error(`${name}: the VPC has no such group`);
  return id;
}

export interface Lists {
  readonly office: string;
  readonly objectStore: string;
}

const ABSENT: SecurityGroup = {
  id: '',
  groupName: '',
  description: '',
  accountId: null,
  region: null,
  vpcId: null,
  name: null,
  tags: {},
  rules: [],
};
const ANY4 = peer.cidr('0.0.0.0/0');
const ANY6 = peer.cidr('::/0');

export function addGroups(draft: AccountDraft, vpc: Vpc, names: readonly GroupName[]): Groups {
  const groupName = (name: GroupName) => (name === 'default' ? name : `${vpc.name}-${name}`);
  return new Map(names.map((name) => [name, draft.addGroup(vpc, groupName(name), `${name} of ${vpc.name}`)]));
}

export interface RuleContext {
  readonly draft: AccountDraft;
  readonly vpc: Vpc;
  readonly features: Features;
  readonly internet: Internet;
  readonly lists: Lists | null;
}

export function addRules(context: RuleContext, groups: Groups): void {
  const { draft, features } = context;
  // Groups that the VPC lacks are referenced by nobody: such rules are left out below.
  const of = (name: GroupName) => peer.group(draft.groups.get(groups.get(name) ?? '') ?? ABSENT);
  const rules: Record<GroupName, RuleDraft[]> = {
    alb: albRules(context, of),
    web: webRules(context, of),
    app: appRules(context, of),
    db: [inbound('tcp', 5432, of('app')), inbound('tcp', 5432, of('lambda')), inbound('tcp', 3306, of('app'))],
    cache: [
      inbound('tcp', 6379, of('app')),
      inbound('tcp', [6379, 6389], peer.cidr('10.0.0.0/16')),
      inbound('tcp', 11211, of('web')),
    ],
    bastion: bastionRules(context, of),
    lambda: [outbound('tcp', 5432, of('db')), outbound('tcp', 443, of('endpoint')), outbound('tcp', 443, ANY4)],
    endpoint: [inbound('tcp', 443, peer.cidr('10.0.0.0/16')), inbound('tcp', 443, of('lambda'))],
    node: [inbound('-1', null, of('node')), inbound('tcp', [30000, 32767], of('alb')), ...allowAll(features)],
    reserve: [inbound('tcp', 22, of('bastion')), ...allowAll(features)],
    default: [inbound('-1', null, of('default')), ...allowAll(features)],
    'legacy-admin': [inbound('tcp', 22, ANY4), inbound('tcp', 3389, ANY4)],
    'extra-app': [
      inbound('tcp', [9000, 9001], of('web')),
      inbound('tcp', 7946, of('extra-app')),
      inbound('udp', 7946, of('extra-app')),
    ],
    monitoring: [outbound('tcp', 9100, peer.cidr('10.0.0.0/16'))],
    'old-batch': [
      inbound('tcp', 8081, of('old-batch')),
      inbound('tcp', [2000, 3000], peer.cidr('10.0.0.0/8')),
      ...allowAll(features),
    ],
  };
  for (const [name, id] of groups) {
    for (const rule of rules[name]) {
      if (rule.peer.kind !== 'group' || rule.peer.groupId !== ABSENT.id) draft.authorize(id, rule);
    }
  }
}

type Of = (name: GroupName) => ReturnType<typeof peer.group>;

const allowAll = (features: Features): RuleDraft[] => [
  outbound('-1', null, ANY4),
  ...(features.ipv6 ? [outbound('-1', null, ANY6)] : []),
];

const albRules = ({ features }: RuleContext, of: Of): RuleDraft[] => [
  inbound('tcp', 443, ANY4),
  inbound('tcp', 80, ANY4),
  ...(features.ipv6 ? [inbound('tcp', 443, ANY6), inbound('icmpv6', [128, null], ANY6)] : []),
  ...(features.icmp ? [inbound('icmp', [8, null], ANY4), inbound('icmp', [3, 4], ANY4)] : []),
  ...allowAll(features),
  outbound('tcp', 8080, of('web')),
  outbound('tcp', [30000, 32767], of('node')),
];

const webRules = ({ features }: RuleContext, of: Of): RuleDraft[] => [
  inbound('tcp', 8080, of('alb')),
  inbound('tcp', 8443, of('alb')),
  inbound('tcp', 22, of('bastion')),
  inbound('tcp', 9100, of('monitoring')),
  ...(features.icmp ? [inbound('icmp', null, of('bastion'))] : []),
  ...allowAll(features),
];

function appRules({ features, internet, lists }: RuleContext, of: Of): RuleDraft[] {
  return [
    inbound('tcp', [9000, 9100], of('web')),
    inbound('tcp', 9000, peer.cidr('10.0.0.0/16')),
    inbound('tcp', 9000, peer.cidr(internet.ranges.dataCentre)),
    inbound('tcp', 22, of('bastion')),
    inbound('tcp', [7946, 7946], of('app')),
    ...(features.icmp ? [inbound('icmp', [8, 0], peer.cidr('10.0.0.0/8'))] : []),
    outbound('tcp', 5432, of('db')),
    outbound('tcp', 6379, of('cache')),
    outbound('tcp', 7946, of('app')),
    outbound('tcp', 443, ANY4),
    outbound('tcp', 8443, peer.cidr('198.51.100.0/24')),
    ...(lists ? [outbound('tcp', 443, peer.list(lists.objectStore))] : []),
    ...(features.udp ? [outbound('udp', 123, ANY4), outbound('udp', [33434, 33534], ANY4)] : []),
    ...(features.ipv6 ? [outbound('tcp', 443, ANY6)] : []),
  ];
}

const bastionRules = ({ features, internet, lists }: RuleContext, _of: Of): RuleDraft[] => [
  inbound('tcp', 22, lists ? peer.list(lists.office) : peer.cidr(internet.ranges.office)),
  inbound('tcp', 22, peer.cidr('192.0.2.200/32')),
  // Open to the world, and nobody but scanners ever comes.
  inbound('tcp', 3389, ANY4),
  ...(features.udp
    ? [inbound('udp', 500, peer.cidr('198.51.100.64/26')), inbound('udp', 4500, peer.cidr('198.51.100.64/26'))]
    : []),
  ...(features.otherProtocols
    ? [inbound('50', null, peer.cidr('198.51.100.64/26')), inbound('47', null, ANY4), inbound('132', null, ANY4)]
    : []),
  ...allowAll(features),
];

/** Rules between the two ends of a peering: by group reference, by CIDR, and for the resolver and the time server. */
export function addPeeringRules(
  draft: AccountDraft,
  features: Features,
  near: Groups,
  far: Groups,
  peering: PeeringConnection,
): void {
  const group = (groups: Groups, name: GroupName) => draft.groups.get(idOf(groups, name)) as SecurityGroup;
  const farApp = peer.group(group(far, 'app'), peering);
  const nearApp = peer.group(group(near, 'app'), peering);
  const add = (groups: Groups, name: GroupName, rule: RuleDraft) => draft.authorize(idOf(groups, name), rule);
  add(near, 'cache', inbound('tcp', 6379, farApp));
  add(near, 'db', inbound('tcp', 5432, farApp));
  add(far, 'app', inbound('tcp', 9200, nearApp));
  add(far, 'app', inbound('tcp', 9300, peer.cidr('10.0.0.0/16')));
  add(near, 'app', outbound('tcp', 9200, farApp));
  add(far, 'app', outbound('tcp', 6379, peer.cidr('10.0.0.0/16')));
  if (!features.udp) return;
  for (const port of [53, 123]) {
    add(far, 'app', inbound('udp', port, peer.cidr('10.0.0.0/16')));
    add(near, 'app', outbound('udp', port, peer.cidr('10.1.0.0/16')));
  }
}

const PORTS = [
  22, 53, 80, 123, 389, 443, 500, 1433, 3000, 5432, 6379, 8080, 8443, 9000, 9001, 9042, 9200, 30080, 49152,
] as const;

const CIDRS = ['10.0.0.0/20', '10.0.16.0/20', '10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '198.51.100.128/25'] as const;
const ICMP_TYPES = [[8, null], [3, null], null] as const;

/** A rule that means nothing in particular. */
export function randomRule(draft: AccountDraft, groups: Groups, features: Features, random: Random): RuleDraft {
  const direction = random.pick(['inbound', 'inbound', 'outbound'] as const);
  const protocol = random.pick(['tcp', 'tcp', 'tcp', 'udp', '-1', 'icmp'] as const);
  const port = random.pick(PORTS);
  const widening = random.below(3) * 5;
  const ports =
    protocol === '-1'
      ? null
      : protocol === 'icmp'
        ? random.pick(ICMP_TYPES)
        : ([Math.max(1, port - widening), port + widening] as const);
  const cidrs = features.ipv6 && protocol !== 'icmp' ? [...CIDRS, '::/0', '2001:db8::/32'] : CIDRS;
  const of = random.chance(0.5)
    ? peer.group(draft.groups.get(random.pick([...groups.values()])) as SecurityGroup)
    : peer.cidr(random.pick(cidrs));
  return (direction === 'inbound' ? inbound : outbound)(protocol, ports, of);
}
