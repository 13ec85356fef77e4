/**
 * `npm run worlds [-- COUNT [FIRST]]`: verdicts on tiny random accounts, against an enumeration of all histories that
 * agree with the evidence. Prints tables, and every fault with its seed and the account in words.
 */
import { compareAccounts } from '../test/worlds/compare.ts';
import { undecidedOf, worldsTable } from '../test/worlds/report.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [count = 20_000, first = 1] = process.argv.slice(2).map(Number);
if (![count, first].every(Number.isInteger)) {
  process.stderr.write('Usage: npm run worlds -- [COUNT [FIRST]], whole numbers.\n');
  process.exit(2);
}
const onAccount = (done: number): void =>
  void (process.stderr.isTTY && done % 100 === 0 && process.stderr.write(`\r${done} of ${count}`));
const comparison = compareAccounts({ first, count, onAccount });
if (process.stderr.isTTY) process.stderr.write('\n');

const SHOWN = 20;
for (const fault of comparison.faults.slice(0, SHOWN)) print(`${fault}\n`);
const { undecided, decidable, share } = undecidedOf(comparison);
print(`${count} accounts\n\n${worldsTable(comparison)}`);
print(`${decidable} of ${undecided} undecided rules could be decided: ${(share * 100).toFixed(1)} %.`);
print(`${comparison.faults.length} accounts with faults${comparison.faults.length > SHOWN ? `, ${SHOWN} shown` : ''}.`);
process.exitCode = comparison.faults.length === 0 ? 0 : 1;
