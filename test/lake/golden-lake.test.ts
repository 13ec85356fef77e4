/**
 * Roll-ups of small generated lakes, held against what an earlier version of Flowfit made of the same records: whoever
 * rebuilds the roll-up has to explain each row that differs.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import type { InventorySnapshot, NetworkInterface } from '@flowfit/core/inventory/model';
import { ingest } from '@flowfit/lake/ingest/ingest';
import type { Lake } from '@flowfit/lake/lake';
import { smallAccount, someGeography, writeObjects } from '@flowfit/lake/testing/accounts';
import { rowsOf } from '@flowfit/lake/testing/content';
import { type LogRecord, V2, writeLog } from '@flowfit/lake/testing/logs';
import { randomNumbers } from '@flowfit/lake/testing/random';
import { temporaryFolder, temporaryLake } from '@flowfit/lake/testing/temporary';
import { expect, it } from 'vitest';
import { expectGolden } from '../golden/run.ts';

/** Rows up to this many are kept as they are; of more, a digest for each day. */
const MOST_ROWS = 120;
const SECONDS_PER_DAY = 86_400;

const textOf = async (lake: Lake): Promise<string> => {
  const parts: string[] = [];
  for (const folder of ['conversations', 'connections'] as const) {
    const rows = await rowsOf(lake, folder);
    if (folder === 'conversations') expect(rows).not.toEqual([]);
    parts.push(`${folder}: ${rows.length} rows`, ...(rows.length <= MOST_ROWS ? rows : digestsOf(rows)), '');
  }
  return parts.join('\n');
};

