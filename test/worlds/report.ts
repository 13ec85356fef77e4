/** Tables of a comparison. */
import { HABITS } from '@flowfit/testkit/worlds/evidence';
import { USES } from '@flowfit/testkit/worlds/oracle';
import type { Tally } from '../truth/tally.ts';
import type { Comparison } from './compare.ts';

const VERDICTS = ['unused', 'unlogged', 'undecided', 'used'] as const;

/** Lines of a section: the reasons of a rule come in many combinations. */
const MOST = 25;

const sumOf = (tally: Tally, isWanted: (words: readonly string[]) => boolean): number =>
  tally.entries().reduce((sum, [name, count]) => sum + (isWanted(name.split(' ')) ? count : 0), 0);

export interface Undecided {
  readonly undecided: number;
  /** Those that the oracle decides. */
  readonly decidable: number;
  /** Of the undecided, 0 to 1. */
  readonly share: number;
}

export function undecidedOf({ verdicts }: Pick<Comparison, 'verdicts'>, habit?: string): Undecided {
  const count = (uses: readonly string[]) =>
    sumOf(verdicts, ([of, use = '', verdict]) => (habit ?? of) === of && uses.includes(use) && verdict === 'undecided');
  const undecided = count(USES);
  const decidable = undecided - count(['some']);
  return { undecided, decidable, share: undecided === 0 ? 0 : decidable / undecided };
}

export function worldsTable(comparison: Comparison): string {
  const { verdicts } = comparison;
  const cell = (habit: string | null, use: string, verdict: string) =>
    sumOf(verdicts, (words) => words[1] === use && words[2] === verdict && (habit ?? words[0]) === words[0]);
  const rows = USES.map((use) => row([use, ...VERDICTS.map((verdict) => cell(null, use, verdict))]));
  const habits = HABITS.map((habit) => {
    const { undecided, decidable, share } = undecidedOf(comparison, habit);
    const rules = sumOf(verdicts, ([of]) => of === habit);
    return row([habit, rules, undecided, decidable, percent(share)]);
  });
  return [
    row(['used in worlds', ...VERDICTS]),
    ...rows,
    '',
    row(['captures', 'rules', 'undecided', 'decidable', 'share']),
    ...habits,
    '',
    ...section('Undecided, and the oracle decides (in worlds, reasons):', comparison.decidable),
    ...section('Conclusions that the truth contradicts, by the assumptions that it breaks:', comparison.broken),
  ].join('\n');
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(15) : String(cell).padStart(10))).join(' ');

function section(title: string, tally: Tally): string[] {
  const lines = tally
    .entries()
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([name, count]) => `${String(count).padStart(7)} ${name}`);
  return [title, ...lines, ''];
}
