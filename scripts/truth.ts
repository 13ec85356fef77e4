/**
 * `npm run truth [-- SEEDS [FIRST [RECORDS [KIND]]]]`: simulated accounts through the real path, against what really
 * happened in them. Prints the tables that docs/explanation/how-well-verdicts-are-reached.md keeps, and every fault with
 * its seed. KIND: one kind of evidence alone, such as `after` (one capture at the end); accounts whose evidence is whole
 * (`all`) are told of in detail. Without it: all kinds.
 */
import { EVIDENCE, EVIDENCE_KINDS, type EvidenceKind } from '@flowfit/testkit/account/evidence';
import { evidenceTable } from '../test/truth/evidence-report.ts';
import { initiatorTable, verdictTable } from '../test/truth/report.ts';
import { runSeeds, type Seeds } from '../test/truth/run.ts';
import { runEvidence } from '../test/truth/run-evidence.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [count = 1000, first = 1, records = 2000] = process.argv.slice(2, 5).map(Number);
const kind = process.argv[5] ?? null;
if (![count, first, records].every(Number.isInteger) || !(kind === null || kind in EVIDENCE)) {
  const kinds = EVIDENCE_KINDS.map((name) => `  ${name}: ${EVIDENCE[name]}\n`).join('');
  process.stderr.write(
    `Usage: npm run truth -- [SEEDS [FIRST [RECORDS [KIND]]]], whole numbers, and a kind:\n${kinds}`,
  );
  process.exit(2);
}
const onSeed = (done: number): void => void (process.stderr.isTTY && process.stderr.write(`\r${done} of ${count}`));
const seeds: Seeds = { first, count, records, onSeed };

const printWhole = async (): Promise<readonly string[]> => {
  const { scores, faults, suggestions, rejections } = await runSeeds(seeds);
  print(`${verdictTable(scores)}\n\n${initiatorTable(scores)}\n`);
  print(
    `${suggestions} redundant rules removed one by one, ${rejections} places with rejections that the groups allow.\n`,
  );
  return faults;
};

const printEvidence = async (kinds: readonly EvidenceKind[]): Promise<readonly string[]> => {
  const { scores, faults, notes } = await runEvidence({ ...seeds, kindsOf: () => kinds });
  print(`${evidenceTable(scores)}\n`);
  for (const note of notes) print(`worth a look: ${note}`);
  return faults;
};

const faults = [
  ...(kind === null || kind === 'all' ? await printWhole() : []),
  ...(await printEvidence(kind === null ? EVIDENCE_KINDS : [kind as EvidenceKind])),
];
if (process.stderr.isTTY) process.stderr.write('\n');
for (const fault of faults) print(fault);
print(`${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
