/**
 * The states that an ingest of some objects can lead through, however often it is killed and begun again, and whoever rolls
 * up in between; and what is answered in each.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { type Lake, openLake } from '@flowfit/lake/lake';
import { rollUp } from '@flowfit/lake/rollup/roll-up';
import { runCli } from '../../packages/cli/src/testing/run-cli.ts';
import { createApp } from '../../packages/server/src/app.ts';
import { contextOf } from '../../packages/server/src/context.ts';
import type { Judge } from './judge.ts';
import type { Questions } from './readers.ts';

export const withLake = async <T>(dir: string, work: (lake: Lake) => Promise<T>): Promise<T> => {
  const lake = await openLake(dir, { create: true, threads: 1 });
  try {
    return await work(lake);
  } finally {
    lake.close();
  }
};

/** Tells the judge what is answered of a lake, as it is. */
export const expectAnswers = async (dir: string, questions: Questions, judge: Judge, rank: number): Promise<void> =>
  await withLake(dir, async (lake) => {
    const app = await createApp(contextOf(lake, { version: '0.0.0' }), {
      host: '127.0.0.1',
      allowedHosts: [],
      token: null,
    });
    // As long as somebody writes, nobody who asks rolls up what is left to be.
    await lake.write(async () => {
      for (const words of questions.commands) {
        const { code, stdout, stderr } = await runCli([...words, '--lake', dir]);
        if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
        judge.expect(words.join(' '), stdout, rank);
      }
      for (const path of questions.paths) {
        const { statusCode, body } = await app.inject({ url: `/api/v1/${path}`, headers: { host: '127.0.0.1' } });
        if (statusCode !== 200) throw new Error(`${path}: ${body}`);
        judge.expect(path, body, rank);
      }
    });
    await app.close();
  });

export interface Walk {
  readonly folder: string;
  readonly objects: readonly string[];
  /** Whether an ingest may be begun where one was broken off before its roll-up. */
  readonly canBreakOff: boolean;
  readonly visit: (dir: string, objects: number) => Promise<void>;
}

/** Leads a copy of the lake `base` through all states of an ingest. */
export const walkStates = async (base: string, { folder, objects, canBreakOff, visit }: Walk): Promise<void> => {
  const known = new Set<string>();
  let serial = 0;
  /** @param rolledUp for each of the days that are not clean: with how many objects it was rolled up */
  const go = async (dir: string, count: number, history: string): Promise<void> => {
    const dirty = await withLake(dir, async ({ manifest }) => manifest.dirty);
    const key = `${count} ${history}`;
    if (known.has(key)) return;
    known.add(key);
    await visit(dir, count);
    const next = objects[count];
    if (next !== undefined && (canBreakOff || dirty.length === 0)) {
      await onCopy(dir, async (copy) => {
        await ingestAlone(copy, next);
        await go(copy, count + 1, history);
      });
    }
    const [day] = dirty;
    if (day !== undefined) {
      await onCopy(dir, async (copy) => {
        await rollUpOneDay(copy);
        await go(copy, count, withDay(history, day, count));
      });
    }
  };
  const onCopy = async (dir: string, work: (copy: string) => Promise<void>): Promise<void> => {
    const copy = join(folder, `state-${serial++}`);
    cpSync(dir, copy, { recursive: true, preserveTimestamps: true });
    await work(copy);
    rmSync(copy, { recursive: true });
  };
  await go(base, 0, '');
};

/** With how many objects each day was rolled up: all that its answers depend on. */
const withDay = (history: string, day: string, count: number): string =>
  [...history.split(';').filter((one) => one !== '' && !one.startsWith(day)), `${day}@${count}`].sort().join(';');

/** As an ingest that is broken off before it rolls up. */
const ingestAlone = async (dir: string, object: string): Promise<void> =>
  await untilStopped(dir, async (lake, stop) => {
    await ingest(lake, [object], { signal: stop.signal, onProgress: () => stop.abort() });
  });

const rollUpOneDay = async (dir: string): Promise<void> =>
  await untilStopped(dir, async (lake, stop) => {
    await lake.write(() => rollUp(lake, { signal: stop.signal, onDay: () => stop.abort() }));
  });

const untilStopped = async (dir: string, work: (lake: Lake, stop: AbortController) => Promise<void>): Promise<void> => {
  const stop = new AbortController();
  await withLake(dir, async (lake) => {
    await work(lake, stop).catch((error: unknown) => {
      if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    });
  });
};
