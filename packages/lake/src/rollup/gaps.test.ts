/** Gaps in SQL against the timeline's. */
import { BIGINT } from '@duckdb/node-api';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';
import { captureSql, gapSql } from './gaps.ts';

const DAY = 20_000;
const NOON = DAY * 86_400 + 43_200;

let db: Database;
beforeAll(async () => {
  db = await Database.open({ spillTo: '', threads: 1 });
});
afterAll(() => db.close());

/** About the day, and at its bounds. */
const time = fc.oneof(
  fc.integer({ min: NOON - 200_000, max: NOON + 50_000 }),
  fc.constantFrom(NOON - 43_200, NOON - 43_201, NOON + 43_199, NOON + 43_200),
);

it('finds the gap of every time that a connection of the day may have begun at', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(time, { maxLength: 8 }),
      fc.array(time, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(DAY, null),
      async (captures, times, day) => {
        const timeline = createTimeline(captures.map((at) => emptySnapshot(new Date(at * 1000).toISOString())));
        const { epochs } = timeline;
        const began = times.filter((at) => day === null || at < (day + 1) * 86_400);
        await db.run('CREATE OR REPLACE TEMP TABLE times (began BIGINT)');
        await appendColumns(db, 'times', [BIGINT], [began.map(BigInt)]);
        const rows = await db.all(
          `SELECT began, gap, ${captureSql({ epochs, day }, 'gap')} AS capture
           FROM (SELECT rowid AS nth, began, ${gapSql({ epochs, day }, 'began')} AS gap FROM times) ORDER BY nth`,
        );
        const expected = began.map((at) => {
          const gap = timeline.gapAt(at);
          return { began: at, gap: epochs.length === 0 ? null : gap, capture: epochs[gap] ?? null };
        });
        expect(rows).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});
