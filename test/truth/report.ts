/** Scores of many seeds, added up by log, and the tables made from them. */
import type { LogName } from './cases.ts';
import { Tally } from './tally.ts';
import type { VerdictScore } from './verdicts.ts';

/** Without flags the figures are estimates, so that only the promise is held. */
const MUST_NOT_BE: Readonly<Record<'withFlags' | 'withoutFlags', readonly string[]>> = {
  withFlags: ['usedCalledUnused', 'unusedCalledUsed', 'miscounted'],
  withoutFlags: ['usedCalledUnused'],
};

/** Scores of one log over its seeds. */
export class LogScore {
  seeds = 0;
  connections = 0;
  readonly verdicts = new Tally();
  readonly initiators = new Tally();
  /** What must not be, each with its seed. */
  readonly faults: string[] = [];
  readonly #hasFlags: boolean;

  constructor({ hasFlags }: { readonly hasFlags: boolean }) {
    this.#hasFlags = hasFlags;
  }

  add(seed: number, { counts, ...lists }: VerdictScore, initiators: Tally, connections: number): void {
    this.seeds++;
    this.connections += connections;
    this.verdicts.addAll(counts);
    this.initiators.addAll(initiators);
    for (const [name, entries] of Object.entries(lists)) {
      this.verdicts.add(name, entries.length);
      if (!MUST_NOT_BE[this.#hasFlags ? 'withFlags' : 'withoutFlags'].includes(name)) continue;
      for (const entry of entries) this.faults.push(`seed ${seed}, ${name}: ${entry}`);
    }
  }

  /** Truly unused rules. */
  get unused(): number {
    return this.sum('unused>used', 'unused>unused', 'unused>undecided');
  }

  /** Truly unused rules of which the log can tell it. */
  get decidable(): number {
    return this.unused - this.sum('excused evidence', 'excused icmp-type', 'excused either-way');
  }

  /** Share of the unused rules that were found: of all, and of those of which the log can tell it. */
  get found(): { readonly ofAll: number; readonly ofDecidable: number } {
    const found = this.sum('unused>unused');
    return { ofAll: found / this.unused, ofDecidable: found / this.decidable };
  }

  /** Share of the unused rules that were called used. */
  get calledUsed(): number {
    return this.sum('unused>used') / this.unused;
  }

  sum(...names: readonly string[]): number {
    return names.reduce((total, name) => total + this.verdicts.get(name), 0);
  }
}

export type Scores = ReadonlyMap<LogName, LogScore>;

export const percent = (share: number): string => (Number.isNaN(share) ? '–' : `${(100 * share).toFixed(2)} %`);

export const tableOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows
    .flatMap((row, index) => {
      const line = `| ${row.join(' | ')} |`;
      return index === 0 ? [line, `|${row.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`] : [line];
    })
    .join('\n');

export function verdictTable(scores: Scores): string {
  const header = [
    'log',
    'seeds',
    'used rules',
    'of them called unused',
    'unused rules',
    'found',
    'called used',
    'undecided: evidence short',
    'undecided: ICMP type',
    'undecided: either way',
    'undecided otherwise',
    'found of the decidable',
    'connections miscounted',
  ];
  const rows = Array.from(scores, ([log, score]) => [
    log,
    score.seeds,
    score.sum('used>used', 'used>unused', 'used>undecided'),
    score.sum('used>unused'),
    score.unused,
    percent(score.found.ofAll),
    percent(score.calledUsed),
    score.sum('excused evidence'),
    score.sum('excused icmp-type'),
    score.sum('excused either-way'),
    score.sum('excused not'),
    percent(score.found.ofDecidable),
    score.sum('miscounted'),
  ]);
  return tableOf(transpose([header, ...rows]));
}

export function initiatorTable(scores: Scores): string {
  const all = [...scores.values()].flatMap(({ initiators }) => initiators.entries());
  const methods = [
    ...new Set(all.filter(([name]) => name.includes(' ')).map(([name]) => name.split(' ')[0] as string)),
  ];
  const header = ['log', 'method', 'connections', 'right', 'wrong', 'open'];
  const rows = Array.from(scores).flatMap(([log, { initiators }]) =>
    methods.flatMap((method) => {
      const [right, wrong, open] = ['right', 'wrong', 'open'].map((outcome) => initiators.get(`${method} ${outcome}`));
      const total = (right ?? 0) + (wrong ?? 0) + (open ?? 0);
      return total === 0 ? [] : [[log, `\`${method}\``, total, right ?? 0, wrong ?? 0, open ?? 0]];
    }),
  );
  return tableOf([header, ...rows]);
}

const transpose = <T>(rows: readonly (readonly T[])[]): T[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] as T));
