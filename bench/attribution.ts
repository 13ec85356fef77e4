/**
 * `tsx bench/attribution.ts [CONVERSATIONS [RULES]]`: from conversations to verdicts and findings, a million
 * conversations and two thousand rules unless told otherwise.
 *
 * "core" makes the conversations as it goes, which is part of its time; "lake" reads them from Parquet, as the commands
 * `rules` and `findings` do. Each runs in a process of its own, so that peak memory is its own.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AttributionMeasurement } from './attribution/measure.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'attribution', 'measure.ts');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [conversations = 1_000_000, rules = 2000] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'flowfit-attribution-'));
const child = async (subject: string): Promise<string> => {
  const args = ['--import', 'tsx', script, subject, String(conversations), String(rules), folder];
  return (await run(process.execPath, args)).stdout;
};

try {
  await child('fill');
  print(`${conversations.toLocaleString('en')} conversations, ${rules.toLocaleString('en')} rules`);
  print('| subject | analysis s | findings s | CPU s | peak MiB | rules used | findings |');
  print('|---|---:|---:|---:|---:|---:|---:|');
  for (const subject of ['core', 'late', 'lake']) {
    const measured = JSON.parse(await child(subject)) as AttributionMeasurement;
    const { analysisSeconds, findingsSeconds, cpuSeconds, peakBytes, used, findings } = measured;
    const times = [analysisSeconds, findingsSeconds, cpuSeconds].map((seconds) => seconds.toFixed(1));
    print(`| ${[subject, ...times, Math.round(peakBytes / 2 ** 20), used, findings].join(' | ')} |`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
