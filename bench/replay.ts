/**
 * `tsx bench/replay.ts [CONVERSATIONS [RULES]]`: observed connections against a changed rule set, a million
 * conversations and two thousand rules unless told otherwise. What the subjects are, `replay/measure.ts` says.
 *
 * All but "lake" make the conversations as they go; how long that takes alone is a column of its own.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReplayMeasurement } from './replay/measure.ts';

const run = promisify(execFile);
const script = (folder: string): string => join(import.meta.dirname, folder, 'measure.ts');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [conversations = 1_000_000, rules = 2000] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'flowfit-replay-'));
const child = async (path: string, subject: string): Promise<string> => {
  const args = ['--import', 'tsx', path, subject, String(conversations), String(rules), folder];
  return (await run(process.execPath, args)).stdout;
};

try {
  await child(script('attribution'), 'fill');
  print(`${conversations.toLocaleString('en')} conversations, ${rules.toLocaleString('en')} rules`);
  print(
    '| subject | replay s | of it making conversations s | CPU s | peak MiB | kept | cut | newly admitted | unknown |',
  );
  print('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const subject of ['core', 'wide', 'late', 'lake']) {
    const measured = JSON.parse(await child(script('replay'), subject)) as ReplayMeasurement;
    const { seconds, makingSeconds, cpuSeconds, peakBytes, kept, cut, newlyAdmitted, unknown } = measured;
    const times = [seconds, makingSeconds, cpuSeconds].map((time) => time.toFixed(1));
    const counts = [kept, cut, newlyAdmitted, unknown].map((count) => count.toLocaleString('en'));
    print(`| ${[subject, ...times, Math.round(peakBytes / 2 ** 20), ...counts].join(' | ')} |`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
