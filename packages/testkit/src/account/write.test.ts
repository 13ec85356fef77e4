import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FlowRecord } from '@flowfit/core/flow/record';
import { afterEach, describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import type { WriteEffects } from './effects.ts';
import { FORMATS } from './encode.ts';
import { parsedRecords, smallAccount } from './testing.ts';
import type { TruthRow } from './truth.ts';
import { type WriteOptions, writeAccount } from './write.ts';

/** Files in memory; a file can be read only when it is closed. */
function memory() {
  const files = new Map<string, string>();
  let open = 0;
  let mostOpen = 0;
  const effects: WriteEffects = {
    async openFile(path) {
      mostOpen = Math.max(mostOpen, ++open);
      if (files.has(path)) throw new Error(`${path} is written twice`);
      files.set(path, '');
      let text = '';
      return {
        write: (part) => {
          text += part;
        },
        async close() {
          open--;
          files.set(path, text);
        },
      };
    },
    async writeFile(path, text) {
      files.set(path, text);
    },
  };
  const logs = () => [...files].filter(([path]) => path.startsWith('out/logs/'));
  const open_ = () => ({ open, mostOpen });
  return { files, effects, logs, openFiles: open_ };
}

const written = async (
  options: WriteOptions,
  account = simulateAccount(smallAccount(51, { aggregationInterval: 60, days: 0.05 })),
) => {
  const { files, effects, logs, openFiles } = memory();
  const result = await writeAccount(account, 'out', options, effects);
  return { account, files, logs: logs(), result, openFiles: openFiles() };
};

const withoutHeader = (text: string) => text.split('\n').slice(1, -1);

describe('writeAccount', () => {
  it('writes all lines in their order, the header first', async () => {
    const { account, logs, result } = await written({ format: 'v5' });
    expect(logs.map(([path]) => path)).toEqual(['out/logs/flow-00001.log.gz']);
    const text = logs[0]![1];
    expect(text.startsWith(`${FORMATS.v5.join(' ')}\n`)).toBe(true);
    expect(withoutHeader(text)).toEqual(account.collect('v5').lines);
    expect(result.totals.records).toBe(withoutHeader(text).length);
  });

  it('tells the truth of what it wrote, row by row', async () => {
    const { account, files, result } = await written({ format: 'v2' });
    const rows = files
      .get('out/truth.ndjson')!
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TruthRow);
    const { connections, rules, totals } = account.collect('v2');
    expect(rows).toEqual(JSON.parse(JSON.stringify([...connections, ...rules, totals])));
    expect(JSON.parse(files.get('out/account.json')!)).toEqual(JSON.parse(JSON.stringify(result)));
    expect(result.rules.used + result.rules.unused).toBe(rules.length);
  });

  it('writes an inventory right before and after each change, and of the end, and when each was captured', async () => {
    const { account, files, result } = await written({ format: 'v3' });
    expect(result.inventory.map(({ at }) => at)).toEqual(account.snapshots.map(({ capturedAt }) => capturedAt));
    const later = account.states.slice(1).flatMap(({ changes }) => [[], changes]);
    expect(result.inventory.map(({ changes }) => changes)).toEqual([[], ...later, []]);
    for (const { path } of result.inventory) {
      expect(path).toMatch(/^inventory\/\d{8}T\d{6}Z$/);
      const flowLogs = JSON.parse(files.get(`out/${path}/describe-flow-logs.json`)!);
      expect(flowLogs.FlowLogs[0].LogFormat).toBe(FORMATS.v3.map((name) => `\${${name}}`).join(' '));
    }
  });

  it.each(['awslogs', 'hive'] as const)('layout %s: a file holds what ended in its five minutes', async (layout) => {
    const account = simulateAccount(
      smallAccount(52, { aggregationInterval: 60, days: 0.05, sites: 2, interfaces: 50 }),
    );
    const { logs, openFiles, result } = await written({ format: 'v2', layout, parallelFiles: 2 }, account);
    const name =
      layout === 'hive'
        ? /^out\/logs\/AWSLogs\/aws-account-id=(\d{12})\/aws-service=vpcflowlogs\/aws-region=[a-z0-9-]+\/year=2026\/month=06\/day=01\/\1_vpcflowlogs_[a-z0-9-]+_fl-[0-9a-f]{17}_(\d{8}T\d{4}Z)_[0-9a-f]{8}\.log\.gz$/
        : /^out\/logs\/AWSLogs\/(\d{12})\/vpcflowlogs\/[a-z0-9-]+\/2026\/06\/01\/\1_vpcflowlogs_[a-z0-9-]+_fl-[0-9a-f]{17}_(\d{8}T\d{4}Z)_[0-9a-f]{8}\.log\.gz$/;
    let records = 0;
    for (const [path, text] of logs) {
      const [, accountId, time] = name.exec(path)!;
      const from = Date.parse(time!.replace(/(....)(..)(..)T(..)(..)Z/, '$1-$2-$3T$4:$5:00Z')) / 1000;
      const lines = withoutHeader(text);
      records += lines.length;
      for (const line of lines) {
        const fields = line.split(' ');
        expect([accountId, 'unknown']).toContain(fields[1]);
        expect(Math.floor(Number(fields[11]) / 300) * 300).toBe(from);
      }
    }
    expect(records).toBe(result.totals.records);
    expect(logs.length).toBeGreaterThan(30);
    expect(result.files).toBe(logs.length);
    // Two sites, two files each, of the present slot and the ones that late ends reach; and the truth.
    expect(openFiles.mostOpen).toBeLessThanOrEqual(13);
    expect(openFiles.open).toBe(0);
  });

  it('closes plain files at their size and divides interfaces among parallel ones', async () => {
    const { account, logs } = await written({
      format: 'v2',
      parallelFiles: 3,
      recordsPerFile: 500,
      header: false,
      compression: 'none',
    });
    expect(logs.every(([path]) => path.endsWith('.log'))).toBe(true);
    expect(logs.length).toBeGreaterThan(6);
    const lines = logs.flatMap(([, text]) => text.split('\n').slice(0, -1));
    expect(lines.sort()).toEqual([...account.collect('v2').lines].sort());
  });

  it('redelivers in the same file and in later ones', async () => {
    const account = simulateAccount(smallAccount(53, { features: { duplicates: true }, records: 20_000 }));
    const { logs, result } = await written({ format: 'v2', recordsPerFile: 2000 }, account);
    const filesOf = new Map<string, number[]>();
    for (const [index, [, text]] of logs.entries()) {
      for (const line of withoutHeader(text)) filesOf.set(line, [...(filesOf.get(line) ?? []), index]);
    }
    const repeated = [...filesOf.values()].filter(({ length }) => length > 1);
    expect(repeated.length).toBe(result.totals.duplicates);
    expect(repeated.some(([first, second]) => first === second)).toBe(true);
    expect(repeated.some(([first, second]) => first !== second)).toBe(true);
  });

  it('gives records as objects to a writer of another format', async () => {
    const records: FlowRecord[] = [];
    let closed = 0;
    const openRecordWriter = async (fields: readonly string[]) => {
      expect(fields).toEqual(FORMATS.all);
      return {
        write: async (batch: readonly FlowRecord[]) => void records.push(...batch),
        close: async () => void closed++,
      };
    };
    const { account, logs } = await written({ format: 'all', openRecordWriter });
    expect(logs).toEqual([]);
    expect(closed).toBe(1);
    const accepted = records.filter((record) => record['log-status'] === 'OK');
    expect(accepted).toEqual(parsedRecords(account.collect('all').lines, 'all'));
  });
});

describe('files of the machine', () => {
  let directory = '';
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are gzip that holds the lines', async () => {
    directory = await mkdtemp(join(tmpdir(), 'flowfit-account-'));
    const account = simulateAccount(smallAccount(54));
    await writeAccount(account, directory, { format: 'v5' });
    const text = gunzipSync(await readFile(join(directory, 'logs/flow-00001.log.gz'))).toString('latin1');
    expect(withoutHeader(text)).toEqual(account.collect('v5').lines);
  });

  it('that cannot be written fail the whole', async () => {
    directory = await mkdtemp(join(tmpdir(), 'flowfit-account-'));
    const account = simulateAccount(smallAccount(55));
    await writeAccount(account, directory, { format: 'v2' });
    // A file where a directory should be.
    await expect(writeAccount(account, join(directory, 'account.json'), { format: 'v2' })).rejects.toThrow(
      /ENOTDIR|EEXIST/,
    );
  });
});
