/** Scores by kind of evidence, added up over many seeds, and the table made from them. */
import { EVIDENCE, type EvidenceKind } from '@flowfit/testkit/account/evidence';
import { percent, tableOf } from './report.ts';
import type { ShownScore } from './shown.ts';
import { Tally } from './tally.ts';

/** Without flags inferences by ports may be wrong: so large a share of the unused rules may be called used. */
const MOST_CALLED_USED = 0.02;

/** Scores of one kind of evidence, of logs with flags or of those without. */
export class EvidenceScore {
  seeds = 0;
  readonly counts = new Tally();
  /** What may be, and is worth a look; each with its seed. */
  readonly notes: string[] = [];
  readonly #kind: EvidenceKind;
  readonly #hasFlags: boolean;
  readonly #faults: string[] = [];

  constructor(kind: EvidenceKind, hasFlags: boolean) {
    this.#kind = kind;
    this.#hasFlags = hasFlags;
  }

  add(seed: number, score: ShownScore): void {
    this.seeds++;
    this.counts.addAll(score.counts);
    this.counts.add('mistaken', score.unusedCalledUsed.length);
    const told = (name: keyof ShownScore, entries: readonly string[]) =>
      entries.map((entry) => `seed ${seed}, evidence ${this.#kind}, ${name}: ${entry}`);
    this.#faults.push(...told('usedCalledUnused', score.usedCalledUnused));
    this.#faults.push(...told('wronglyProven', score.wronglyProven));
    (this.#hasFlags ? this.#faults : this.notes).push(...told('unusedCalledUsed', score.unusedCalledUsed));
    this.notes.push(...told('hiddenCalledUnused', score.hiddenCalledUnused));
  }

  /** What must not be. */
  get faults(): readonly string[] {
    const share = this.counts.get('mistaken') / this.unused;
    if (this.#hasFlags || !(share > MOST_CALLED_USED)) return this.#faults;
    return [...this.#faults, `evidence ${this.#kind}, without flags: ${percent(share)} of the unused are called used`];
  }

  /** Rules used under the meaning shown. */
  get used(): number {
    return this.#sum('used');
  }

  /** Rules whose ids never admitted anything. */
  get unused(): number {
    return this.#sum('unused');
  }

  /** Share of the unused rules that were found. */
  get found(): number {
    return this.counts.get('unused>unused') / this.unused;
  }

  get row(): (string | number)[] {
    const of = (name: string) => this.counts.get(name);
    return [
      `${this.#kind}: ${EVIDENCE[this.#kind]}`,
      this.#hasFlags ? 'yes' : 'no',
      this.seeds,
      this.used,
      of('used>unused'),
      percent(of('used>used') / this.used),
      this.unused,
      percent(this.found),
      of('mistaken'),
      of('assumed'),
      `${this.#sum('otherwise')} (${of('otherwise>unused')})`,
      `${this.#sum('hidden')} (${of('hidden>unused')})`,
    ];
  }

  #sum(truth: string): number {
    return ['used', 'unused', 'undecided'].reduce((sum, verdict) => sum + this.counts.get(`${truth}>${verdict}`), 0);
  }
}

const HEADER = [
  'evidence',
  'flags',
  'seeds',
  'used rules',
  'called unused',
  'used found',
  'unused rules',
  'unused found',
  'called used',
  'called used by assumption',
  'used under another captured meaning (called unused)',
  'used under a hidden meaning (called unused)',
] as const;

export const evidenceTable = (scores: readonly EvidenceScore[]): string =>
  tableOf([HEADER, ...scores.filter(({ seeds }) => seeds > 0).map(({ row }) => row)]);
