/**
 * `npm run bench [-- SIZE… FORMAT…]`: ingest beside what it is measured against, on the same files in one run; 1, 10 and 50
 * million records of version 2 and 5 unless told otherwise.
 *
 *   flowfit   files to enriched lake with conversations: what `flowfit ingest` does
 *   duckdb    DuckDB alone: read_csv of the same files, COPY to one Parquet file
 *   gunzip    Node decompressing the same files, one after the other
 *
 * Each runs in a process of its own, so that peak memory is its own. Ratios within one run say more than seconds, which
 * depend on the machine. The files are made once and kept in the system's folder for temporary files, or in
 * `FLOWFIT_BENCH_DIR`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeAccount } from './ingest/account.ts';
import { type Measurement, SUBJECTS, type Subject } from './ingest/subjects.ts';

const DEFAULT_SIZES = ['1M', '10M', '50M'];
const DEFAULT_FORMATS = ['v2', 'v5'];

const run = promisify(execFile);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const row = (cells: readonly (string | number)[]): void => print(`| ${cells.join(' | ')} |`);

const measure = async (subject: Subject, account: string, scratch: string): Promise<Measurement> => {
  const script = join(import.meta.dirname, 'ingest', 'measure.ts');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script, subject, account, scratch], {
    maxBuffer: 1 << 24,
  });
  await rm(scratch, { recursive: true, force: true });
  return JSON.parse(stdout) as Measurement;
};

const parseSize = (text: string): number => {
  const match = /^(\d+)([kM]?)$/.exec(text);
  if (match === null) throw new Error(`${text} is neither a number of records, as 500k or 10M, nor a format, as v5.`);
  return Number(match[1]) * { '': 1, k: 1000, M: 1_000_000 }[match[2] as '' | 'k' | 'M'];
};

type Run = Readonly<Record<Subject, Measurement>>;

const benchSize = async (folder: string, size: string, format: string): Promise<Run> => {
  const account = join(folder, `account-${format}-${size}`);
  if (!existsSync(join(account, 'account.json'))) await makeAccount(account, parseSize(size), format);
  const results: [Subject, Measurement][] = [];
  for (const subject of SUBJECTS) results.push([subject, await measure(subject, account, join(folder, 'scratch'))]);
  const runs = Object.fromEntries(results) as Run;
  for (const [subject, { records, seconds, cpuSeconds, peakBytes }] of results) {
    row([
      `${size} ${format}`,
      subject,
      seconds.toFixed(1),
      cpuSeconds.toFixed(1),
      Math.round(records / seconds).toLocaleString('en'),
      `${(seconds / runs.duckdb.seconds).toFixed(2)} ×`,
      `${(cpuSeconds / runs.duckdb.cpuSeconds).toFixed(2)} ×`,
      `${Math.round(peakBytes / 2 ** 20).toLocaleString('en')} MiB`,
    ]);
  }
  return runs;
};

/** What each step of an ingest costs. */
const printSteps = (name: string, { records, steps }: Measurement): void => {
  for (const { step, seconds, cpuSeconds } of steps) {
    row([name, step, seconds.toFixed(1), cpuSeconds.toFixed(1), ((cpuSeconds * 1e6) / records).toFixed(2)]);
  }
};

/** How the cost of a record grows with their number. */
const printGrowth = (format: string, sizes: readonly string[], runs: readonly Run[]): void => {
  const costs = runs.map(({ flowfit: { records, seconds, cpuSeconds } }) => [seconds / records, cpuSeconds / records]);
  for (const [index, [wall = 0, cpu = 0]] of costs.entries()) {
    const [wallBefore = wall, cpuBefore = cpu] = costs[index - 1] ?? [];
    const times = [wall, cpu].map((cost) => (cost * 1e6).toFixed(2));
    const growth = [wall / wallBefore, cpu / cpuBefore].map((ratio) => `${ratio.toFixed(2)} ×`);
    row([`${sizes[index]} ${format}`, ...times, ...(index === 0 ? ['', ''] : growth)]);
  }
};

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  const isFormat = (text: string): boolean => /^(v\d|all)$/.test(text);
  const formats = args.some(isFormat) ? args.filter(isFormat) : DEFAULT_FORMATS;
  const sizes = args.some((arg) => !isFormat(arg)) ? args.filter((arg) => !isFormat(arg)) : DEFAULT_SIZES;
  sizes.sort((a, b) => parseSize(a) - parseSize(b));
  const folder = process.env['FLOWFIT_BENCH_DIR'] ?? join(tmpdir(), 'flowfit-bench');
  await mkdir(folder, { recursive: true });

  print(
    '| records | subject | seconds | CPU seconds | records/s | wall against duckdb | CPU against duckdb | peak memory |',
  );
  print('|---|---|--:|--:|--:|--:|--:|--:|');
  const runs = new Map<string, Run[]>(formats.map((format) => [format, []]));
  for (const [format, list] of runs) {
    for (const size of sizes) list.push(await benchSize(folder, size, format));
  }
  print('\n| records | step of flowfit | seconds | CPU seconds | CPU µs/record |');
  print('|---|---|--:|--:|--:|');
  for (const [format, list] of runs) {
    for (const [index, { flowfit }] of list.entries()) printSteps(`${sizes[index]} ${format}`, flowfit);
  }
  print('\n| records | µs/record | CPU µs/record | against the size before | CPU against the size before |');
  print('|---|--:|--:|--:|--:|');
  for (const [format, list] of runs) printGrowth(format, sizes, list);
};

await main();
