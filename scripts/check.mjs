/**
 * `npm test`: everything that can be checked, with one summary. `node scripts/check.mjs lint types` runs those alone.
 * The last line holds the counts of the tests; the exit code is 1 when anything failed.
 *
 * The build comes first, because the end-to-end tests and the documentation run what it makes; the checks need one core
 * each and run two at a time, the longest first; the tests use all cores and run last.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, formatCounts } from './lib/test-counts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const scratch = mkdtempSync(join(tmpdir(), 'flowfit-check-'));
const testReport = join(scratch, 'vitest.json');

const node = (...args) => [process.execPath, args];
const tool = (name, ...args) => [join(root, 'node_modules/.bin', name), args];
const check = (name, [command, args], options = {}) => ({ name, command, args, ...options });

const PHASES = [
  [check('build', node('scripts/build.mjs'))],
  [
    check('types', tool('tsc', '--noEmit')),
    check('documentation', node('scripts/test-docs.mjs')),
    // Tests would install them on first use, while others wait for them.
    check('servers for tests', tool('tsx', 'scripts/test-servers.ts'), { live: true }),
    check('types of the web app', tool('tsc', '--noEmit', '-p', 'packages/web'), {
      needs: 'packages/web/tsconfig.json',
    }),
    check('lint', tool('biome', 'check', '--error-on-warnings', '.')),
    check('module graph', node('scripts/module-graph.mjs')),
    check('dead code', tool('knip', '--no-config-hints')),
    check('lockfile', node('scripts/lockfile.mjs')),
    check('licences', node('scripts/licences.mjs')),
    check('core bundles', node('scripts/core-bundles.mjs')),
  ],
  [
    check('tests', tool('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${testReport}`), {
      live: true,
    }),
  ],
];

const results = [];
for (const phase of selectPhases(process.argv.slice(2))) await runPhase(phase);
report();
rmSync(scratch, { recursive: true, force: true });

function selectPhases(names) {
  const known = PHASES.flat().map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(', ')}. Checks: ${known.join(', ')}.`);
    process.exit(2);
  }
  const isWanted = ({ name, needs }) =>
    (names.length === 0 || names.includes(name)) && (needs === undefined || existsSync(join(root, needs)));
  return PHASES.map((phase) => phase.filter(isWanted));
}

/** Runs the checks of a phase, as many at a time as there are cores, at most two. */
async function runPhase(phase) {
  const waiting = [...phase];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await run(next));
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
}

/** A failing check shows its whole output, a passing one its name; `live` ones show it as it comes. */
async function run({ name, command, args, live = false }) {
  const began = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
  });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  const failure = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? null : `exit ${code ?? signal}`));
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const line = `${failure === null ? '✓' : '✗'} ${name} (${seconds} s)${failure === null ? '' : `: ${failure}`}`;
  if (!live) console.log(line);
  if (failure !== null && !live) console.log(Buffer.concat(chunks).toString('utf8'));
  return { name, passed: failure === null, line };
}

function report() {
  console.log(`\n${results.map(({ line }) => line).join('\n')}\n`);
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
  console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  if (failed.length > 0) process.exitCode = 1;

  if (!results.some(({ name }) => name === 'tests')) return;
  const counts = countTests(existsSync(testReport) ? JSON.parse(readFileSync(testReport, 'utf8')) : null);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
  console.log(formatCounts(counts));
}
