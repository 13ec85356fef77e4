/** A query ends when nobody wants it any more, however far it has come. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lake, openLake } from '../lake.ts';
import { runQuery, streamQuery } from './run.ts';

let folder: string;
let lake: Lake;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowfit-run-'));
  lake = await openLake(join(folder, 'lake'), { create: true });
});

afterAll(async () => {
  lake.close();
  await rm(folder, { recursive: true, force: true });
});

/** Takes hours. */
const ENDLESS =
  'SELECT count(*) AS n FROM range(10000000) AS a, range(10000000) AS b WHERE (a.range * b.range) % 7 = 8';

const run = (signal: AbortSignal) => runQuery(lake, ENDLESS, [], signal);
const stream = async (signal: AbortSignal): Promise<void> => {
  for await (const _row of streamQuery(lake, ENDLESS, [], signal));
};

/** 0 ms: while the connection is made; then in ever later steps, so that one hits the statement being prepared. */
it.each([
  ['run', run],
  ['streamed', stream],
])('a query that is %s ends at any moment', { timeout: 30_000 }, async (_name, query) => {
  for (const milliseconds of [null, 0, 1, 2, 3, 5, 8, 50]) {
    const controller = new AbortController();
    const outcome = query(controller.signal).then(
      () => 'done',
      ({ name }: Error) => name,
    );
    if (milliseconds !== null) await sleep(milliseconds);
    controller.abort();
    expect([milliseconds, await outcome]).toEqual([milliseconds, 'AbortError']);
  }
});

it('many queries at once end, also those that wait for a thread', { timeout: 10_000 }, async () => {
  const controllers = Array.from({ length: 20 }, () => new AbortController());
  const outcomes = controllers.map(({ signal }) => run(signal).catch(({ name }: Error) => name));
  await sleep(100);
  for (const controller of controllers) controller.abort();
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['AbortError']));
});

it('the reason of the signal is told', async () => {
  const reason = new Error('too long');
  const controller = new AbortController();
  const query = run(controller.signal);
  setTimeout(() => controller.abort(reason), 30);
  await expect(query).rejects.toBe(reason);
});

it('rows that were read are not followed by others', async () => {
  const controller = new AbortController();
  let rows = 0;
  const read = async (): Promise<void> => {
    for await (const _row of streamQuery(lake, 'SELECT range FROM range(100000)', [], controller.signal)) {
      rows += 1;
      if (rows === 10) controller.abort();
    }
  };
  await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  expect(rows).toBeLessThan(10_000);
});

it('a stream that breaks off is an error with its cause, never a shorter answer', async () => {
  const sql =
    "SELECT CASE WHEN range = ? THEN error('this row cannot be read') ELSE range END AS n FROM range(1000000)";
  const read = async (bad: number): Promise<number> => {
    let rows = 0;
    for await (const _row of streamQuery(lake, sql, [bad])) rows += 1;
    return rows;
  };
  await expect(read(500_000)).rejects.toThrow('this row cannot be read');
  expect(await read(1_000_001)).toBe(1_000_000);
});
