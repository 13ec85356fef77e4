/**
 * The documents of `--json`, which other programs rely on: a simulated account goes through the commands, and what they
 * say is held against the account's own truth. The commands run inside this process.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import { FORMATS } from '@flowfit/testkit/account/encode';
import type { WrittenAccount } from '@flowfit/testkit/account/write';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../packages/cli/src/testing/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-json-'));
const account = join(folder, 'account');
const env = { FLOWFIT_LAKE: join(folder, 'lake') };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const flowfit = async (...words: string[]) => {
  const { code, stdout, stderr } = await runCli(words, { cwd: folder, env });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};
const json = async (...words: string[]) => JSON.parse(await flowfit(...words, '--json'));
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

let written: WrittenAccount;
let ingested: Record<string, unknown>;

beforeAll(async () => {
  written = await json('generate', '--out', account, '--days', '0.25', '--records', '6000', '--peers', 'geographic');
  ingested = await json('ingest', join(account, 'logs'), '--inventory', join(account, 'inventory'));
});

describe('generate --json', () => {
  it('is the description that it leaves in the folder', () => {
    expect(written.schema).toBe('flowfit.account/1');
    expect(JSON.parse(readFileSync(join(account, 'account.json'), 'utf8'))).toEqual(written);
    expect(readdirSync(account).sort()).toEqual(['account.json', 'inventory', 'logs', 'truth.ndjson']);
  });
});

describe('lake --json', () => {
  it('has a document for each command', async () => {
    const copy = join(folder, 'copy');
    const whole = { isWhole: true, isThorough: true, damaged: [], ledgerSays: null, unknown: [] };
    expect(await json('lake', 'status', '--check')).toMatchObject({
      schema: 'flowfit.lake-status/1',
      records: { stored: written.totals.stored, coverage: written.totals.noData + written.totals.skipData },
      objects: written.files,
      health: whole,
    });
    expect(await json('lake', 'export', copy)).toMatchObject({ schema: 'flowfit.lake-export/1', to: copy });
    expect(await json('lake', 'compact', '--lake', copy)).toMatchObject({ schema: 'flowfit.lake-compact/1' });
    expect(await json('lake', 'repair', '--lake', copy)).toMatchObject({
      schema: 'flowfit.lake-repair/1',
      damaged: [],
      forgotten: [],
      lost: { stored: 0, coverage: 0 },
    });
    const pruned = await json('lake', 'prune', '--before', '2100-01-01', '--lake', copy);
    expect(pruned).toMatchObject({ schema: 'flowfit.lake-prune/1', records: { stored: written.totals.stored } });
    expect(await json('lake', 'status', '--lake', copy)).toMatchObject({
      records: { stored: 0, coverage: 0 },
      days: { count: 0 },
    });
    rmSync(copy, { recursive: true });
  });
});

describe('ingest --json', () => {
  it('has exactly the members of its schema, and counts every line once', () => {
    const { stored, noData, skipData, duplicates, records } = written.totals;
    expect(ingested).toEqual({
      schema: 'flowfit.ingest/1',
      records: { read: records, stored, noData, skipData, duplicates, rejected: {} },
      objects: { read: written.files, alreadyIngested: 0, failed: [] },
      interfaces: { known: expect.any(Number), unknown: 0 },
      window: { from: expect.stringMatching(ISO), to: expect.stringMatching(ISO) },
      bytesRead: expect.any(Number),
      seconds: expect.any(Number),
    });
  });

  it('reads nothing the second time', async () => {
    const again = await json('ingest', join(account, 'logs'), '--inventory', join(account, 'inventory'));
    expect(again.records).toMatchObject({ read: 0, stored: 0, duplicates: 0 });
    expect(again.objects).toEqual({ read: 0, alreadyIngested: written.files, failed: [] });
  });
});

const REAL = resolve('../shared/testdata/real');

describe.skipIf(!existsSync(REAL))('real logs', () => {
  it.each(['*.log', '*.ndjson'])('%s: 190 records are stored, none is rejected', async (pattern) => {
    const report = await json('ingest', join(REAL, pattern), '--lake', join(folder, `real-${pattern.slice(2)}`));
    expect(report.records).toMatchObject({ read: 190, stored: 190, rejected: {} });
    expect(report.objects.failed).toEqual([]);
  });
});

describe('flows', () => {
  const names = [...FORMATS.v5, ...ADDED_FIELDS.map(({ name }) => name)];

  it('--json gives every record with all fields, numbers as numbers', async () => {
    const { schema, flows } = await json('flows');
    expect(schema).toBe('flowfit.flows/1');
    expect(flows).toHaveLength(written.totals.stored);
    for (const flow of flows) {
      expect(Object.keys(flow).sort()).toEqual([...names].sort());
      expect([typeof flow.start, typeof flow.bytes, typeof flow['account-id']]).toEqual(['number', 'number', 'string']);
    }
    const bytes = flows.reduce((sum: number, flow: { bytes: number }) => sum + flow.bytes, 0);
    expect(bytes).toBe(written.totals.bytes);
    const starts = flows.map(({ start }: { start: number }) => start);
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
  });

  it('--ndjson gives the same, one a line, and a window and a limit cut it', async () => {
    const lines = (await flowfit('flows', '--ndjson', '--order', 'oldest')).trimEnd().split('\n');
    expect(lines).toHaveLength(written.totals.stored);
    const from = '2026-06-01T02:00Z';
    const within = (await flowfit('flows', '--ndjson', '--from', from, '--to', '2026-06-01T03:00Z')).trimEnd();
    const expected = lines
      .map((line) => JSON.parse(line).start)
      .filter((start) => inHour(start, Date.parse(from) / 1000));
    expect(within.split('\n')).toHaveLength(expected.length);
    expect((await json('flows', '--limit', '3')).flows).toHaveLength(3);
  });

  it('--where filters by fields of the record and by added ones', async () => {
    const { flows } = await json('flows', '--where', 'action = REJECT and direction = inbound');
    const all = (await json('flows')).flows;
    const expected = all.filter(
      (flow: Record<string, unknown>) => flow.action === 'REJECT' && flow.direction === 'inbound',
    );
    expect(flows.length).toBeGreaterThan(0);
    expect(flows).toHaveLength(expected.length);
  });
});

const inHour = (start: number, hour: number): boolean => start >= hour && start < hour + 3600;

describe('top --json', () => {
  it('counts what the records add up to', async () => {
    const { schema, field, rows } = await json('top', 'action');
    expect([schema, field]).toEqual(['flowfit.top/1', 'action']);
    const { accepted, rejected } = written.totals;
    expect(rows).toEqual([
      { value: 'ACCEPT', flows: accepted, packets: expect.any(Number), bytes: expect.any(Number) },
      { value: 'REJECT', flows: rejected, packets: expect.any(Number), bytes: expect.any(Number) },
    ]);
  });

  it('orders by the measure asked for', async () => {
    const { rows } = await json('top', 'srcaddr', '--by', 'bytes', '--limit', '20');
    const bytes = rows.map((row: { bytes: number }) => row.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    expect(bytes).toHaveLength(20);
  });
});

describe('histogram --json', () => {
  it('adds up to the records, in buckets of the step', async () => {
    const { schema, field, stepSeconds, window, rows } = await json('histogram', '--step', '1h');
    expect([schema, field, stepSeconds]).toEqual(['flowfit.histogram/1', 'action', 3600]);
    expect([window.from, window.to]).toEqual([expect.stringMatching(ISO), expect.stringMatching(ISO)]);
    const flows = rows.reduce((sum: number, row: { flows: number }) => sum + row.flows, 0);
    expect(flows).toBe(written.totals.stored);
    for (const { time } of rows) expect(Date.parse(time) % 3_600_000).toBe(0);
  });
});

describe('inventory --json', () => {
  it('shows every capture and what the newest holds', async () => {
    const { schema, captures, inventory } = await json('inventory', 'show');
    expect(schema).toBe('flowfit.inventory-show/1');
    expect(captures.map((time: string) => Date.parse(time))).toEqual(written.inventory.map(({ at }) => Date.parse(at)));
    expect(inventory.totals.interfaces).toBeGreaterThan(0);
    expect(inventory.gaps).toEqual([]);
  });

  it('adds a capture once', async () => {
    const [first] = written.inventory;
    const added = await json('inventory', 'add', join(account, first?.path ?? ''));
    expect(added).toEqual({
      schema: 'flowfit.inventory-add/1',
      captures: [{ capturedAt: first?.at, counts: expect.objectContaining({ files: expect.any(Number) }) }],
      problems: [],
    });
    expect((await json('inventory', 'show')).captures).toHaveLength(written.inventory.length);
  });
});

describe('the analysis', () => {
  it('rules --json has exactly the members of its schema, for every rule of the newest inventory', async () => {
    const { schema, window, lacks, rules } = await json('rules');
    expect(Object.keys(lacks)).toEqual(['rules', 'inventory', 'reasons']);
    expect(schema).toBe('flowfit.rules/1');
    expect(window).toEqual({ from: expect.stringMatching(ISO), to: expect.stringMatching(ISO) });
    const { inventory } = await json('inventory', 'show');
    expect(rules).toHaveLength(inventory.totals.rules);
    for (const rule of rules) {
      expect(Object.keys(rule)).toEqual([
        ...[
          'ruleId',
          'groupId',
          'groupName',
          'vpcId',
          'direction',
          'protocol',
          'fromPort',
          'toPort',
          'peer',
          'description',
        ],
        ...[
          'verdict',
          'reasons',
          'undecided',
          'connections',
          'flows',
          'packets',
          'bytes',
          'firstSeen',
          'lastSeen',
          'peers',
          'ports',
        ],
        'evidence',
      ]);
      expect(Object.keys(rule.connections)).toEqual(['proven', 'inferred', 'possible', 'sole']);
      expect(Object.keys(rule.evidence)).toEqual(['grade', 'observedDays', 'interfaces', 'gaps', 'extrapolated']);
      expect(rule.undecided.map(({ reason }: { reason: string }) => reason)).toEqual(
        rule.verdict === 'undecided' ? rule.reasons : [],
      );
    }
  });

  it('never calls a rule unused that the truth says was used', async () => {
    const used = new Set(
      readFileSync(join(account, 'truth.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter((row) => row.kind === 'rule' && !row.unused)
        .map((row) => row.ruleId),
    );
    const { rules } = await json('rules', '--verdict', 'unused');
    expect(used.size).toBeGreaterThan(0);
    expect(rules.filter((rule: { ruleId: string }) => used.has(rule.ruleId))).toEqual([]);
  });

  it('groups --json has a row for every group', async () => {
    const { schema, groups } = await json('groups');
    expect(schema).toBe('flowfit.groups/1');
    const { inventory } = await json('inventory', 'show');
    expect(groups).toHaveLength(inventory.totals.groups);
    const members = [
      'groupId',
      'groupName',
      'vpcId',
      'verdict',
      'interfaces',
      'referencedBy',
      'rules',
      'flows',
      'bytes',
      'lastSeen',
    ];
    for (const group of groups) expect(Object.keys(group)).toEqual(members);
  });

  it('findings --json has stable ids and what to do', async () => {
    const { schema, findings } = await json('findings');
    expect(schema).toBe('flowfit.findings/1');
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding.id).toMatch(new RegExp(`^${finding.kind}:`));
      expect(['high', 'medium', 'low', 'info']).toContain(finding.severity);
      expect(finding.remediation).not.toBe('');
      expect(finding.dismissed).toBeNull();
    }
  });

  it('explain --json answers with sentences and the rules they are about', async () => {
    const { rules } = await json('rules', '--verdict', 'used');
    const { schema, subject, sentences, rules: explained } = await json('explain', rules[0].ruleId);
    expect([schema, subject]).toEqual(['flowfit.explain/1', rules[0].ruleId]);
    expect(sentences[0]).toContain('is used');
    expect(explained).toEqual([rules[0]]);
  });
});
