/** A state as the JSON that the AWS CLI prints (`aws ec2 describe-…`), field names of the EC2 API. */
import type {
  InventorySnapshot,
  NetworkInterface,
  RulePeer,
  SecurityGroup,
  SecurityGroupRule,
  Tagged,
} from '@flowfit/core/inventory/model';

export interface InventoryDocument {
  /** File name, the CLI's command and, where one answer is about one thing, its id. */
  readonly name: string;
  readonly document: unknown;
}

/** All answers about a state. Accounts and regions are told apart by what the answers say, as in real life. */
export function describe(snapshot: InventorySnapshot): InventoryDocument[] {
  const answer = (name: string, document: unknown): InventoryDocument => ({ name: `${name}.json`, document });
  const rules = snapshot.groups.flatMap((group) => group.rules.map((rule) => describeRule(rule, group)));
  return [
    answer('describe-network-interfaces', {
      NetworkInterfaces: snapshot.interfaces.map((value) => describeInterface(value, snapshot)),
    }),
    answer('describe-security-groups', { SecurityGroups: snapshot.groups.map((group) => describeGroup(group)) }),
    answer('describe-security-group-rules', { SecurityGroupRules: rules }),
    answer('describe-vpcs', { Vpcs: snapshot.vpcs.map(describeVpc) }),
    answer('describe-subnets', { Subnets: snapshot.subnets.map((subnet) => describeSubnet(subnet, snapshot)) }),
    answer('describe-instances', { Reservations: describeReservations(snapshot) }),
    answer('describe-vpc-peering-connections', {
      VpcPeeringConnections: snapshot.peerings.map((value) => describePeering(value, snapshot)),
    }),
    answer('describe-flow-logs', { FlowLogs: snapshot.flowLogs.map(describeFlowLog) }),
    answer('describe-managed-prefix-lists', { PrefixLists: snapshot.prefixLists.map(describeList) }),
    ...snapshot.prefixLists.map(({ id, entries }) =>
      answer(`get-managed-prefix-list-entries-${id}`, {
        Entries: (entries ?? []).map(({ cidr, description }) => ({
          Cidr: cidr,
          ...(description && { Description: description }),
        })),
      }),
    ),
  ];
}

const tagsOf = ({ tags }: Tagged) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function describeInterface(value: NetworkInterface, { groups, subnets }: InventorySnapshot) {
  const addresses4 = value.addresses.filter((address) => !address.includes(':'));
  const subnet = subnets.find(({ id }) => id === value.subnetId);
  const publicIp = value.publicAddresses[0];
  const association = publicIp && {
    Association: { IpOwnerId: value.requesterManaged ? value.requesterId : value.accountId, PublicIp: publicIp },
  };
  return {
    ...association,
    ...(value.instanceId && {
      Attachment: {
        DeviceIndex: 0,
        InstanceId: value.instanceId,
        InstanceOwnerId: value.accountId,
        Status: 'attached',
      },
    }),
    AvailabilityZone: `${value.region}${subnet?.availabilityZoneId?.endsWith('1') ? 'a' : 'b'}`,
    AvailabilityZoneId: subnet?.availabilityZoneId,
    Description: value.description,
    Groups: value.groupIds.map((id) => ({
      GroupId: id,
      GroupName: groups.find((group) => group.id === id)?.groupName,
    })),
    InterfaceType: value.type,
    Ipv6Addresses: value.addresses
      .filter((address) => address.includes(':'))
      .map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    ...(value.prefixes.length > 0 && { Ipv4Prefixes: value.prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })) }),
    NetworkInterfaceId: value.id,
    OwnerId: value.accountId,
    PrivateIpAddress: addresses4[0],
    PrivateIpAddresses: addresses4.map((PrivateIpAddress, index) => ({
      Primary: index === 0,
      PrivateIpAddress,
      ...(index === 0 && association),
    })),
    ...(value.requesterId && { RequesterId: value.requesterId }),
    RequesterManaged: value.requesterManaged,
    SourceDestCheck: value.type !== 'nat_gateway',
    Status: value.status,
    SubnetId: value.subnetId,
    TagSet: tagsOf(value),
    VpcId: value.vpcId,
  };
}

