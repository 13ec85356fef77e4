/** Runs seeds with evidence that hides history, two at a time as `runSeeds` does. */
import { EVIDENCE_KINDS, type EvidenceKind, evidenceOf } from '@flowfit/testkit/account/evidence';
import { historyCaseOf } from './cases.ts';
import { EvidenceScore } from './evidence-report.ts';
import { observeWith, simulate } from './observe.ts';
import { AT_ONCE, type Seeds } from './run.ts';
import { scoreShown } from './shown.ts';

export interface EvidenceRun {
  /** By kind: without flags, with flags. */
  readonly scores: readonly EvidenceScore[];
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

export interface EvidenceSeeds extends Seeds {
  /** Which kinds of evidence a seed is looked at with. */
  readonly kindsOf: (seed: number) => readonly EvidenceKind[];
}

export async function runEvidence({ first, count, records, kindsOf, onSeed }: EvidenceSeeds): Promise<EvidenceRun> {
  const scores = new Map(
    EVIDENCE_KINDS.flatMap((kind) =>
      [false, true].map((hasFlags) => [`${kind} ${hasFlags}`, new EvidenceScore(kind, hasFlags)] as const),
    ),
  );
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next++;
      const { hasFlags, ...subject } = historyCaseOf(seed, records);
      const simulated = simulate(subject);
      for (const kind of kindsOf(seed)) {
        const observation = await observeWith(simulated, evidenceOf(simulated.account, kind));
        scores.get(`${kind} ${hasFlags}`)?.add(seed, scoreShown(observation));
      }
      onSeed?.(next - first);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const all = [...scores.values()];
  return {
    scores: all,
    faults: all.flatMap(({ faults }) => faults).sort(),
    notes: all.flatMap(({ notes }) => notes).sort(),
  };
}
