import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './describe/commands.ts';
import { readInventory } from './read.ts';
import { peerText } from './rule-id.ts';
import { parseSnapshot, serializeSnapshot } from './snapshot.ts';

const capturedAt = '2026-01-01T00:00:00.000Z';
const read = (files: Readonly<Record<string, unknown>>) =>
  readInventory(
    Object.entries(files).map(([source, content]) => ({
      source,
      text: typeof content === 'string' ? content : JSON.stringify(content),
    })),
    { capturedAt },
  );

/** An interface as describe-network-interfaces prints it. */
const INTERFACE = {
  NetworkInterfaceId: 'eni-0a',
  OwnerId: '111122223333',
  VpcId: 'vpc-0a',
  SubnetId: 'subnet-0a',
  AvailabilityZone: 'eu-west-1a',
  Description: 'web 1',
  InterfaceType: 'interface',
  RequesterManaged: false,
  Status: 'in-use',
  Groups: [
    { GroupId: 'sg-0b', GroupName: 'ssh' },
    { GroupId: 'sg-0a', GroupName: 'web' },
  ],
  PrivateIpAddress: '10.0.0.9',
  PrivateIpAddresses: [
    { PrivateIpAddress: '10.0.0.5', Primary: false, Association: { PublicIp: '203.0.113.9' } },
    { PrivateIpAddress: '10.0.0.9', Primary: true, Association: { PublicIp: '203.0.113.5' } },
  ],
  Association: { PublicIp: '203.0.113.5' },
  Ipv6Addresses: [{ Ipv6Address: '2001:db8:0:0:0:0:0:2' }, { Ipv6Address: '2001:0db8::1' }],
  Ipv4Prefixes: [{ Ipv4Prefix: '10.0.1.16/28' }],
  Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8:1::/80' }],
  Attachment: { InstanceId: 'i-0a', AttachmentId: 'eni-attach-0a' },
  ConnectionTrackingConfiguration: { TcpEstablishedTimeout: 350, UdpStreamTimeout: 180 },
  TagSet: [
    { Key: 'Name', Value: 'web-1' },
    { Key: 'Env', Value: 'prod' },
  ],
};

/** A group as describe-security-groups prints it: five rules folded into three permissions. */
const GROUP = {
  GroupId: 'sg-0a',
  GroupName: 'web',
  Description: 'web servers',
  OwnerId: '111122223333',
  VpcId: 'vpc-0a',
  IpPermissions: [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'everyone' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [{ PrefixListId: 'pl-0a' }],
      UserIdGroupPairs: [{ GroupId: 'sg-0b', UserId: '111122223333' }],
    },
  ],
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [] }],
  Tags: [],
};

const RULE = {
  SecurityGroupRuleId: 'sgr-0a',
  GroupId: 'sg-0a',
  GroupOwnerId: '111122223333',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  CidrIpv4: '0.0.0.0/0',
  Description: 'everyone',
  SecurityGroupRuleArn: 'arn:aws:ec2:eu-west-1:111122223333:security-group-rule/sgr-0a',
};

const rule = (parts: object) => {
  const { snapshot } = read({ f: { SecurityGroupRules: [{ ...RULE, ...parts }] } });
  return snapshot.groups[0]?.rules[0];
};

