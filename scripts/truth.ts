/**
 * `npm run truth [-- SEEDS [FIRST [RECORDS]]]`: simulated accounts through the real path, against what really happened
 * in them. Prints the tables that docs/explanation/how-well-verdicts-are-reached.md keeps, and every fault with its seed.
 */
import { initiatorTable, verdictTable } from '../test/truth/report.ts';
import { runSeeds } from '../test/truth/run.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [count = 1000, first = 1, records = 2000] = process.argv.slice(2).map(Number);
if (![count, first, records].every(Number.isInteger)) {
  process.stderr.write('Usage: npm run truth -- [SEEDS [FIRST [RECORDS]]], whole numbers.\n');
  process.exit(2);
}
const onSeed = (done: number): void => void (process.stderr.isTTY && process.stderr.write(`\r${done} of ${count}`));
const { scores, faults, suggestions, rejections } = await runSeeds({ first, count, records, onSeed });
if (process.stderr.isTTY) process.stderr.write('\n');

for (const fault of faults) print(fault);
print(`${verdictTable(scores)}\n\n${initiatorTable(scores)}\n`);
print(`${suggestions} redundant rules removed one by one, ${rejections} places with rejections that the groups allow.`);
print(`${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
