/** Answers that AWS really gave, of many accounts and years: `../shared/testdata/ec2-recorded`, read in place. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInventory } from './read.ts';

const folder = join(import.meta.dirname, '../../../../../shared/testdata/ec2-recorded');
const capturedAt = '2026-01-01T00:00:00.000Z';

/** The lists whose items become items of a snapshot. */
const LISTS = {
  NetworkInterfaces: 'interfaces',
  SecurityGroups: 'groups',
  PrefixLists: 'prefixLists',
  VpcPeeringConnections: 'peerings',
  FlowLogs: 'flowLogs',
} as const;

describe.skipIf(!existsSync(folder))('recorded answers of EC2 (skipped where the test data is not there)', () => {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((source) => ({ source, text: readFileSync(join(folder, source), 'utf8') }))
    : [];

  it('are there', () => {
    expect(files).toHaveLength(64);
  });

  it.each(files)('$source gives every item it holds', (file) => {
    const { data } = JSON.parse(file.text) as { data: Readonly<Record<string, readonly unknown[] | undefined>> };
    const { counts, problems } = readInventory([file], { capturedAt });
    for (const [key, list] of Object.entries(LISTS)) expect(counts[list as 'groups']).toBe(data[key]?.length ?? 0);
    const expected = 'Error' in data ? ['inventory-error'] : 'Entries' in data ? ['inventory-prefix-list-id'] : [];
    expect(problems.map(({ code }) => code)).toEqual(expected);
  });

  it('tell when interfaces were attached', () => {
    const interfaces = files.filter(({ source }) => source.includes('DescribeNetworkInterfaces'));
    for (const file of interfaces) {
      const { snapshot } = readInventory([file], { capturedAt });
      const times = snapshot.interfaces.flatMap(({ attachedAt }) => attachedAt ?? []);
      expect(times).toHaveLength(file.text.match(/"AttachTime"/g)?.length ?? 0);
      for (const time of times) {
        expect(time).toBeGreaterThan(Date.UTC(2006, 0) / 1000);
        expect(time).toBeLessThan(Date.parse(capturedAt) / 1000);
      }
    }
    const text = interfaces.map((file) => file.text).join('');
    expect(text.match(/"AttachTime"/g)?.length).toBeGreaterThan(8);
  });

  it('give as many rules as there are peers in the permissions', () => {
    const peers = (text: string) => text.match(/"(CidrIp|CidrIpv6|PrefixListId|UserId)":/g)?.length ?? 0;
    const groups = files.filter(({ source }) => source.includes('DescribeSecurityGroups_'));
    for (const file of groups) expect(readInventory([file], { capturedAt }).counts.rules).toBe(peers(file.text));
    expect(groups.reduce((sum, { text }) => sum + peers(text), 0)).toBeGreaterThan(100);
  });

  it('merge to one snapshot; what differs between them is reported', () => {
    const { counts, problems } = readInventory(files, { capturedAt });
    expect(counts).toMatchObject({ files: 64, documents: 64, setAside: 3, interfaces: 16, groups: 66, prefixLists: 1 });
    expect(new Set(problems.map(({ code }) => code))).toEqual(
      new Set(['inventory-conflict', 'inventory-error', 'inventory-prefix-list-id']),
    );
  });
});