describe('interfaces', () => {
  it('take all that flows are matched against, addresses canonical and primary first', () => {
    const { snapshot, problems } = read({ f: { NetworkInterfaces: [INTERFACE] } });
    expect(problems).toEqual([]);
    expect(snapshot.interfaces).toEqual([
      {
        id: 'eni-0a',
        accountId: '111122223333',
        region: 'eu-west-1',
        vpcId: 'vpc-0a',
        subnetId: 'subnet-0a',
        description: 'web 1',
        type: 'interface',
        instanceId: 'i-0a',
        requesterId: null,
        requesterManaged: false,
        status: 'in-use',
        groupIds: ['sg-0a', 'sg-0b'],
        addresses: ['10.0.0.9', '10.0.0.5', '2001:db8::1', '2001:db8::2'],
        prefixes: ['10.0.1.16/28', '2001:db8:1::/80'],
        publicAddresses: ['203.0.113.5', '203.0.113.9'],
        connectionTracking: { tcpEstablished: 350, udpStream: 180, udpSingle: null },
        name: 'web-1',
        tags: { Env: 'prod', Name: 'web-1' },
      },
    ]);
  });

  it.each([
    ['2026-05-04T03:02:01+00:00', { attachedAt: Date.UTC(2026, 4, 4, 3, 2, 1) / 1000 }],
    [undefined, {}],
    ['once upon a time', {}],
  ])('keep the time of their attachment where it is told: %s', (AttachTime, expected) => {
    const Attachment = { ...INTERFACE.Attachment, AttachTime };
    const { snapshot } = read({ f: { NetworkInterfaces: [{ ...INTERFACE, Attachment }] } });
    const told = Object.entries(snapshot.interfaces[0] ?? {}).filter(([name]) => name === 'attachedAt');
    expect(Object.fromEntries(told)).toEqual(expected);
  });

  it.each([
    ['natGateway', 'nat_gateway'],
    ['nat_gateway', 'nat_gateway'],
    ['efs', 'efs'],
    [undefined, 'interface'],
  ])('have the type %s as %s', (InterfaceType, type) => {
    const { snapshot } = read({ f: { NetworkInterfaces: [{ ...INTERFACE, InterfaceType }] } });
    expect(snapshot.interfaces[0]?.type).toBe(type);
  });

  it.each([
    ['us-gov-west-1b', 'us-gov-west-1'],
    ['us-west-2-lax-1a', 'us-west-2'],
    ['us-east-1-wl1-bos-wlz-1', 'us-east-1'],
    ['ap-southeast-2c', 'ap-southeast-2'],
    [undefined, null],
  ])('in zone %s lie in region %s', (AvailabilityZone, region) => {
    const { snapshot } = read({ f: { NetworkInterfaces: [{ ...INTERFACE, AvailabilityZone }] } });
    expect(snapshot.interfaces[0]?.region).toBe(region);
  });
});

