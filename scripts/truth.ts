/**
 * `npm run truth [-- SEEDS [FIRST [RECORDS]]]`: simulated accounts through the real path, against what really happened
 * in them. Prints the tables that docs/explanation/how-well-verdicts-are-reached.md keeps, and every fault with its seed.
 */
import { caseOf, LOGS } from '../test/truth/cases.ts';
import { followRedundancies } from '../test/truth/follow.ts';
import { scoreInitiators } from '../test/truth/initiators.ts';
import { observe } from '../test/truth/observe.ts';
import { initiatorTable, LogScore, verdictTable } from '../test/truth/report.ts';
import { acceptedInSpite } from '../test/truth/unexplained.ts';
import { scoreVerdicts } from '../test/truth/verdicts.ts';

const [seeds = 200, first = 1, records = 2000] = process.argv.slice(2).map(Number);
if (![seeds, first, records].every(Number.isInteger)) {
  process.stderr.write('Usage: npm run truth -- [SEEDS [FIRST [RECORDS]]], whole numbers.\n');
  process.exit(2);
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const scores = new Map(LOGS.map(({ name }) => [name, new LogScore()]));
let suggestions = 0;

for (let seed = first; seed < first + seeds; seed++) {
  const { log, ...subject } = caseOf(seed, records);
  const observation = await observe(subject);
  const score = scores.get(log) as LogScore;
  const { connections } = observation.truth;
  score.add(seed, scoreVerdicts(observation), scoreInitiators(observation), connections.length);
  for (const place of acceptedInSpite(observation))
    score.faults.push(`seed ${seed}, accepted without a rule: ${place}`);
  const followed = followRedundancies(observation, seed % 2 === 0 ? 'forwards' : 'backwards');
  for (const cut of followed.cut) score.faults.push(`seed ${seed}, redundant rule: ${cut}`);
  suggestions += followed.suggestions;
  if (process.stderr.isTTY) process.stderr.write(`\r${seed - first + 1} of ${seeds}`);
}
if (process.stderr.isTTY) process.stderr.write('\n');

const faults = [...scores.values()].flatMap((score) => score.faults);
for (const fault of faults) print(fault);
print(`${verdictTable(scores)}\n\n${initiatorTable(scores)}\n`);
print(`${suggestions} suggestions to remove redundant rules followed; ${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
