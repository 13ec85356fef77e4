/** The histogram's answer as one stack per step, gaps filled with zeros. */
import type { HistogramAnswer } from '@flowfit/server/contract/traffic';
import type { Measure } from '../state/scope.ts';

export interface Stack {
  readonly time: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Records without an action. */
  readonly other: number;
}

export const toStacks = (answer: HistogramAnswer, measure: Measure): readonly Stack[] => {
  const { from, to, stepSeconds } = answer;
  const first = Math.floor(from / stepSeconds) * stepSeconds;
  const stacks = Array.from({ length: Math.max(1, Math.ceil((to - first) / stepSeconds)) }, (_, index) => ({
    time: first + index * stepSeconds,
    accepted: 0,
    rejected: 0,
    other: 0,
  }));
  for (const row of answer.rows) {
    const stack = stacks[Math.floor((row.time - first) / stepSeconds)];
    if (stack === undefined) continue;
    const part = row.action === 'ACCEPT' ? 'accepted' : row.action === 'REJECT' ? 'rejected' : 'other';
    stack[part] += row[measure];
  }
  return stacks;
};

export const heightOf = (stack: Stack): number => stack.accepted + stack.rejected + stack.other;