function describeGroup(group: SecurityGroup) {
  const permissions = (direction: SecurityGroupRule['direction']) =>
    foldPermissions(group.rules.filter((rule) => rule.direction === direction));
  return {
    Description: group.description,
    GroupId: group.id,
    GroupName: group.groupName,
    IpPermissions: permissions('inbound'),
    IpPermissionsEgress: permissions('outbound'),
    OwnerId: group.accountId,
    SecurityGroupArn: `arn:aws:ec2:${group.region}:${group.accountId}:security-group/${group.id}`,
    Tags: tagsOf(group),
    VpcId: group.vpcId,
  };
}

/** One IpPermission for all rules of equal protocol and ports, as AWS folds them. */
function foldPermissions(rules: readonly SecurityGroupRule[]) {
  const byPorts = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    byPorts.set(key, [...(byPorts.get(key) ?? []), rule]);
  }
  return [...byPorts.values()].map((folded) => {
    const { protocol, fromPort, toPort } = folded[0] as SecurityGroupRule;
    const described = <K extends RulePeer['kind'], T>(kind: K, to: (peer: Extract<RulePeer, { kind: K }>) => T) =>
      folded.flatMap(({ peer, description }) =>
        peer.kind === kind
          ? [{ ...to(peer as Extract<RulePeer, { kind: K }>), ...(description && { Description: description }) }]
          : [],
      );
    const cidrs = described('cidr', ({ cidr }) => (cidr.includes(':') ? { CidrIpv6: cidr } : { CidrIp: cidr }));
    return {
      IpProtocol: protocol,
      ...(protocol !== '-1' && { FromPort: fromPort ?? -1, ToPort: toPort ?? -1 }),
      IpRanges: cidrs.filter((range) => 'CidrIp' in range),
      Ipv6Ranges: cidrs.filter((range) => 'CidrIpv6' in range),
      PrefixListIds: described('prefix-list', ({ prefixListId }) => ({ PrefixListId: prefixListId })),
      UserIdGroupPairs: described('group', describePair),
    };
  });
}

function describePair(peer: Extract<RulePeer, { kind: 'group' }>) {
  return {
    GroupId: peer.groupId,
    UserId: peer.accountId,
    ...(peer.vpcId && { VpcId: peer.vpcId }),
    ...(peer.peeringConnectionId && {
      VpcPeeringConnectionId: peer.peeringConnectionId,
      PeeringStatus: peer.peeringStatus,
    }),
  };
}

function describeRule(rule: SecurityGroupRule, group: SecurityGroup) {
  const { peer } = rule;
  return {
    ...(peer.kind === 'cidr' && (peer.cidr.includes(':') ? { CidrIpv6: peer.cidr } : { CidrIpv4: peer.cidr })),
    Description: rule.description,
    FromPort: rule.fromPort ?? -1,
    GroupId: rule.groupId,
    GroupOwnerId: group.accountId,
    IpProtocol: rule.protocol,
    IsEgress: rule.direction === 'outbound',
    ...(peer.kind === 'prefix-list' && { PrefixListId: peer.prefixListId }),
    ...(peer.kind === 'group' && { ReferencedGroupInfo: describePair(peer) }),
    SecurityGroupRuleArn: `arn:aws:ec2:${group.region}:${group.accountId}:security-group-rule/${rule.id}`,
    SecurityGroupRuleId: rule.id,
    Tags: [],
    ToPort: rule.toPort ?? -1,
  };
}

function describeVpc(vpc: InventorySnapshot['vpcs'][number]) {
  const [first, ...others] = vpc.cidrs;
  return {
    CidrBlock: first,
    CidrBlockAssociationSet: [{ CidrBlock: first, CidrBlockState: { State: 'associated' } }],
    Ipv6CidrBlockAssociationSet: others.map((Ipv6CidrBlock) => ({
      Ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
    })),
    IsDefault: false,
    OwnerId: vpc.accountId,
    State: 'available',
    Tags: tagsOf(vpc),
    VpcId: vpc.id,
  };
}

