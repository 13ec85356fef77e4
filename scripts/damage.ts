/** `npm run damage [-- ROUNDS [FIRST]]`: random damage to a lake. Prints every round in which something was wrong. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageRound, makeModel } from '../test/damage/rounds.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [rounds = 1000, first = 1] = process.argv.slice(2).map(Number);
if (![rounds, first].every(Number.isInteger)) {
  process.stderr.write('Usage: npm run damage -- [ROUNDS [FIRST]], whole numbers.\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'flowfit-damage-'));
let bad = 0;
try {
  const model = await makeModel(folder, 3);
  for (let seed = first; seed < first + rounds; seed++) {
    const round = await damageRound(model, folder, seed);
    if (round.faults.length > 0) {
      bad++;
      print([`round ${seed}: ${round.damage}`, ...round.faults].join('\n  '));
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${seed - first + 1} of ${rounds}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(`${rounds} rounds, ${bad} with faults.`);
process.exitCode = bad === 0 ? 0 : 1;
