/** Random small accounts and packets in which everything meets: few addresses, few ports, every kind of peer. */
import fc from 'fast-check';
import type { InventorySnapshot, NetworkInterface, RulePeer, SecurityGroupRule } from '../src/inventory/model.ts';
import { ruleIdOf } from '../src/inventory/rule-id.ts';
import { emptySnapshot } from '../src/inventory/snapshot.ts';
import type { FirstPacket } from '../src/security-group/packet.ts';

const GROUPS = ['sg-a', 'sg-b', 'sg-c'];
const VPCS = ['vpc-1', 'vpc-2'];
const ADDRESSES = [
  ...[1, 2, 3, 17, 128].map((n) => `10.0.0.${n}`),
  '10.9.0.1',
  '192.0.2.1',
  '2001:db8::1',
  '2001:db8::2',
  '2001:db8:1::1',
];
const CIDRS = [
  '0.0.0.0/0',
  '::/0',
  '10.0.0.0/8',
  '10.0.0.0/24',
  '10.0.0.0/28',
  '10.0.0.1/32',
  '2001:db8::/48',
  '2001:db8::1/128',
];
const PORTS = [0, 1, 21, 22, 23, 80, 443, 65535];

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });

const groupPeer = fc.record({
  kind: fc.constant('group' as const),
  groupId: fc.constantFrom(...GROUPS, 'sg-unknown'),
  accountId: fc.constant(null),
  vpcId: orNull(fc.constantFrom(...VPCS, 'vpc-unknown')),
  peeringConnectionId: orNull(fc.constantFrom('pcx-1', 'pcx-unknown')),
  peeringStatus: orNull(fc.constantFrom('active', 'deleted')),
});

export const plainGroupPeer: fc.Arbitrary<RulePeer> = groupPeer.map((peer) => ({
  ...peer,
  vpcId: null,
  peeringConnectionId: null,
  peeringStatus: null,
}));

export const cidrPeer: fc.Arbitrary<RulePeer> = fc.constantFrom(...CIDRS).map((cidr) => ({ kind: 'cidr', cidr }));

const listPeer: fc.Arbitrary<RulePeer> = fc
  .constantFrom('pl-1', 'pl-2', 'pl-unknown')
  .map((prefixListId) => ({ kind: 'prefix-list', prefixListId }));

export const anyPeer: fc.Arbitrary<RulePeer> = fc.oneof(cidrPeer, plainGroupPeer, groupPeer, listPeer);

/** Rules of one group, ids distinct though meanings repeat. */
export function rules(groupId: string, peer: fc.Arbitrary<RulePeer> = anyPeer): fc.Arbitrary<SecurityGroupRule[]> {
  const rule = fc
    .record({
      direction: fc.constantFrom('inbound' as const, 'outbound' as const),
      protocol: fc.constantFrom('-1', 'tcp', 'tcp', 'udp', 'icmp', 'icmpv6', '50'),
      ports: orNull(fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS))),
      peer,
    })
    .map(({ direction, protocol, ports, peer: of }) => ({
      groupId,
      direction,
      protocol,
      fromPort: ports && Math.min(...ports),
      toPort: ports && Math.max(...ports),
      peer: of,
      description: '',
    }));
  return fc
    .array(rule, { maxLength: 6 })
    .map((list) => list.map((one, index) => ({ ...one, id: `${ruleIdOf(one)}-${index}` })));
}

const networkInterface = (id: string): fc.Arbitrary<NetworkInterface> =>
  fc
    .record({
      vpcId: fc.constantFrom(...VPCS),
      type: fc.constantFrom('interface', 'interface', 'network_load_balancer'),
      groupIds: fc.subarray(GROUPS),
      addresses: fc.subarray(ADDRESSES),
      prefixes: fc.subarray(['10.0.0.16/28', '2001:db8:1::/80']),
    })
    .map((some) => ({
      id,
      name: null,
      tags: {},
      accountId: '111122223333',
      region: 'eu-west-1',
      subnetId: null,
      description: '',
      instanceId: null,
      requesterId: null,
      requesterManaged: false,
      status: 'in-use',
      publicAddresses: [],
      connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
      ...some,
    }));

export function accounts(peer: fc.Arbitrary<RulePeer> = anyPeer): fc.Arbitrary<InventorySnapshot> {
  const named = { name: null, tags: {}, accountId: '111122223333', region: 'eu-west-1' };
  return fc
    .record({
      groups: fc.tuple(...GROUPS.map((id) => rules(id, peer))),
      interfaces: fc.tuple(...['eni-1', 'eni-2', 'eni-3'].map(networkInterface)),
      entries: orNull(fc.subarray(CIDRS)),
      regions: fc.constantFrom(['eu-west-1', 'eu-west-1'], ['eu-west-1', 'us-east-1'], [null, null]),
      status: fc.constantFrom('active', 'active', 'deleted'),
      vpcs: fc.array(fc.subarray(['10.0.0.0/24', '2001:db8::/48']), { maxLength: 2 }),
    })
    .map(({ groups, interfaces, entries, regions, status, vpcs }) => ({
      ...emptySnapshot('2024-01-01T00:00:00Z'),
      interfaces,
      groups: groups.map((list, index) => ({
        ...named,
        id: GROUPS[index] as string,
        groupName: `group ${index}`,
        description: '',
        vpcId: 'vpc-1',
        rules: list,
      })),
      prefixLists: [prefixList('pl-1', entries), { ...prefixList('pl-2', null), addressFamily: 'IPv4' }],
      vpcs: vpcs.map((cidrs, index) => ({ ...named, id: VPCS[index] as string, cidrs })),
      peerings: [
        {
          ...named,
          id: 'pcx-1',
          status,
          requesterVpcId: 'vpc-1',
          accepterVpcId: 'vpc-2',
          requesterRegion: regions[0] as string | null,
          accepterRegion: regions[1] as string | null,
        },
      ],
    }));
}

function prefixList(id: string, cidrs: readonly string[] | null) {
  return {
    id,
    name: null,
    tags: {},
    prefixListName: id,
    ownerId: null,
    region: null,
    addressFamily: null,
    version: null,
    entries: cidrs === null ? null : cidrs.map((cidr) => ({ cidr, description: '' })),
  };
}

export const packets: fc.Arbitrary<FirstPacket> = fc.record({
  vpcId: fc.constantFrom(...VPCS, ...VPCS, null),
  groupIds: fc.subarray(GROUPS, { minLength: 1 }),
  direction: fc.constantFrom('inbound' as const, 'outbound' as const),
  protocol: fc.constantFrom(6, 6, 17, 1, 58, 50),
  servicePort: orNull(fc.constantFrom(...PORTS, 8080)),
  peerAddress: fc.constantFrom(...ADDRESSES, '10.0.0.20', '::ffff:10.0.0.1', 'nonsense'),
});