function describeSubnet(subnet: InventorySnapshot['subnets'][number], { vpcs }: InventorySnapshot) {
  const [first, ...others] = subnet.cidrs;
  const region = vpcs.find(({ id }) => id === subnet.vpcId)?.region;
  return {
    AvailabilityZone: `${region}${subnet.availabilityZoneId?.endsWith('1') ? 'a' : 'b'}`,
    AvailabilityZoneId: subnet.availabilityZoneId,
    CidrBlock: first,
    Ipv6CidrBlockAssociationSet: others.map((Ipv6CidrBlock) => ({
      Ipv6CidrBlock,
      Ipv6CidrBlockState: { State: 'associated' },
    })),
    OwnerId: subnet.accountId,
    State: 'available',
    SubnetArn: `arn:aws:ec2:${region}:${subnet.accountId}:subnet/${subnet.id}`,
    SubnetId: subnet.id,
    Tags: tagsOf(subnet),
    VpcId: subnet.vpcId,
  };
}

function describeReservations({ instances, interfaces }: InventorySnapshot) {
  return instances.map((instance, index) => {
    const attached = interfaces.filter(({ instanceId }) => instanceId === instance.id);
    return {
      Instances: [
        {
          InstanceId: instance.id,
          InstanceType: instance.instanceType,
          LaunchTime: instance.launchTime,
          NetworkInterfaces: attached.map(({ id }) => ({ NetworkInterfaceId: id })),
          PrivateIpAddress: attached[0]?.addresses[0],
          SecurityGroups: (attached[0]?.groupIds ?? []).map((GroupId) => ({ GroupId })),
          State: { Code: 16, Name: instance.state },
          SubnetId: attached[0]?.subnetId,
          Tags: tagsOf(instance),
          VpcId: instance.vpcId,
        },
      ],
      OwnerId: instance.accountId,
      ReservationId: `r-0${String(index).padStart(16, '0')}`,
    };
  });
}

function describePeering(value: InventorySnapshot['peerings'][number], { vpcs }: InventorySnapshot) {
  const end = (vpcId: string | null, region: string | null) => {
    const vpc = vpcs.find(({ id }) => id === vpcId);
    return { CidrBlock: vpc?.cidrs[0], OwnerId: vpc?.accountId, Region: region, VpcId: vpcId };
  };
  return {
    AccepterVpcInfo: end(value.accepterVpcId, value.accepterRegion),
    RequesterVpcInfo: end(value.requesterVpcId, value.requesterRegion),
    Status: { Code: value.status, Message: `${value.status[0]?.toUpperCase()}${value.status.slice(1)}` },
    Tags: tagsOf(value),
    VpcPeeringConnectionId: value.id,
  };
}

const describeFlowLog = (value: InventorySnapshot['flowLogs'][number]) => ({
  DeliverLogsStatus: 'SUCCESS',
  FlowLogId: value.id,
  FlowLogStatus: value.status,
  LogDestinationType: 's3',
  LogFormat: value.logFormat,
  MaxAggregationInterval: value.maxAggregationInterval,
  ResourceId: value.resourceId,
  TrafficType: value.trafficType,
});

function describeList(list: InventorySnapshot['prefixLists'][number]) {
  return {
    AddressFamily: list.addressFamily,
    ...(list.maxEntries !== undefined && { MaxEntries: list.maxEntries }),
    ...(list.version !== null && { Version: list.version }),
    OwnerId: list.ownerId,
    PrefixListArn: `arn:aws:ec2:${list.region}:${list.ownerId === 'AWS' ? 'aws' : list.ownerId}:prefix-list/${list.id}`,
    PrefixListId: list.id,
    PrefixListName: list.prefixListName,
    State: 'create-complete',
    Tags: tagsOf(list),
  };
}
