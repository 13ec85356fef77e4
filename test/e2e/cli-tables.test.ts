/**
 * What people read: the tables of every command over one small account, as golden files. A web server behind a group
 * that is open to the world, a database that only the web server may reach, and a group that nothing has.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCliGolden, runInFolder } from './cli-golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

const OWNER = { OwnerId: '111122223333', VpcId: 'vpc-0a' };

interface Rule {
  readonly id: string;
  readonly groupId: string;
  readonly ports: readonly [first: number, last: number];
  /** A CIDR or a group. */
  readonly peer: string;
  readonly description: string;
}

const RULES: readonly Rule[] = [
  { id: 'sgr-0a1', groupId: 'sg-0a', ports: [443, 443], peer: '0.0.0.0/0', description: 'the public' },
  { id: 'sgr-0a2', groupId: 'sg-0a', ports: [22, 22], peer: '10.9.0.0/16', description: 'administrators' },
  { id: 'sgr-0b1', groupId: 'sg-0b', ports: [5432, 5432], peer: 'sg-0a', description: 'web servers' },
  { id: 'sgr-0c1', groupId: 'sg-0c', ports: [0, 65535], peer: '10.0.0.0/8', description: 'of former times' },
];

/** As describe-security-group-rules answers. */
const toRuleAnswer = ({ id, groupId, ports, peer, description }: Rule) => ({
  SecurityGroupRuleId: id,
  GroupId: groupId,
  GroupOwnerId: OWNER.OwnerId,
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: ports[0],
  ToPort: ports[1],
  Description: description,
  ...(peer.startsWith('sg-') ? { ReferencedGroupInfo: { GroupId: peer, UserId: OWNER.OwnerId } } : { CidrIpv4: peer }),
});

/** As describe-security-groups answers. */
const toGroupAnswer = (id: string, name: string) => ({
  ...OWNER,
  GroupId: id,
  GroupName: name,
  Description: name,
  IpPermissions: RULES.filter(({ groupId }) => groupId === id).map(({ ports, peer, description }) => ({
    IpProtocol: 'tcp',
    FromPort: ports[0],
    ToPort: ports[1],
    IpRanges: peer.startsWith('sg-') ? [] : [{ CidrIp: peer, Description: description }],
    UserIdGroupPairs: peer.startsWith('sg-') ? [{ GroupId: peer, UserId: OWNER.OwnerId }] : [],
  })),
  IpPermissionsEgress: [],
});
const networkInterface = (id: string, address: string, groupId: string, name: string) => ({
  ...OWNER,
  NetworkInterfaceId: id,
  InterfaceType: 'interface',
  Status: 'in-use',
  PrivateIpAddress: address,
  PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
  Groups: [{ GroupId: groupId }],
  TagSet: [{ Key: 'Name', Value: name }],
});
const HOUR = 3600;
const BEGIN = Date.parse('2026-06-01T00:00:00Z') / 1000;
const LAYOUT =
  'account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction log-status';

/** A connection: the request and, where it was accepted, the reply. */
const connection = (hour: number, id: string, from: string, to: string, ports: [number, number], action: string) => {
  const start = BEGIN + hour * HOUR + 60;
  const line = (a: string, b: string, p: number, q: number, flags: number, way: string) =>
    `111122223333 ${id} ${a} ${b} ${p} ${q} 6 10 1000 ${start} ${start + 60} ${action} ${flags} ${way} OK`;
  const request = line(from, to, ports[0], ports[1], action === 'ACCEPT' ? 3 : 2, 'ingress');
  return action === 'ACCEPT' ? [request, line(to, from, ports[1], ports[0], 19, 'egress')] : [request];
};
const quiet = (hour: number, id: string) => {
  const start = BEGIN + hour * HOUR;
  return `111122223333 ${id} - - - - - - - ${start} ${start + 60} - - - NODATA`;
};

