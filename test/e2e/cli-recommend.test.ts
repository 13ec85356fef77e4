/** `flowfit recommend` as people and programs meet it, with keep-files, wishes and patches. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ExampleAccount, inventoryOf } from '@flowfit/core/analysis/example-account';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCliGolden, runInFolder } from './cli-golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-recommend-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

const BEGIN = Date.parse('2026-06-01T00:00:00Z') / 1000;
const DAYS = 10;
const LAYOUT =
  'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags flow-direction log-status';

const connection = (day: number, id: string, from: string, to: string, port: number): string => {
  const start = BEGIN + day * 86_400 + 3600;
  return `${id} ${from} ${to} ${40_000 + day} ${port} 6 10 1000 ${start} ${start + 60} ACCEPT 2 ingress OK`;
};

/** An hour without traffic. */
const silence = (hour: number, id: string): string => {
  const start = BEGIN + hour * 3600;
  return `${id} - - - - - - - ${start} ${start + 3600} - - - NODATA`;
};

const ACCOUNT: ExampleAccount = {
  groups: {
    'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 10.0.9.0/24', 'inbound tcp 8080 from 10.0.0.0/8'],
    'sg-db': ['inbound tcp all from 10.0.0.0/16'],
    'sg-idle': ['inbound all from 10.0.0.0/8'],
    'sg-as-it-is': [],
  },
  interfaces: {
    'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.1'] },
    'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
  },
};

/** Patches need ids such as AWS gives: `sgr-00000000000000c01` is the first of the third group. */
const withAwsIds = (state: InventorySnapshot): InventorySnapshot => ({
  ...state,
  groups: state.groups.map((group, place) => ({
    ...group,
    rules: group.rules.map((rule, index) => ({
      ...rule,
      id: `sgr-00000000000000${(place + 10).toString(16)}0${index + 1}`,
    })),
  })),
});

beforeAll(async () => {
  const days = Array.from({ length: DAYS }, (_, day) => day);
  const lines = [
    ...days.flatMap((day) => [
      connection(day, 'eni-web', `203.0.113.${day}`, '10.0.0.1', 443),
      connection(day, 'eni-web', `198.51.100.${20 * day}`, '10.0.0.1', 443),
      connection(day, 'eni-web', '10.0.9.4', '10.0.0.1', 22),
      connection(day, 'eni-web', '10.0.9.77', '10.0.0.1', 22),
      connection(day, 'eni-db', '10.0.0.1', '10.0.0.2', 5432),
    ]),
    ...Array.from({ length: DAYS * 24 }, (_, hour) => ['eni-web', 'eni-db'].map((id) => silence(hour, id))).flat(),
  ];
  put('flow.log', `${[LAYOUT, ...lines].join('\n')}\n`);
  const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1 });
  const captures = ['2026-05-31T23:00:00Z', '2026-06-11T01:00:00Z'].map((at) => withAwsIds(inventoryOf(ACCOUNT, at)));
  await ingest(lake, [join(folder, 'flow.log')], { snapshots: captures });
  lake.close();
});

