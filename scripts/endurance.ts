/**
 * `npm run endurance [-- ROUNDS [KIND [SEED]]]`: kills writers, and lets them meet, while others read. KIND is one of
 * ingest, roll-up, repair, prune, compact, beside, namespaces, or all.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  killWriters,
  type Outcome,
  readBeside,
  type Setting,
  writeFromTwoNamespaces,
} from '../test/endurance/endurance.ts';
import { KILLED, makeInputs } from '../test/endurance/kinds.ts';
import { Stage } from '../test/endurance/processes.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const RUNS: Readonly<Record<string, { objects: number; run: (setting: Setting) => Promise<Outcome> }>> = {
  ...Object.fromEntries(KILLED.map((kind) => [kind, { objects: 4, run: (setting) => killWriters(kind, setting) }])),
  beside: { objects: 21, run: readBeside },
  namespaces: { objects: 4, run: writeFromTwoNamespaces },
};

const [rounds = '50', kind = 'all', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const kinds = kind === 'all' ? Object.keys(RUNS) : [kind];
if (!/^\d+$/.test(rounds) || !/^\d+$/.test(seed) || kinds.some((one) => !(one in RUNS))) {
  process.stderr.write(
    `Usage: npm run endurance -- [ROUNDS [KIND [SEED]]], KIND one of ${Object.keys(RUNS).join(', ')}.\n`,
  );
  process.exit(2);
}
print(`seed ${seed}`);
const folder = mkdtempSync(join(tmpdir(), 'flowfit-endurance-'));
const stage = await Stage.build(folder);
try {
  for (const one of kinds) {
    const { objects, run } = RUNS[one] ?? {};
    if (objects === undefined || run === undefined) continue;
    const own = mkdtempSync(join(folder, `${one}-`));
    const begun = performance.now();
    const inputs = await makeInputs(own, 3, objects);
    const { figures, faults } = await run({ stage, inputs, rounds: Number(rounds), seed: Number(seed) });
    const seconds = Math.round((performance.now() - begun) / 1000);
    print(`${one}: ${JSON.stringify(figures)}, ${faults.length} faults, ${seconds} s`);
    for (const fault of faults) print(`  ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
    rmSync(own, { recursive: true });
  }
} finally {
  stage.close();
  rmSync(folder, { recursive: true, force: true });
}