describe('rules', () => {
  it('unfold from describe-security-groups, each with a stable id', () => {
    const { snapshot, counts } = read({ f: { SecurityGroups: [GROUP] } });
    expect(counts).toMatchObject({ groups: 1, rules: 5 });
    // The ids are part of the contract: people write them into tickets and dismissals.
    expect(snapshot.groups[0]?.rules.map((r) => [r.id, r.direction, r.protocol, r.fromPort, peerText(r.peer)])).toEqual(
      [
        ['rule-1763f602465253c7', 'inbound', 'tcp', 443, 'pl-0a'],
        ['rule-675b56509bc40ae8', 'inbound', 'tcp', 443, 'sg-0b'],
        ['rule-8ae310eea720b682', 'inbound', 'tcp', 443, '::/0'],
        ['rule-9849bd5586949676', 'outbound', '-1', null, '0.0.0.0/0'],
        ['rule-b76f29279bbfb18e', 'inbound', 'tcp', 443, '0.0.0.0/0'],
      ],
    );
  });

  it('come from describe-security-group-rules where that lists the group, and are not doubled', () => {
    const { snapshot, problems } = read({
      groups: { SecurityGroups: [GROUP] },
      rules: {
        SecurityGroupRules: [
          RULE,
          { ...RULE, SecurityGroupRuleId: 'sgr-0b', CidrIpv4: undefined, CidrIpv6: '::/0' },
          { ...RULE, SecurityGroupRuleId: 'sgr-0c', CidrIpv4: undefined, PrefixListId: 'pl-0a' },
          { ...RULE, SecurityGroupRuleId: 'sgr-0d', CidrIpv4: undefined, ReferencedGroupInfo: { GroupId: 'sg-0b' } },
          { ...RULE, SecurityGroupRuleId: 'sgr-0e', IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1 },
        ],
      },
    });
    expect(problems).toEqual([]);
    expect(snapshot.groups).toHaveLength(1);
    expect(snapshot.groups[0]).toMatchObject({ groupName: 'web', region: 'eu-west-1' });
    expect(snapshot.groups[0]?.rules.map(({ id }) => id)).toEqual(['sgr-0a', 'sgr-0b', 'sgr-0c', 'sgr-0d', 'sgr-0e']);
  });

  it('that the two commands list differently are reported', () => {
    const { snapshot, problems } = read({ f: { SecurityGroups: [GROUP] }, g: { SecurityGroupRules: [RULE] } });
    expect(snapshot.groups[0]?.rules.map(({ id }) => id)).toEqual(['sgr-0a']);
    expect(problems).toEqual([
      expect.objectContaining({
        source: 'sg-0a',
        code: 'inventory-rules-differ',
        message: expect.stringContaining('lacks 4 rules'),
      }),
    ]);
  });

  it('make a group of their own where describe-security-groups is missing', () => {
    const { snapshot } = read({ f: { SecurityGroupRules: [RULE] }, g: { NetworkInterfaces: [INTERFACE] } });
    expect(snapshot.groups).toEqual([
      expect.objectContaining({
        id: 'sg-0a',
        groupName: 'web',
        accountId: '111122223333',
        region: 'eu-west-1',
        vpcId: null,
      }),
    ]);
  });

  it.each([
    ['all protocols', { IpProtocol: '-1', FromPort: -1, ToPort: -1 }, ['-1', null, null]],
    ['a number that has a name', { IpProtocol: '6', FromPort: 0, ToPort: 65535 }, ['tcp', 0, 65535]],
    ['all UDP ports as -1', { IpProtocol: '17', FromPort: -1, ToPort: -1 }, ['udp', null, null]],
    ['all ICMP', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, ['icmp', null, null]],
    ['one ICMP type, all codes', { IpProtocol: '1', FromPort: 8, ToPort: -1 }, ['icmp', 8, null]],
    ['ICMPv6', { IpProtocol: '58', FromPort: 128, ToPort: 0 }, ['icmpv6', 128, 0]],
    ['a protocol without ports', { IpProtocol: '50', FromPort: 7, ToPort: 9 }, ['50', null, null]],
  ])('mean the same however they are written: %s', (_case, parts, [protocol, fromPort, toPort]) => {
    expect(rule(parts)).toMatchObject({ protocol, fromPort, toPort });
  });

  it('have canonical prefixes, so that equal rules are equal', () => {
    expect(rule({ CidrIpv4: undefined, CidrIpv6: '2001:0DB8:0:0::/48' })?.peer).toEqual({
      kind: 'cidr',
      cidr: '2001:db8::/48',
    });
  });

  it('that name no peer, or a prefix that is none, are left out and reported', () => {
    const { snapshot, problems } = read({ f: { SecurityGroupRules: [{ ...RULE, CidrIpv4: '10.0.0.0/40' }] } });
    expect(snapshot.groups).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('"10.0.0.0/40" of sgr-0a is no prefix. The item is left out'),
      expect.stringContaining('Rule sgr-0a names 0 of'),
    ]);
  });

  it('keep their id when only the description changes', () => {
    const withDescription = (Description: string) =>
      read({
        f: {
          SecurityGroups: [
            {
              ...GROUP,
              IpPermissions: [],
              IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] }],
            },
          ],
        },
      }).snapshot.groups[0]?.rules[0];
    expect(withDescription('a')?.id).toBe(withDescription('b')?.id);
    expect(withDescription('a')?.description).toBe('a');
  });
});