describe('recommend', () => {
  it('lists all groups in a table', async () => {
    const { code } = await expectCliGolden(folder, 'recommend-table', ['recommend']);
    expect(code).toBe(0);
  });

  it('tells of one group its rules, its curve, and why', async () => {
    await expectCliGolden(folder, 'recommend-group', ['recommend', '--group', 'web']);
    await expectCliGolden(folder, 'recommend-rules-at-most', ['recommend', '--group', 'web', '--rules-at-most', '4']);
  });

  it('is the document of the contract for programs, and replay cuts nothing of it', async () => {
    const words = ['recommend', '--group', 'db', '--json'];
    const { stdout } = await expectCliGolden(folder, 'recommend-json', words);
    put('tighter.json', stdout);
    const { code, stdout: replayed } = await runInFolder(folder, [
      ...['replay', '--recommendation', '@tighter.json', '--json'],
    ]);
    expect(JSON.parse(replayed)).toMatchObject({ change: { groups: ['sg-db'] }, connections: { cut: 0, unknown: 0 } });
    expect(code).toBe(0);
  });

  it('gives the fewest rules for an openness', async () => {
    const { stdout } = await runInFolder(folder, ['recommend', '--group', 'web', '--openness', '600', '--json']);
    const { groups } = JSON.parse(stdout) as { groups: { curve: { openness: { ipv4: number } }[]; chosen: number }[] };
    const [{ curve, chosen }] = groups as [(typeof groups)[0]];
    expect(curve[chosen]?.openness.ipv4).toBeLessThanOrEqual(600);
    expect(curve[chosen - 1]?.openness.ipv4).toBeGreaterThan(600);
  });

  it('keeps what the keep-file names, with the reason', async () => {
    put('keep.json', {
      schema: 'flowfit.keep/1',
      keep: [
        { rule: 'sgr-00000000000000a03', reason: 'Canary, switched on at night' },
        { cidr: '10.0.9.0/28', group: 'sg-web', reason: 'New office', expires: '2999-12-31' },
      ],
    });
    const words = ['recommend', '--group', 'web', '--keep', '@keep.json', '--rules-at-most', '5'];
    const { stdout } = await expectCliGolden(folder, 'recommend-keep', words);
    expect(stdout).toContain('Canary, switched on at night');
  });

  it('writes patches and their rollback to a folder', async () => {
    const words = ['recommend', '--group', 'db', '--patch', '@patches'];
    const { code } = await expectCliGolden(folder, 'recommend-patch', words);
    expect(code).toBe(0);
    const files = readdirSync(join(folder, 'patches'), { recursive: true }).map(String).sort();
    expect(files).toMatchInlineSnapshot(`
      [
        "apply.sh",
        "cloudformation",
        "cloudformation/sg-db",
        "cloudformation/sg-db/import.json",
        "cloudformation/sg-db/resources-to-import.json",
        "cloudformation/sg-db/template.json",
        "rollback.sh",
        "terraform",
        "terraform/step-1",
        "terraform/step-1/flowfit.tf",
        "terraform/step-2",
        "terraform/step-2/flowfit.tf",
      ]
    `);
    const script = readFileSync(join(folder, 'patches', 'apply.sh'), 'utf8');
    expect(script).toContain('sg-web');
    expect(script).toContain('10.0.0.0/16');
    const only = ['recommend', '--group', 'db', '--patch', '@script', '--patch-kind', 'aws-cli'];
    expect((await runInFolder(folder, only)).code).toBe(0);
    expect(readdirSync(join(folder, 'script')).length).toBeLessThan(files.length);
  });
});

describe('what cannot be recommended', () => {
  it.each([
    ['recommend-rules-too-few', ['--group', 'web', '--rules-at-most', '1'], 1],
    ['recommend-openness-too-low', ['--group', 'web', '--openness', '1'], 1],
    ['recommend-two-wishes', ['--rules-at-most', '5', '--openness', '1%'], 2],
    ['recommend-bad-openness', ['--openness', 'little'], 2],
    ['recommend-unknown-group', ['--group', 'sg-none'], 1],
    ['recommend-keep-missing', ['--keep', '@nowhere.json'], 1],
    ['recommend-keep-no-json', ['--keep', '@cut-off.json'], 1],
    ['recommend-keep-invalid', ['--keep', '@invalid.json'], 1],
    ['recommend-keep-newer', ['--keep', '@newer.json'], 1],
    ['recommend-keep-unknown', ['--keep', '@unknown.json'], 1],
    ['recommend-keep-expired', ['--keep', '@expired.json'], 1],
    ['recommend-no-evidence', ['--from', '2026-06-01T05:00:00Z', '--to', '2026-06-01T09:00:00Z'], 1],
    ['recommend-bad-patch-kind', ['--patch', '@patches', '--patch-kind', 'pulumi'], 2],
  ])('%s', async (name, words, exit) => {
    const keepFile = (...keep: unknown[]) => ({ schema: 'flowfit.keep/1', keep });
    put('cut-off.json', '{"schema": "flowfit.keep/1", "keep": [');
    put(
      'invalid.json',
      keepFile({ rule: 'sgr-00000000000000a01', reason: 'Kept' }, { cidr: '10.0.9.0/40', reason: 'No block' }),
    );
    put('newer.json', { schema: 'flowfit.keep/2', keep: [] });
    put('unknown.json', keepFile({ rule: 'sgr-00000000000000a09', reason: 'Gone' }));
    put('expired.json', keepFile({ port: 'tcp 443', reason: 'Last year', expires: '2025-12-31' }));
    const { code, stdout } = await expectCliGolden(folder, name, ['recommend', ...words]);
    expect([code, stdout]).toEqual([exit, '']);
  });
});