beforeAll(async () => {
  put('2026-06-01T0000Z/interfaces.json', {
    NetworkInterfaces: [
      networkInterface('eni-0a', '10.0.1.5', 'sg-0a', 'web-1'),
      networkInterface('eni-0b', '10.0.2.9', 'sg-0b', 'db-1'),
    ],
  });
  const groups = [toGroupAnswer('sg-0a', 'web'), toGroupAnswer('sg-0b', 'db'), toGroupAnswer('sg-0c', 'old')];
  put('2026-06-01T0000Z/groups.json', { SecurityGroups: groups });
  put('2026-06-01T0000Z/rules.json', { SecurityGroupRules: RULES.map(toRuleAnswer) });
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const lines = hours.flatMap((hour) => [
    ...connection(hour, 'eni-0a', `198.51.100.${hour % 4}`, '10.0.1.5', [50_000 + hour, 443], 'ACCEPT'),
    ...connection(hour, 'eni-0a', '203.0.113.66', '10.0.1.5', [40_000 + hour, 22], 'REJECT'),
    ...(hour % 2 === 0 ? connection(hour, 'eni-0b', '10.0.1.5', '10.0.2.9', [45_000 + hour, 5432], 'ACCEPT') : []),
    quiet(hour, 'eni-0a'),
    quiet(hour, 'eni-0b'),
  ]);
  put('flow.log', `${[LAYOUT, ...lines].join('\n')}\n`);
  const { code, stderr } = await runInFolder(folder, ['ingest', '@flow.log', '--inventory', '@2026-06-01T0000Z']);
  expect([code, stderr]).toEqual([0, '']);
});

describe('tables', () => {
  it.each([
    ['table-flows', ['flows', '--limit', '4', '--where', 'action = ACCEPT']],
    ['table-top', ['top', 'srcaddr', '--where', 'direction = inbound']],
    ['table-histogram', ['histogram', '--step', '6h']],
    ['table-inventory', ['inventory', 'show']],
    ['table-rules', ['rules']],
    ['table-rules-of-group', ['rules', '--group', 'web', '--verdict', 'unused']],
    ['table-groups', ['groups']],
    ['table-findings', ['findings']],
    ['explain-rule', ['explain', 'sgr-0a1']],
    ['explain-packet', ['explain', '--interface', 'eni-0b', '--peer', '10.0.1.5', '--port', '5432']],
    ['explain-packet-refused', ['explain', '--interface', 'eni-0a', '--peer', '203.0.113.66', '--port', '22']],
  ])('%s', async (name, words) => {
    expect((await expectCliGolden(folder, name, words)).code).toBe(0);
  });

  it('cut long columns to the width of the terminal', async () => {
    const { stdout } = await runInFolder(folder, ['flows', '--limit', '3'], {
      columns: 100,
      env: { NO_COLOR: '1', FLOWFIT_LAKE: 'lake' },
    });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('questions that have no answer', () => {
  it.each([
    ['unknown-group', ['rules', '--group', 'wbe']],
    ['unknown-rule', ['explain', 'sgr-0a9']],
    ['unknown-interface', ['explain', '--interface', 'eni-0z', '--peer', '10.0.1.5']],
    ['window-outside', ['rules', '--from', '2027-01-01']],
    ['unknown-finding', ['findings', 'dismiss', 'unusd-rule:sgr-0a2', '--reason', 'none']],
  ])('%s', async (name, words) => {
    expect((await expectCliGolden(folder, name, words)).code).toBe(1);
  });

  it.each([
    ['explain-nothing', ['explain']],
    ['explain-bad-address', ['explain', '--interface', 'eni-0a', '--peer', '10.0.1']],
    ['dismiss-without-reason', ['findings', 'dismiss', 'unused-rule:sgr-0a2']],
  ])('%s', async (name, words) => {
    expect((await expectCliGolden(folder, name, words)).code).toBe(2);
  });
});

describe('dismissals', () => {
  it('set a finding aside until it is restored', async () => {
    const { stdout } = await runInFolder(folder, ['findings', '--json']);
    const [finding] = JSON.parse(stdout).findings;
    await expectCliGolden(folder, 'dismiss', ['findings', 'dismiss', finding.id, '--reason', 'Known, and wanted.']);
    const ids = async (...words: string[]) =>
      JSON.parse((await runInFolder(folder, ['findings', '--json', ...words])).stdout).findings.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids()).not.toContain(finding.id);
    expect(await ids('--dismissed')).toContain(finding.id);
    await expectCliGolden(folder, 'table-findings-dismissed', ['findings', '--dismissed']);
    expect((await runInFolder(folder, ['findings', 'restore', finding.id])).code).toBe(0);
    expect(await ids()).toContain(finding.id);
    expect((await runInFolder(folder, ['findings', 'restore', finding.id])).stderr).toMatch(/^error\[not-dismissed\]/);
  });
});