describe('prefix lists', () => {
  const LIST = {
    PrefixListId: 'pl-0123456789abcdef0',
    PrefixListName: 'offices',
    AddressFamily: 'IPv4',
    Version: 3,
    OwnerId: '111122223333',
    PrefixListArn: 'arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-0123456789abcdef0',
  };
  const ENTRIES = { Entries: [{ Cidr: '198.51.100.0/24', Description: 'north' }, { Cidr: '192.0.2.0/24' }] };
  const read2 = [
    { cidr: '192.0.2.0/24', description: '' },
    { cidr: '198.51.100.0/24', description: 'north' },
  ];

  it('get entries by a PrefixListId beside them, or by the name of the file', () => {
    for (const files of [
      { lists: { PrefixLists: [LIST] }, entries: { PrefixListId: LIST.PrefixListId, ...ENTRIES } },
      { lists: { PrefixLists: [LIST] }, 'dir/entries-pl-0123456789abcdef0.json': ENTRIES },
    ]) {
      const { snapshot, problems } = read(files);
      expect(problems).toEqual([]);
      expect(snapshot.prefixLists).toEqual([
        expect.objectContaining({ prefixListName: 'offices', region: 'eu-west-1', version: 3, entries: read2 }),
      ]);
    }
  });

  it('without entries are known as such', () => {
    expect(read({ f: { PrefixLists: [LIST] } }).snapshot.prefixLists[0]?.entries).toBeNull();
  });

  it('say what to do when nobody tells whose entries they are', () => {
    const { problems } = read({ 'entries.json': ENTRIES });
    expect(problems).toEqual([
      {
        source: 'entries.json',
        code: 'inventory-prefix-list-id',
        message: expect.stringContaining('"PrefixListId" beside "Entries"'),
      },
    ]);
  });

  it('of AWS services may come without ranges: then their entries are unknown, not none', () => {
    const service = { PrefixListId: 'pl-0a', PrefixListName: 'com.amazonaws.eu-west-1.s3' };
    const managed = { ...service, OwnerId: 'AWS', State: 'create-complete' };
    const { snapshot, problems } = read({ a: { PrefixLists: [service] }, b: { PrefixLists: [managed] } });
    expect(problems).toEqual([]);
    expect(snapshot.prefixLists).toMatchObject([{ ownerId: 'AWS', entries: null }]);
  });

  it('of AWS services come with their ranges, and are one list with the managed answer', () => {
    const service = { PrefixListId: 'pl-0a', PrefixListName: 'com.amazonaws.eu-west-1.s3', Cidrs: ['192.0.2.0/25'] };
    const managed = { PrefixListId: 'pl-0a', PrefixListName: 'com.amazonaws.eu-west-1.s3', OwnerId: 'AWS', Version: 1 };
    const { snapshot } = read({ a: { PrefixLists: [service] }, b: { PrefixLists: [managed] } });
    expect(snapshot.prefixLists).toEqual([
      expect.objectContaining({
        ownerId: 'AWS',
        region: 'eu-west-1',
        version: 1,
        entries: [{ cidr: '192.0.2.0/25', description: '' }],
      }),
    ]);
  });
});

