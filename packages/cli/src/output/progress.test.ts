import { describe, expect, it } from 'vitest';
import { formatProgress } from './progress.ts';

const half = { phase: 'read', done: 50, total: 100, bytesDone: 3 * 1024 ** 2, records: 1_200_000, seconds: 4 };

describe('formatProgress', () => {
  it('shows share, rate and time left', () => {
    expect(formatProgress(half)).toBe(
      `${'█'.repeat(12)}${' '.repeat(12)}  50 %  1,200,000 records  300,000/s  3.0 MiB  4 s left  read`,
    );
  });

  it('guesses nothing before it knows, and has nothing left at the end', () => {
    const start = formatProgress({ phase: 'read', done: 0, total: 100, records: 0, seconds: 0 });
    expect(start).toBe(`${' '.repeat(24)}   0 %  0 records  read`);
    expect(formatProgress({ ...half, done: 100 })).not.toContain('left');
    expect(formatProgress({ ...half, total: 0 })).toContain('  0 %');
  });
});
