/** Why others refused what they were sent: counted by reason, so that a million refusals take no memory. */

export interface Refusals {
  readonly add: (reason: string) => void;
  /** The most frequent first. */
  readonly list: () => Refusal[];
}

export interface Refusal {
  readonly reason: string;
  readonly count: number;
}

/** Reasons may hold values of the documents, so that each is another one. */
const MOST_REASONS = 100;
const OTHER_REASONS = 'other reasons';

export const createRefusals = (): Refusals => {
  const counts = new Map<string, number>();
  return {
    add: (reason) => {
      const key = counts.has(reason) || counts.size < MOST_REASONS ? reason : OTHER_REASONS;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    list: () => [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
  };
};
