/** What is killed: each kind of writer with a lake to work on, what may be answered meanwhile, and what comes out. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { checkLedger } from '@flowfit/lake/ledger';
import { smallAccount, writeObjects } from '@flowfit/lake/testing/accounts';
import { type Content, contentOf } from '@flowfit/lake/testing/content';
import { markAllDays } from '@flowfit/lake/testing/dirty';
import { runCli } from '../../packages/cli/src/testing/run-cli.ts';
import type { Job } from './actor.ts';
import { Judge } from './judge.ts';
import { type Questions, questionsUntil } from './readers.ts';
import { expectAnswers, walkStates, withLake } from './states.ts';

export const KILLED = ['ingest', 'roll-up', 'repair', 'prune', 'compact'] as const;
export type Killed = (typeof KILLED)[number];

/** The account lasts from three hours before this day to three hours after its beginning. */
const SECOND_DAY = '2026-06-02';

export interface Inputs {
  readonly folder: string;
  readonly objects: readonly string[];
  /** A lake with the inventory and the first object, and one with all. */
  readonly begun: string;
  readonly whole: string;
}

export interface Kind {
  readonly judge: Judge;
  readonly questions: Questions;
  /** Makes the lake that is written. */
  prepare(dir: string): void;
  job(dir: string): Job;
  /** What is left to be done after the writer has come to its end. */
  finish(dir: string): Promise<void>;
  /** What the lake then has. */
  readonly expected: Content;
}

export const makeInputs = async (folder: string, seed: number, count: number): Promise<Inputs> => {
  const account = smallAccount(seed, 'v5', { records: 120 * count });
  const objects = await writeObjects(folder, account, count);
  const [begun, whole] = [join(folder, 'begun'), join(folder, 'whole')];
  await withLake(begun, (lake) => ingest(lake, objects.slice(0, 1), { snapshots: account.snapshots }));
  copy(begun, whole);
  await withLake(whole, (lake) => ingest(lake, objects, { batchBytes: 1 }));
  return { folder, objects, begun, whole };
};

export const makeKind = async (kind: Killed, inputs: Inputs): Promise<Kind> => await KINDS[kind](inputs);

const KINDS: Readonly<Record<Killed, (inputs: Inputs) => Promise<Kind>>> = {
  ingest: async ({ folder, objects, begun, whole }) => {
    const [judge, questions] = [new Judge(), questionsUntil(null)];
    await walkStates(begun, {
      folder,
      objects: objects.slice(1),
      canBreakOff: true,
      visit: (dir, rank) => expectAnswers(dir, questions, judge, rank),
    });
    return {
      judge,
      questions,
      prepare: (dir) => copy(begun, dir),
      job: (lake) => ({ kind: 'ingest', lake, inputs: objects }),
      finish: nothing,
      expected: await contentIn(whole),
    };
  },

  'roll-up': async ({ folder, whole }) => {
    const [judge, questions] = [new Judge(), questionsUntil(null)];
    const states = join(folder, 'roll-up');
    copy(whole, states);
    await withLake(states, markAllDays);
    // Which day is rolled up makes no difference to the records, and none to what is known of days that are not.
    await walkStates(states, {
      folder,
      objects: [],
      canBreakOff: false,
      visit: (dir) => expectAnswers(dir, questions, judge, 0),
    });
    return {
      judge,
      questions,
      prepare: (dir) => copy(whole, dir),
      job: (lake) => ({ kind: 'roll-up', lake, times: 2 }),
      finish: nothing,
      expected: await contentIn(whole),
    };
  },

  repair: async ({ objects, whole }) => {
    // What is damaged is of the second day: readers ask for the first.
    const [judge, questions] = [new Judge(), questionsUntil(SECOND_DAY)];
    await expectAnswers(whole, questions, judge, 0);
    return {
      judge,
      questions,
      prepare: (dir) => {
        copy(whole, dir);
        damage(dir);
      },
      job: (lake) => ({ kind: 'command', words: ['lake', 'repair', '--lake', lake] }),
      finish: async (dir) => {
        await withLake(dir, (lake) => ingest(lake, objects));
      },
      expected: await contentIn(whole),
    };
  },

  prune: async ({ folder, whole }) => {
    const [judge, questions] = [new Judge(), questionsUntil(null)];
    const pruned = join(folder, 'pruned');
    copy(whole, pruned);
    await expectAnswers(pruned, questions, judge, 0);
    const words = ['lake', 'prune', '--before', SECOND_DAY, '--lake'];
    const { code, stderr } = await runCli([...words, pruned]);
    if (code !== 0) throw new Error(stderr);
    await expectAnswers(pruned, questions, judge, 1);
    return {
      judge,
      questions,
      prepare: (dir) => copy(whole, dir),
      job: (lake) => ({ kind: 'command', words: [...words, lake] }),
      finish: nothing,
      expected: await contentIn(pruned),
    };
  },

  compact: async ({ whole }) => {
    const [judge, questions] = [new Judge(), questionsUntil(null)];
    await expectAnswers(whole, questions, judge, 0);
    return {
      judge,
      questions,
      prepare: (dir) => copy(whole, dir),
      job: (lake) => ({ kind: 'command', words: ['lake', 'compact', '--lake', lake] }),
      finish: nothing,
      expected: await contentIn(whole),
    };
  },
};

const nothing = (): Promise<void> => Promise.resolve();

export const copy = (from: string, to: string): void => cpSync(from, to, { recursive: true, preserveTimestamps: true });

export const contentIn = async (dir: string): Promise<Content> =>
  await withLake(dir, async (lake) => {
    checkLedger(lake);
    return await contentOf(lake);
  });

/** A file of records changed, one that nobody knows, and the manifest's copy. */
const damage = (dir: string): void => {
  const folder = join(dir, 'flows', `day=${SECOND_DAY}`);
  const [first = '', second = ''] = readdirSync(folder).sort();
  const bytes = readFileSync(join(folder, first));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(join(folder, first), bytes);
  cpSync(join(folder, second), join(folder, 'stranger.parquet'));
  writeFileSync(join(dir, 'manifest.copy.json'), '{');
};
