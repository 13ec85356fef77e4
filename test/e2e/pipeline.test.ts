/** The streaming way as a whole, small: `npm run pipeline` runs the same with more records. */
import { startOpenSearch } from '@flowfit/testkit/opensearch-server/server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { afterAll, describe, expect, it } from 'vitest';
import { runPipeline } from '../../scripts/pipeline/run.ts';

const server = await orSkip(startOpenSearch);
const TIME_LIMIT = 240_000;

describe.skipIf(!server)('the streaming pipeline', () => {
  afterAll(() => server?.stop());

  const options = { server: server!, records: 4_000, away: 2_000, keep: false, say: () => undefined };

  it('brings every record into the index, with the counts of the truth', { timeout: TIME_LIMIT }, async () => {
    const result = await runPipeline({ ...options, seed: 3, faults: false });
    expect(result.discrepancies).toEqual([]);
    expect(result.failed).toBe(0);
    expect(result.indexed).toBe(result.expected);
    expect(result.indexed).toBeGreaterThan(3_000);
  });

  it('loses nothing and repeats nothing when everything fails at times', { timeout: TIME_LIMIT }, async () => {
    const result = await runPipeline({ ...options, seed: 4, faults: true });
    expect(result.discrepancies).toEqual([]);
    expect(result.malformed).toBeGreaterThan(100);
    expect(result.failed).toBeGreaterThan(100);
    expect(result.indexed).toBe(result.expected);
    // Malformed records of a batch that failed as a whole are sent again, and refused only then.
    const kept = Object.values(result.replay!.kept).reduce((sum, count) => sum + count, 0);
    expect(kept).toBeLessThanOrEqual(result.malformed);
    expect(kept).toBeGreaterThan(0);
  });
});
