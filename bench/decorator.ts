/**
 * `tsx bench/decorator.ts`: the decorator beside the plain algorithm it replaces, on the same batches, one core each.
 *
 * "handler" is the function itself: base64 both ways, parsing, enrichment, documents as JSON. "whole" adds what the
 * Lambda runtime does around it: the event from JSON text, the answer to JSON text. Ratios within one run say more than
 * seconds; `bench/decorator/README.md` keeps a run of this.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BUNDLE_FOLDER, bundleFunctions } from '@flowfit/lambdas/bundle';

interface Part {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Measurement {
  readonly handler: Part;
  readonly whole: Part;
  readonly peakBytes: number;
}

const run = promisify(execFile);
const script = (name: string) => join(import.meta.dirname, 'decorator', name);
/** As the stack sets it for the functions. */
const env = { ...process.env, NODE_OPTIONS: '--max-semi-space-size=64', NODE_NO_WARNINGS: '1' };

async function measure(subject: string): Promise<Measurement> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', script('measure.ts'), subject], { env });
  return JSON.parse(stdout) as Measurement;
}

const rate = ({ records, seconds }: Part) => Math.round(records / seconds).toLocaleString('en');
const cpu = ({ records, cpuSeconds }: Part) => ((cpuSeconds * 1e6) / records).toFixed(2);
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

const original = await measure('original');
const decorator = await measure('decorator');
console.log(
  '| subject | handler records/s | CPU µs/record | whole records/s | CPU µs/record | against original | peak memory |',
);
console.log('|---|--:|--:|--:|--:|--:|--:|');
for (const [name, { handler, whole, peakBytes }] of Object.entries({ original, decorator })) {
  const ratio = original.whole.cpuSeconds / original.whole.records / (whole.cpuSeconds / whole.records);
  console.log(
    `| ${name} | ${rate(handler)} | ${cpu(handler)} | ${rate(whole)} | ${cpu(whole)} | ${ratio.toFixed(2)} × as fast | ${mebibytes(peakBytes)} |`,
  );
}

const bundles = mkdtempSync(join(BUNDLE_FOLDER, 'bench-'));
try {
  await bundleFunctions(bundles);
  const bundle = pathToFileURL(join(bundles, 'decorator/index.mjs')).href;
  const { stderr } = await run(process.execPath, ['--import', 'tsx', script('cold.ts'), bundle], {
    env,
    maxBuffer: 1 << 26,
  });
  const cold = JSON.parse(stderr.trim().split('\n').at(-1)!) as Record<string, number>;
  console.log(
    `\nCold start: loaded in ${Math.round(cold['loadMilliseconds']!)} ms, then ${cold['documents']} documents in ` +
      `${Math.round(cold['batchMilliseconds']!)} ms (answer ${(cold['responseBytes']! / 1e6).toFixed(2)} MB), ` +
      `${mebibytes(cold['addedBytes']!)} more memory than before.`,
  );
} finally {
  rmSync(bundles, { recursive: true });
}