describe('VPCs, subnets, instances, peerings and flow logs', () => {
  it('are read, and VPCs take their region from what lies in them', () => {
    const { snapshot, counts, problems } = read({
      f: {
        Vpcs: [
          {
            VpcId: 'vpc-0a',
            OwnerId: '111122223333',
            CidrBlock: '10.0.0.0/16',
            CidrBlockAssociationSet: [
              { CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
              { CidrBlock: '10.9.0.0/16', CidrBlockState: { State: 'disassociated' } },
            ],
            Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/56' }],
          },
        ],
      },
      g: {
        Subnets: [
          {
            SubnetId: 'subnet-0a',
            VpcId: 'vpc-0a',
            OwnerId: '111122223333',
            AvailabilityZone: 'eu-west-1a',
            AvailabilityZoneId: 'euw1-az1',
            CidrBlock: '10.0.0.0/24',
          },
        ],
      },
      h: {
        Reservations: [
          {
            OwnerId: '111122223333',
            Instances: [
              {
                InstanceId: 'i-0a',
                InstanceType: 't3.micro',
                VpcId: 'vpc-0a',
                State: { Name: 'running' },
                LaunchTime: '2025-12-31T23:00:00+00:00',
                Tags: [{ Key: 'Name', Value: 'web-1' }],
              },
            ],
          },
        ],
      },
      i: {
        VpcPeeringConnections: [
          {
            VpcPeeringConnectionId: 'pcx-0a',
            Status: { Code: 'active' },
            RequesterVpcInfo: { VpcId: 'vpc-0a', Region: 'eu-west-1' },
            AccepterVpcInfo: { VpcId: 'vpc-0b', Region: 'eu-west-1' },
          },
        ],
      },
      j: {
        FlowLogs: [
          {
            FlowLogId: 'fl-0a',
            ResourceId: 'vpc-0a',
            TrafficType: 'ALL',
            LogFormat: '${version} ${vpc-id}',
            MaxAggregationInterval: 60,
            FlowLogStatus: 'ACTIVE',
          },
        ],
      },
      k: { UserId: 'AIDA', Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/x' },
    });
    expect(problems).toEqual([]);
    expect(counts).toMatchObject({
      files: 6,
      documents: 6,
      setAside: 1,
      vpcs: 1,
      subnets: 1,
      instances: 1,
      peerings: 1,
      flowLogs: 1,
    });
    expect(snapshot.vpcs[0]).toMatchObject({ region: 'eu-west-1', cidrs: ['10.0.0.0/16', '2001:db8::/56'] });
    expect(snapshot.subnets[0]).toMatchObject({
      vpcId: 'vpc-0a',
      availabilityZoneId: 'euw1-az1',
      cidrs: ['10.0.0.0/24'],
    });
    expect(snapshot.instances[0]).toEqual({
      id: 'i-0a',
      accountId: '111122223333',
      instanceType: 't3.micro',
      vpcId: 'vpc-0a',
      state: 'running',
      launchTime: '2025-12-31T23:00:00.000Z',
      name: 'web-1',
      tags: { Name: 'web-1' },
    });
    expect(snapshot.peerings[0]).toMatchObject({
      status: 'active',
      requesterVpcId: 'vpc-0a',
      accepterRegion: 'eu-west-1',
    });
    expect(snapshot.flowLogs[0]).toEqual({
      id: 'fl-0a',
      resourceId: 'vpc-0a',
      trafficType: 'ALL',
      logFormat: '${version} ${vpc-id}',
      maxAggregationInterval: 60,
      status: 'ACTIVE',
    });
  });

  it('read times that an SDK recorded as objects', () => {
    const LaunchTime = {
      __class__: 'datetime',
      year: 2023,
      month: 8,
      day: 31,
      hour: 18,
      minute: 27,
      second: 3,
      microsecond: 500000,
    };
    const { snapshot } = read({
      f: { status_code: 200, data: { Reservations: [{ Instances: [{ InstanceId: 'i-0a', LaunchTime }] }] } },
    });
    expect(snapshot.instances[0]?.launchTime).toBe('2023-08-31T18:27:03.500Z');
  });
});

describe('problems', () => {
  it.each([
    ['', 'inventory-empty', 'The file is empty'],
    ['{"NetworkInterfaces": [', 'inventory-json', 'Cut off: the file ends at line 1, column 24'],
    [
      'NetworkInterfaces:\n',
      'inventory-json',
      'Not JSON at line 1, column 1: "NetworkInterfaces:". Write the file again with --output json',
    ],
    [
      '{"Buckets": [], "Owner": {}}',
      'inventory-unknown',
      'An object with the keys Buckets, Owner: not the answer of describe-network-interfaces,',
    ],
    ['["sg-0a"]', 'inventory-unknown', 'no answer of AWS'],
    ['null', 'inventory-unknown', 'no answer of AWS'],
    [
      '{"status_code": 403, "data": {"Error": {"Code": "UnauthorizedOperation", "Message": "not yours"}}}',
      'inventory-error',
      'AWS answered UnauthorizedOperation: not yours',
    ],
    ['{"NetworkInterfaces": [{"Status": "in-use"}]}', 'inventory-item', 'no NetworkInterfaceId (its keys: Status)'],
    [
      '{"SecurityGroups": [], "NextToken": "abc"}',
      'inventory-incomplete',
      'More pages of describe-security-groups follow',
    ],
    [Buffer.from('\ufeff{"Vpcs": []}', 'utf16le').toString('utf8'), 'inventory-json', 'Out-File -Encoding utf8'],
  ])('%j is %s', (text, code, message) => {
    const { problems, counts } = read({ 'bad.json': text, 'good.json': { NetworkInterfaces: [INTERFACE] } });
    expect(problems).toEqual([{ source: 'bad.json', code, message: expect.stringContaining(message) }]);
    expect(counts.interfaces).toBe(1);
  });

  it('a last page makes the pages complete', () => {
    const text = '{"SecurityGroups": [], "NextToken": "abc"}{"SecurityGroups": []}';
    expect(read({ f: text }).problems).toEqual([]);
  });

  it('two states of one interface are reported, and the file last by name counts', () => {
    const files = {
      'b.json': { NetworkInterfaces: [{ ...INTERFACE, Description: 'later' }] },
      'a.json': { NetworkInterfaces: [{ ...INTERFACE, Description: 'earlier' }] },
    };
    const { snapshot, problems } = read(files);
    expect(snapshot.interfaces[0]?.description).toBe('later');
    expect(problems).toEqual([
      {
        source: 'a.json, b.json',
        code: 'inventory-conflict',
        message: expect.stringContaining('Described differently: eni-0a.'),
      },
    ]);
  });
});

describe('files and pages', () => {
  const id = fc.integer({ min: 0, max: 3 });
  const page = fc.oneof(
    id.chain((n) => fc.record({ NetworkInterfaces: fc.constant([{ ...INTERFACE, NetworkInterfaceId: `eni-${n}` }]) })),
    fc.record({
      NetworkInterfaces: fc.tuple(id, id).map(([n, group]) => [
        {
          ...INTERFACE,
          NetworkInterfaceId: `eni-${n}`,
          Groups: [{ GroupId: `sg-${group}`, GroupName: `name-${group}` }],
        },
      ]),
    }),
    fc.record({
      SecurityGroups: fc.tuple(id, id).map(([n, vpc]) => [{ ...GROUP, GroupId: `sg-${n}`, VpcId: `vpc-${vpc}` }]),
    }),
    fc.record({
      SecurityGroupRules: fc
        .tuple(id, id, id)
        .map(([n, group, port]) => [
          { ...RULE, SecurityGroupRuleId: `sgr-${n}`, GroupId: `sg-${group}`, FromPort: port },
        ]),
    }),
    fc.record({
      PrefixListId: id.map((n) => `pl-${n}`),
      Entries: fc.tuple(id, fc.string()).map(([n, Description]) => [{ Cidr: `10.${n}.0.0/16`, Description }]),
    }),
    fc.record({ PrefixLists: id.map((n) => [{ PrefixListId: `pl-${n}`, PrefixListName: `list ${n}` }]) }),
    fc.record({
      Subnets: fc
        .tuple(id, id)
        .map(([n, vpc]) => [{ SubnetId: `subnet-${n}`, VpcId: `vpc-${vpc}`, AvailabilityZone: `eu-west-${n}a` }]),
    }),
  );
  const files = fc.array(fc.array(page, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

  it('give the same snapshot and problems in any order and any writing', () => {
    const orders = files.chain((pages) =>
      fc.record({
        pages: fc.constant(pages.map((list, index) => [`file-${index}`, list] as const)),
        shuffled: fc.shuffledSubarray(
          pages.map((_, index) => index),
          { minLength: pages.length },
        ),
        joined: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(orders, ({ pages, shuffled, joined }) => {
        const text = (list: readonly unknown[]) =>
          joined ? list.map((one) => JSON.stringify(one, null, 2)).join('\n') : JSON.stringify(list);
        const straight = pages.map(([source, list]) => ({ source, text: JSON.stringify(list) }));
        const mixed = shuffled.map((index) => {
          const [source, list] = pages[index] as (typeof pages)[number];
          return { source, text: text([...list].reverse()) };
        });
        const a = readInventory(straight, { capturedAt });
        const b = readInventory(mixed, { capturedAt });
        expect(serializeSnapshot(b.snapshot)).toBe(serializeSnapshot(a.snapshot));
        expect(b.problems).toEqual(a.problems);
      }),
    );
  });
});

describe('hostile answers', () => {
  const keys = COMMANDS.map(({ key }) => key);
  const names = [
    'NetworkInterfaceId',
    'GroupId',
    'SecurityGroupRuleId',
    'PrefixListId',
    'VpcId',
    'SubnetId',
    'FlowLogId',
    'InstanceId',
  ];
  const others = [
    'Groups',
    'TagSet',
    'Tags',
    'IpPermissions',
    'PrivateIpAddresses',
    'Association',
    'Attachment',
    'Instances',
    'Cidrs',
    'IpProtocol',
    'FromPort',
    'CidrIpv4',
    'LaunchTime',
    'Key',
    'Value',
    '__proto__',
  ];
  const name = fc.constantFrom(...names, ...others);
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, '', 'eni-0a', 'sg-0a', '10.0.0.1', '10.0.0.0/8', -1, 1e300, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 6 }),
    ),
  })).value;

  it('neither stop the reading nor leave something that cannot be stored', () => {
    const answer = fc.dictionary(
      fc.constantFrom(...keys, 'NextToken', 'Error', 'PrefixListId', 'data', 'status_code'),
      fc.oneof(value, fc.array(fc.dictionary(name, value, { maxKeys: 8 }))),
      { minKeys: 1, maxKeys: 3 },
    );
    fc.assert(
      fc.property(answer, (json) => {
        const { snapshot } = read({ 'hostile.json': json, 'good.json': { Vpcs: [{ VpcId: 'vpc-good' }] } });
        expect(snapshot.vpcs.map(({ id }) => id)).toContain('vpc-good');
        expect(parseSnapshot(serializeSnapshot(snapshot))).toEqual({ ok: true, snapshot });
      }),
    );
  });
});
