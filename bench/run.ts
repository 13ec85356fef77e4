/**
 * `npm run bench [-- NAME] [-- ARGUMENT…]`: measures one part of Flowfit; without a name, the ingest.
 *
 * Each prints a table. `bench/README.md` keeps a run of each.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const BENCHES = {
  ingest: 'ingest.ts',
  decorator: 'decorator.ts',
  attribution: 'attribution.ts',
  replay: 'replay.ts',
  recommend: 'recommend.ts',
  dashboard: '../scripts/dashboard-speed.ts',
} as const satisfies Record<string, string>;

const isBench = (name: string | undefined): name is keyof typeof BENCHES =>
  name !== undefined && Object.hasOwn(BENCHES, name);

const [first, ...others] = process.argv.slice(2);
const [name, args] = isBench(first) ? [first, others] : ['ingest' as const, process.argv.slice(2)];
const script = join(import.meta.dirname, BENCHES[name]);
const bench = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: 'inherit' });
bench.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