const digestsOf = (rows: readonly string[]): string[] => {
  const days = new Map<string, string[]>();
  for (const row of rows) {
    const { hour, first_seen: firstSeen } = JSON.parse(row) as { hour?: number | null; first_seen: number | null };
    const at = hour ?? firstSeen;
    const day = at === null || at > 1e11 ? 'no day' : new Date(at * 1000).toISOString().slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  return [...days]
    .map(([day, of]) => `${day}: ${of.length} rows, ${createHash('sha256').update(of.join('\n')).digest('hex')}`)
    .sort();
};

const expectAsBefore = async (name: string, lake: Lake): Promise<void> => {
  const folder = join(import.meta.dirname, 'golden');
  mkdirSync(folder, { recursive: true });
  expectGolden(join(folder, `${name}.txt`), await textOf(lake));
};

/** A simulated account in one layout after the other. */
const simulated = async (
  seed: number,
  formats: readonly ('v2' | 'v5')[],
  options: Parameters<typeof smallAccount>[2] & { readonly inventory?: boolean } = {},
): Promise<Lake> => {
  const { inventory = true, ...more } = options;
  const lake = await temporaryLake();
  for (const format of formats) {
    const account = smallAccount(seed, format, more);
    const paths = await writeObjects(await temporaryFolder(), account, 2);
    await ingest(lake, paths, { snapshots: inventory ? account.snapshots : [], geo: someGeography });
  }
  return lake;
};

it.each([
  ['v2', 3],
  ['v5', 4],
  ['v2', 5],
  ['v5', 6],
] as const)('an account in %s with its inventory (seed %i)', async (format, seed) => {
  await expectAsBefore(`${format}-inventory-${seed}`, await simulated(seed, [format]));
});

it.each(['v2', 'v5'] as const)('an account in %s without inventory', async (format) => {
  await expectAsBefore(`${format}-alone`, await simulated(8, [format], { inventory: false }));
});

it('an account in two layouts', async () => {
  await expectAsBefore('two-layouts', await simulated(9, ['v2', 'v5']));
});

it('an account over several days, some connections open at the start', async () => {
  const lake = await simulated(10, ['v2'], {
    days: 2.5,
    records: 3000,
    aggregationInterval: 60,
    features: { openAtStart: true, churn: true, duplicates: true },
  });
  await expectAsBefore('several-days', lake);
});

it('an account over several days with flags', async () => {
  const lake = await simulated(11, ['v5'], {
    days: 2,
    records: 3000,
    features: { openAtStart: true, churn: true, duplicates: true },
  });
  await expectAsBefore('several-days-flags', lake);
});

const BEGIN = Date.UTC(2026, 5, 1) / 1000;

const OWN: Readonly<Record<string, readonly string[]>> = {
  'eni-a': ['10.0.0.1', '2001:db8::1'],
  'eni-b': ['10.0.0.2', '10.0.0.20', '2001:db8::2'],
  'eni-c': ['10.0.0.3'],
  'eni-d': ['10.0.1.4'],
};

const RULES = [
  ['inbound tcp 443 from 10.0.0.0/8', 'outbound all to 0.0.0.0/0'],
  ['inbound udp 5000-6000 from 0.0.0.0/0', 'inbound all from 192.0.2.0/24'],
  ['inbound tcp 1-65535 from 0.0.0.0/0', 'outbound udp 53 to 10.0.0.0/16', 'inbound all from 2001:db8::/32'],
  ['outbound tcp 8000-9000 to 0.0.0.0/0', 'inbound icmp all from 0.0.0.0/0'],
] as const;

/** Four interfaces, of which one is in another VPC, with rules and idle time-outs that change with the captures. */
const capturesOf = (random: () => number): InventorySnapshot[] => {
  const rulesOf = () => RULES[Math.floor(random() * RULES.length)] as readonly string[];
  return [-0.5, 0.3, 0.3004, 1.2, 2.1, 4].map((days) => {
    const account = {
      groups: { 'sg-a': rulesOf(), 'sg-b': rulesOf() },
      interfaces: Object.fromEntries(
        Object.entries(OWN)
          .filter(() => random() < 0.9)
          .map(([id, addresses]) => [id, { groups: random() < 0.5 ? ['sg-a'] : ['sg-a', 'sg-b'], addresses }]),
      ),
    };
    const snapshot = inventoryOf(account, new Date((BEGIN + days * SECONDS_PER_DAY) * 1000).toISOString());
    const changed = (one: NetworkInterface): NetworkInterface => ({
      ...one,
      vpcId: one.id === 'eni-d' ? 'vpc-2' : one.vpcId,
      connectionTracking:
        one.id === 'eni-c' && random() < 0.6
          ? { tcpEstablished: 3600, udpStream: 60, udpSingle: null }
          : one.connectionTracking,
    });
    return {
      ...snapshot,
      interfaces: snapshot.interfaces.map(changed),
      peerings: random() < 0.5 ? [PEERING] : [],
    };
  });
};

const PEERING = {
  id: 'pcx-1',
  name: null,
  tags: {},
  accountId: '111122223333',
  region: 'eu-west-1',
  status: 'active',
  requesterVpcId: 'vpc-1',
  accepterVpcId: 'vpc-2',
  requesterRegion: null,
  accepterRegion: null,
};

const FEW_PORTS = [443, 5000, 40_000];
const PORTS = [0, 22, 53, 123, 443, 500, 5000, 5500, 8080, 8443, 33_000, 40_000, 50_000, 51_000];

/** Few addresses and ports, so that records meet; anything may be missing. */
const anyRecord = (random: () => number): LogRecord => {
  const one = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const interfaceId = one(Object.keys(OWN));
  const own = one(OWN[interfaceId] as readonly string[]);
  const peer = one(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.4', '192.0.2.7', '2001:db8::1', '2001:db8::9']);
  const incoming = random() < 0.5;
  const start = BEGIN + Math.floor(random() * 3 * 24) * 3600 + one([0, 5, 30, 200, 900, 3599]);
  const [srcaddr, dstaddr] = incoming ? [peer, own] : [own, peer];
  const record: Record<string, string | number> = {
    version: 5,
    'account-id': '111122223333',
    'interface-id': interfaceId,
    srcaddr,
    dstaddr,
    srcport: one(random() < 0.7 ? FEW_PORTS : PORTS),
    dstport: one(random() < 0.7 ? FEW_PORTS : PORTS),
    protocol: one([6, 6, 6, 17, 17, 1, 58, 47]),
    packets: 1 + Math.floor(random() * 20),
    bytes: 40 + Math.floor(random() * 4000),
    start,
    end: start + one([0, 10, 59, 60, 119]),
    action: one(['ACCEPT', 'ACCEPT', 'ACCEPT', 'REJECT']),
    'log-status': 'OK',
    'vpc-id': interfaceId === 'eni-d' ? 'vpc-2' : 'vpc-1',
    'tcp-flags': one([0, 1, 2, 2, 3, 18, 18, 19, 4]),
    'pkt-srcaddr': random() < 0.8 ? srcaddr : one(['10.0.0.77', '192.0.2.99']),
    'pkt-dstaddr': random() < 0.8 ? dstaddr : one(['10.0.0.77', '192.0.2.99']),
    'flow-direction': incoming ? 'ingress' : 'egress',
  };
  for (const name of MAY_LACK) if (random() < 0.01) record[name] = '-';
  if (random() < 0.01) record['start'] = one([999_999_999_999, start - 30 * SECONDS_PER_DAY]);
  if (random() < 0.01) record['end'] = one([0, 999_999_999_999, start - 100]);
  return record;
};

const MAY_LACK = [
  ...['account-id', 'interface-id', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end', 'action'],
  ...['srcaddr', 'dstaddr', 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr', 'flow-direction', 'vpc-id'],
];

const LAYOUTS: readonly (readonly string[])[] = [
  V2,
  [...V2, 'tcp-flags'],
  [...V2, 'vpc-id', 'tcp-flags', 'pkt-srcaddr', 'pkt-dstaddr', 'flow-direction'],
  V2.filter((name) => name !== 'action' && name !== 'bytes'),
];

it.each([
  [1, [0], true],
  [2, [1], true],
  [3, [2], true],
  [4, [0, 1, 2, 3], true],
  [5, [2, 0], true],
  [6, [1, 2], false],
  [7, [0], false],
] as const)('records of any shape (seed %i, layouts %j, with captures: %s)', async (seed, layouts, hasCaptures) => {
  const random = randomNumbers(seed * 7919);
  const records = Array.from({ length: 1500 }, () => anyRecord(random));
  const lake = await temporaryLake();
  for (const [nth, layout] of layouts.entries()) {
    // Of two logs the second one sees some of what the first one saw, and more.
    const seen = records.filter((_, index) => index % layouts.length === nth || (nth > 0 && index % 3 === 0));
    await ingest(lake, [await writeLog(seen, LAYOUTS[layout])], {
      snapshots: hasCaptures && nth === 0 ? capturesOf(random) : [],
      geo: someGeography,
    });
  }
  await expectAsBefore(`any-${seed}`, lake);
});

it('few records, all rows to be read', async () => {
  const random = randomNumbers(4711);
  const lake = await temporaryLake();
  const records = Array.from({ length: 40 }, () => anyRecord(random));
  await ingest(lake, [await writeLog(records, LAYOUTS[2])], { snapshots: capturesOf(random), geo: someGeography });
  await expectAsBefore('few', lake);
});
