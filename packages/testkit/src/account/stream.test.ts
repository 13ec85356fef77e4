import { describe, expect, it } from 'vitest';
import { simulateAccount } from './account.ts';
import { streamLines, streamRecords } from './stream.ts';

/** Time that passes only by sleeping. */
function fakeClock() {
  let time = 5000;
  const sleep = async (milliseconds: number) => {
    time += milliseconds;
  };
  return { now: () => time, sleep };
}

const account = simulateAccount({ seed: 1, days: 1 / 24, aggregationInterval: 600, records: 900 });

describe('streamLines', () => {
  it('gives as many records as the rate allows, and all of them in the end', async () => {
    const clock = fakeClock();
    const began = clock.now();
    const lines: string[] = [];
    for await (const batch of streamLines(account, { rate: 50, clock })) {
      lines.push(...batch);
      expect(lines.length).toBeLessThanOrEqual(((clock.now() - began) / 1000) * 50);
    }
    expect(lines).toEqual(account.collect('v5').lines);
    expect((clock.now() - began) / 1000).toBeCloseTo(lines.length / 50, 0);
  });

  it('catches up after a reader that was slow', async () => {
    const clock = fakeClock();
    const stream = streamLines(account, { rate: 50, clock });
    await stream.next();
    await clock.sleep(4000);
    const caughtUpAt = clock.now();
    let records = 0;
    for await (const batch of stream) {
      if (clock.now() > caughtUpAt) break;
      records += batch.length;
    }
    expect(records).toBeGreaterThanOrEqual(195);
  });

  it('does not wait without a rate', async () => {
    const clock = fakeClock();
    let records = 0;
    for await (const batch of streamRecords(account, { rate: Number.POSITIVE_INFINITY, clock }))
      records += batch.length;
    expect(records).toBe(account.collect().totals.records);
    expect(clock.now()).toBe(5000);
  });

  it('refuses a rate that would never give anything', async () => {
    await expect(streamLines(account, { rate: 0, clock: fakeClock() }).next()).rejects.toThrow('rate: 0 is not');
  });
});
