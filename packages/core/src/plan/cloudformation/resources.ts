/** Resource types of CloudFormation that make up security groups: their properties in the inventory's words. */
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '../../inventory/model.ts';
import type { PlanDraft } from '../draft.ts';
import {
  type Holding,
  interfacesById,
  interfacesOfClassicBalancer,
  interfacesOfDatabase,
  interfacesOfFunction,
  interfacesOfInstance,
  interfacesOfLoadBalancer,
  interfacesOfService,
  lastOfArn,
} from '../holders.ts';
import { cidrPeer, groupPeer, toRule } from '../rule.ts';
import { objectIn, type Resolved, type ResolvedObject, textIn, UNKNOWN } from './values.ts';

export const GROUP = 'AWS::EC2::SecurityGroup';
export const PREFIX_LIST = 'AWS::EC2::PrefixList';

export const RULE_TYPES: ReadonlyMap<string, SecurityGroupRule['direction']> = new Map([
  ['AWS::EC2::SecurityGroupIngress', 'inbound'],
  ['AWS::EC2::SecurityGroupEgress', 'outbound'],
]);

/** In-line lists of a group. */
export const INLINE: readonly (readonly [property: string, direction: SecurityGroupRule['direction']])[] = [
  ['SecurityGroupIngress', 'inbound'],
  ['SecurityGroupEgress', 'outbound'],
];

const NUMBERS = ['IpProtocol', 'FromPort', 'ToPort'] as const;

/** One rule of a list, or of a resource of its own. None, and a problem, where part of it is not known. */
export const rulesOf = (
  value: Resolved,
  groupId: string,
  direction: SecurityGroupRule['direction'],
  address: string,
  draft: PlanDraft,
): SecurityGroupRule[] => {
  const item = objectIn(value);
  const peer = value === UNKNOWN ? null : peerOf(item, groupId, address, draft);
  if (peer === null || NUMBERS.some((key) => item[key] === UNKNOWN)) {
    draft.problem('plan-value-unknown', address, 'Part of a rule is not told by the template: the rule was left out.');
    return [];
  }
  if (peer === 'unreadable') return [];
  const description = textIn(item.Description) ?? '';
  const { IpProtocol: protocol, FromPort: fromPort, ToPort: toPort } = item;
  return [toRule({ groupId, direction, protocol, fromPort, toPort, peer, description })];
};

const GROUP_KEYS = ['SourceSecurityGroupId', 'DestinationSecurityGroupId'];
const LIST_KEYS = ['SourcePrefixListId', 'DestinationPrefixListId'];

/** Null = not known. */
const peerOf = (
  item: ResolvedObject,
  groupId: string,
  address: string,
  draft: PlanDraft,
): RulePeer | 'unreadable' | null => {
  const of = (keys: readonly string[]): string | undefined => keys.flatMap((key) => textIn(item[key]) ?? [])[0];
  const cidr = of(['CidrIp', 'CidrIpv6']);
  if (cidr !== undefined) {
    const peer = cidrPeer(cidr);
    if (peer === null) draft.problem('plan-item-unreadable', address, `"${cidr}" is no CIDR block.`);
    return peer ?? 'unreadable';
  }
  const prefixListId = of(LIST_KEYS);
  if (prefixListId !== undefined) return { kind: 'prefix-list', prefixListId };
  const vpcId = draft.vpcOf(groupId);
  const group = of(GROUP_KEYS) ?? byName(textIn(item.SourceSecurityGroupName), vpcId, draft.today);
  return group === undefined ? null : groupPeer(group, vpcId, draft.today);
};

const byName = (name: string | null, vpcId: string | null, today: InventorySnapshot): string | undefined =>
  today.groups.find((group) => group.groupName === name && group.vpcId === vpcId)?.id;

/** A resource type whose interfaces have the groups that it lists. */
interface Holder {
  readonly groups: (properties: ResolvedObject) => Resolved;
  /** `id` is the physical one; null = not known. */
  readonly interfaces: (
    id: string | null,
    properties: ResolvedObject,
    before: readonly string[],
    today: InventorySnapshot,
  ) => Holding;
}

const NOT_TOLD: Holding = { because: 'the template does not tell which one it is' };

const named =
  (property: string, find: (today: InventorySnapshot, name: string) => Holding): Holder['interfaces'] =>
  (id, properties, _before, today) => {
    const name = id ?? textIn(properties[property]);
    return name === null ? NOT_TOLD : find(today, name);
  };

const database = (groups: Holder['groups']): Holder => ({
  groups,
  interfaces: (_id, _properties, before, today) =>
    before.length === 0 ? NOT_TOLD : interfacesOfDatabase(today, before, 1),
});

export const HOLDERS: ReadonlyMap<string, Holder> = new Map(
  Object.entries({
    'AWS::EC2::Instance': {
      groups: ({ SecurityGroupIds, NetworkInterfaces }) =>
        SecurityGroupIds ?? objectIn(Array.isArray(NetworkInterfaces) ? NetworkInterfaces[0] : undefined).GroupSet,
      interfaces: (id, _properties, before, today) =>
        id === null ? NOT_TOLD : interfacesOfInstance(today, id, null, before),
    },
    'AWS::EC2::NetworkInterface': {
      groups: ({ GroupSet }) => GroupSet,
      interfaces: (id, _properties, _before, today) => (id === null ? NOT_TOLD : interfacesById(today, [id])),
    },
    'AWS::ElasticLoadBalancingV2::LoadBalancer': {
      groups: ({ SecurityGroups }) => SecurityGroups,
      interfaces: (id, _properties, _before, today) =>
        id === null ? NOT_TOLD : interfacesOfLoadBalancer(today, lastOfArn(id, ':loadbalancer/')),
    },
    'AWS::ElasticLoadBalancing::LoadBalancer': {
      groups: ({ SecurityGroups }) => SecurityGroups,
      interfaces: named('LoadBalancerName', interfacesOfClassicBalancer),
    },
    'AWS::RDS::DBInstance': database(({ VPCSecurityGroups }) => VPCSecurityGroups),
    'AWS::RDS::DBCluster': database(({ VpcSecurityGroupIds }) => VpcSecurityGroupIds),
    'AWS::Lambda::Function': {
      groups: ({ VpcConfig }) => objectIn(VpcConfig).SecurityGroupIds,
      interfaces: named('FunctionName', interfacesOfFunction),
    },
    'AWS::ECS::Service': {
      groups: ({ NetworkConfiguration }) => objectIn(objectIn(NetworkConfiguration).AwsvpcConfiguration).SecurityGroups,
      interfaces: (id, { Cluster, ServiceName }, _before, today) => {
        // `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/SERVICE`
        const [cluster, service] = id === null ? [] : lastOfArn(id, ':service/').split('/');
        const name = service ?? textIn(ServiceName);
        return name === null || name === undefined
          ? NOT_TOLD
          : interfacesOfService(today, cluster ?? lastOfArn(textIn(Cluster) ?? 'default', ':cluster/'), name);
      },
    },
  } satisfies Readonly<Record<string, Holder>>),
);

/** Types that Flowfit understands: for docs. */
export const CLOUDFORMATION_TYPES: readonly string[] = [
  GROUP,
  PREFIX_LIST,
  ...RULE_TYPES.keys(),
  ...HOLDERS.keys(),
].sort();
