/**
 * `npm run truth [-- SEEDS [FIRST [RECORDS [KIND]]]]`: simulated accounts through the real path, against what really
 * happened in them. Prints the tables that docs/explanation/how-well-verdicts-are-reached.md keeps, and every fault with
 * its seed. KIND: one kind of evidence alone, such as `after` (one capture at the end); accounts whose evidence is whole
 * (`all`) are told of in detail. Without it: all kinds. `tighten`, or `tighten:KIND`, follows the recommendations instead.
 */
import { EVIDENCE, EVIDENCE_KINDS, type EvidenceKind } from '@flowfit/testkit/account/evidence';
import { evidenceTable } from '../test/truth/evidence-report.ts';
import { initiatorTable, verdictTable } from '../test/truth/report.ts';
import { runSeeds, type Seeds } from '../test/truth/run.ts';
import { runEvidence } from '../test/truth/run-evidence.ts';
import { median, runTighten } from '../test/truth/run-tighten.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [count = 1000, first = 1, records = 2000] = process.argv.slice(2, 5).map(Number);
const [task, evidence = 'all'] = (process.argv[5] ?? '').startsWith('tighten')
  ? (process.argv[5] as string).split(':')
  : [null, process.argv[5]];
const kind = task === null ? (process.argv[5] ?? null) : evidence;
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

const printTighten = async (of: EvidenceKind): Promise<readonly string[]> => {
  const { faults, falls, ...sums } = await runTighten({ ...seeds, kind: of });
  print(`${sums.packets} first packets, ${sums.changed} of ${sums.groups} groups changed.`);
  print(
    `Public IPv4 space of ${falls.length} groups open to all: falls by ${(100 * median(falls)).toFixed(2)} % in the median.\n`,
  );
  return faults;
};

const printVerdicts = async (): Promise<readonly string[]> => [
  ...(kind === null || kind === 'all' ? await printWhole() : []),
  ...(await printEvidence(kind === null ? EVIDENCE_KINDS : [kind as EvidenceKind])),
];

const faults = task === null ? await printVerdicts() : await printTighten(evidence as EvidenceKind);
if (process.stderr.isTTY) process.stderr.write('\n');
for (const fault of faults) print(fault);
print(`${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
