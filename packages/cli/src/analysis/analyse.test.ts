/** What commands on rules say of lakes that tell less than they need. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const RECORD = {
  'interface-id': 'eni-1',
  srcaddr: '192.0.2.7',
  dstaddr: '10.0.0.1',
  srcport: 40_000,
  dstport: 443,
  protocol: 6,
  start: 1_780_272_000,
  action: 'ACCEPT',
};

const RULES = inventoryOf({
  groups: { 'sg-a': ['inbound tcp 443 from 0.0.0.0/0'] },
  interfaces: { 'eni-1': { groups: ['sg-a'], addresses: ['10.0.0.1'] } },
});

/** The verdicts of `rules` on a log without some fields, and its messages. */
const rulesWithout = async (...lacking: string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-cli-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const fields = Object.entries(RECORD).filter(([name]) => !lacking.includes(name));
  const [names, values] = [0, 1].map((part) => fields.map((field) => field[part]).join(' '));
  await writeFile(join(folder, 'records.log'), `${names}\n${values}\n`);
  const lake = await openLake(join(folder, 'lake'), { create: true });
  await ingest(lake, [join(folder, 'records.log')], { snapshots: [RULES] });
  lake.close();
  const { code, stdout, stderr } = await runCli(['rules', '--json'], { cwd: folder, env: { FLOWFIT_LAKE: 'lake' } });
  const { rules } = JSON.parse(stdout) as { rules: { verdict: string; reasons: string[] }[] };
  return { code, verdicts: rules.map(({ verdict, reasons }) => ({ verdict, reasons })), stderr };
};

it('records without time are not no records: nothing is decided beside them', async () => {
  const { code, verdicts, stderr } = await rulesWithout('start');
  expect(code).toBe(0);
  expect(verdicts).toMatchObject([{ verdict: 'undecided' }]);
  expect(verdicts[0]?.reasons).toContain('layout-incomplete');
  expect(stderr).toContain('warning[records-without-time]: no record of the lake tells its time');
  expect((await rulesWithout()).stderr).toBe('');
});
