import { afterEach, describe, expect, it } from 'vitest';
import { type Ec2Plan, startFaultyEc2, type Xml } from '../../test/faulty-ec2.ts';
import { captureInventory, findInterfaces } from './capture.ts';
import { createEc2Client } from './client.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
});

const capturedAt = '2026-01-01T00:00:00.000Z';

/** The real client, as it is made for users, against the local EC2; a second attempt is all that these tests need. */
const ec2 = async (plan: Ec2Plan, region = 'eu-west-1') => {
  const server = await startFaultyEc2(plan);
  const client = createEc2Client({
    endpoint: server.url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  open.push(server, { close: () => client.destroy() });
  return { client, server };
};

const networkInterface = (n: number): Xml => ({
  networkInterfaceId: `eni-0${n}`,
  ownerId: '111122223333',
  vpcId: 'vpc-0a',
  availabilityZone: 'eu-west-1a',
  status: 'in-use',
  interfaceType: 'interface',
  groupSet: [{ groupId: 'sg-0a', groupName: 'web' }],
  privateIpAddress: `10.0.0.${n}`,
  privateIpAddressesSet: [{ privateIpAddress: `10.0.0.${n}`, primary: true }],
  ipv6AddressesSet: [{ ipv6Address: `2001:db8:0:0::${n}` }],
  tagSet: [{ key: 'Name', value: `web <${n}> & more` }],
});

const rule = (n: number, peer: { readonly [element: string]: Xml }): Xml => ({
  securityGroupRuleId: `sgr-0${n}`,
  groupId: 'sg-0a',
  groupOwnerId: '111122223333',
  isEgress: false,
  ipProtocol: 'tcp',
  fromPort: 443,
  toPort: 443,
  ...peer,
});

const ACCOUNT: Ec2Plan['items'] = {
  DescribeNetworkInterfaces: [1, 2, 3, 4, 5].map(networkInterface),
  DescribeSecurityGroups: [
    {
      groupId: 'sg-0a',
      groupName: 'web',
      groupDescription: 'web servers',
      ownerId: '111122223333',
      vpcId: 'vpc-0a',
      ipPermissions: [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          ipRanges: [{ cidrIp: '0.0.0.0/0' }],
          prefixListIds: [{ prefixListId: 'pl-0a' }],
        },
      ],
    },
  ],
  DescribeSecurityGroupRules: [rule(1, { cidrIpv4: '0.0.0.0/0' }), rule(2, { prefixListId: 'pl-0a' })],
  DescribeManagedPrefixLists: [
    { prefixListId: 'pl-0a', prefixListName: 'offices', ownerId: '111122223333', version: 2 },
    { prefixListId: 'pl-0b', prefixListName: 'com.amazonaws.eu-west-1.dynamodb', ownerId: 'AWS' },
  ],
  GetManagedPrefixListEntries: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'].map((cidr) => ({ cidr })),
  DescribeInstances: [
    { ownerId: '111122223333', instancesSet: [{ instanceId: 'i-0a', launchTime: '2025-12-31T23:00:00.000Z' }] },
  ],
};

describe('captureInventory', () => {
  it('reads all pages of all calls into a snapshot', async () => {
    const { client, server } = await ec2({ items: ACCOUNT, pageSize: 2 });
    const pages: string[] = [];
    const { snapshot, counts, problems, failures, files } = await captureInventory(client, {
      capturedAt,
      onPage: (region, command, page) => pages.push(`${region} ${command} ${page}`),
    });
    expect(problems).toEqual([]);
    expect(failures).toEqual([]);
    expect(counts).toMatchObject({ interfaces: 5, groups: 1, rules: 2, prefixLists: 2, instances: 1 });
    expect(snapshot.interfaces[0]).toMatchObject({
      id: 'eni-01',
      region: 'eu-west-1',
      groupIds: ['sg-0a'],
      addresses: ['10.0.0.1', '2001:db8::1'],
      name: 'web <1> & more',
    });
    expect(snapshot.groups[0]?.rules.map(({ id }) => id)).toEqual(['sgr-01', 'sgr-02']);
    expect(snapshot.prefixLists.map(({ id, entries }) => [id, entries?.length])).toEqual([
      ['pl-0a', 3],
      ['pl-0b', undefined],
    ]);
    expect(snapshot.instances[0]?.launchTime).toBe('2025-12-31T23:00:00.000Z');
    expect(pages.slice(0, 4)).toEqual([
      'eu-west-1 describe-network-interfaces 1',
      'eu-west-1 describe-network-interfaces 2',
      'eu-west-1 describe-network-interfaces 3',
      'eu-west-1 describe-security-groups 1',
    ]);
    expect(files.map(({ source }) => source)).toContain('eu-west-1/get-managed-prefix-list-entries-pl-0a-2.json');
    expect(server.requests[0]).toMatchObject({ Action: 'DescribeNetworkInterfaces', MaxResults: '1000' });
    expect(JSON.parse(files[0]?.text ?? '')).toEqual({ NetworkInterfaces: [expect.anything(), expect.anything()] });
  });

  it('goes on without what is not allowed, and says so', async () => {
    const { client } = await ec2({
      items: ACCOUNT,
      fault: (action) => (action === 'DescribeInstances' ? 'UnauthorizedOperation' : undefined),
    });
    const { counts, failures } = await captureInventory(client, { capturedAt });
    expect(counts).toMatchObject({ interfaces: 5, instances: 0 });
    expect(failures).toEqual([
      {
        region: 'eu-west-1',
        command: 'describe-instances',
        code: 'UnauthorizedOperation',
        message: 'UnauthorizedOperation, says the test.',
      },
    ]);
  });

  it('leaves out all pages of a call that fails half-way', async () => {
    let pages = 0;
    const { client } = await ec2({
      items: ACCOUNT,
      pageSize: 1,
      fault: (action) => (action === 'GetManagedPrefixListEntries' && pages++ > 0 ? 'InternalRefusal' : undefined),
    });
    const { snapshot, failures } = await captureInventory(client, { capturedAt });
    expect(failures).toMatchObject([{ command: 'get-managed-prefix-list-entries', code: 'InternalRefusal' }]);
    expect(snapshot.prefixLists.find(({ id }) => id === 'pl-0a')?.entries).toBeNull();
  });

  it('fails when groups cannot be read', async () => {
    const { client } = await ec2({
      items: ACCOUNT,
      fault: (action) => (action === 'DescribeSecurityGroups' ? 'UnauthorizedOperation' : undefined),
    });
    await expect(captureInventory(client, { capturedAt })).rejects.toMatchObject({
      code: 'capture-failed',
      message: expect.stringContaining(
        'Cannot capture eu-west-1: aws ec2 describe-security-groups answered UnauthorizedOperation',
      ),
    });
  });

  it('joins regions to one snapshot', async () => {
    const { client } = await ec2({ items: ACCOUNT });
    const other = await ec2(
      {
        items: {
          DescribeNetworkInterfaces: [
            { networkInterfaceId: 'eni-09', availabilityZone: 'us-east-1a', vpcId: 'vpc-0b' },
          ],
        },
      },
      'us-east-1',
    );
    const { snapshot, problems } = await captureInventory([client, other.client], { capturedAt });
    expect(problems).toEqual([]);
    expect(new Set(snapshot.interfaces.map(({ region }) => region))).toEqual(new Set(['eu-west-1', 'us-east-1']));
  });
});

describe('findInterfaces', () => {
  it('asks by a filter, 200 ids at a time, so that ids that are gone do no harm', async () => {
    const { client, server } = await ec2({ items: ACCOUNT });
    const ids = Array.from({ length: 201 }, (_, n) => `eni-${n}`);
    const found = await findInterfaces(client, ids);
    expect(found.map(({ id }) => id)).toEqual(['eni-01', 'eni-02', 'eni-03', 'eni-04', 'eni-05']);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]).toMatchObject({
      'Filter.1.Name': 'network-interface-id',
      'Filter.1.Value.200': 'eni-199',
    });
    expect(server.requests[1]).toMatchObject({ 'Filter.1.Value.1': 'eni-200' });
    expect(server.requests[0]).not.toHaveProperty('NetworkInterfaceId.1');
  });

  it('tries again when EC2 throttles', async () => {
    const { client, server } = await ec2({
      items: ACCOUNT,
      fault: (_action, call) => (call === 0 ? 'RequestLimitExceeded' : undefined),
    });
    expect(await findInterfaces(client, ['eni-01'])).toHaveLength(5);
    expect(server.requests).toHaveLength(2);
  });

  it('asks nothing for no ids', async () => {
    const { client, server } = await ec2({ items: ACCOUNT });
    expect(await findInterfaces(client, [])).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});
