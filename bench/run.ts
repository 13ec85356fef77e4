/**
 * `npm run bench [-- SIZE…]`: ingest beside what it is measured against, on the same files in one run.
 *
 *   flowfit   files to enriched lake with conversations: what `flowfit ingest` does
 *   duckdb    DuckDB alone: read_csv of the same files, COPY to one Parquet file
 *   gunzip    Node decompressing the same files, one after the other
 *   loop      a record-at-a-time JavaScript loop: decompress, parse, enrich, and count
 *
 * Each runs in a process of its own, so that peak memory is its own. Ratios within one run say more than seconds, which
 * depend on the machine; the table that `bench/README.md` keeps is a run of this.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeAccount } from './ingest/account.ts';
import { SUBJECTS, type Subject } from './ingest/subjects.ts';

interface Measurement {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const run = promisify(execFile);

const measure = async (subject: Subject, account: string, scratch: string): Promise<Measurement> => {
  const script = join(import.meta.dirname, 'ingest', 'measure.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, subject, account, scratch], {
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as Measurement;
};

const parseSize = (text: string): number => {
  const match = /^(\d+)([kM]?)$/.exec(text);
  if (match === null) throw new Error(`${text} is no number of records: write 500k or 10M.`);
  return Number(match[1]) * { '': 1, k: 1000, M: 1_000_000 }[match[2] as '' | 'k' | 'M'];
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const benchSize = async (folder: string, text: string, format: string): Promise<void> => {
  const account = join(folder, `account-${format}-${text}`);
  if (!existsSync(join(account, 'account.json'))) await makeAccount(account, parseSize(text), format);
  const results = new Map<Subject, Measurement>();
  for (const subject of SUBJECTS) {
    const scratch = join(folder, 'scratch');
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true });
    results.set(subject, await measure(subject, account, scratch));
    await rm(scratch, { recursive: true, force: true });
  }
  const reference = results.get('duckdb') as Measurement;
  for (const [subject, { records, seconds, cpuSeconds, peakBytes }] of results) {
    const cells = [
      `${text} ${format}`,
      subject,
      seconds.toFixed(1),
      cpuSeconds.toFixed(1),
      Math.round(records / seconds).toLocaleString('en'),
      `${(seconds / reference.seconds).toFixed(2)} ×`,
      `${Math.round(peakBytes / 2 ** 20).toLocaleString('en')} MiB`,
    ];
    print(`| ${cells.join(' | ')} |`);
  }
};

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  const format = args.find((arg) => /^v\d$/.test(arg)) ?? 'v2';
  const sizes = args.filter((arg) => arg !== format);
  const folder = process.env['FLOWFIT_BENCH_DIR'] ?? join(tmpdir(), 'flowfit-bench');
  await mkdir(folder, { recursive: true });
  print('| records | subject | seconds | CPU seconds | records/s | against duckdb | peak memory |');
  print('|---|---|--:|--:|--:|--:|--:|');
  for (const size of sizes.length > 0 ? sizes : ['1M', '10M', '50M']) await benchSize(folder, size, format);
};

await main();
