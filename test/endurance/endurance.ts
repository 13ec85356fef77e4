/** The rounds: writers are killed, or run beside each other, while others read. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { checkLedger, readLedger, totalOf } from '@flowfit/lake/ledger';
import { countReaders, lakeStatus } from '@flowfit/lake/maintenance/status';
import type { Content } from '@flowfit/lake/testing/content';
import { Random } from '@flowfit/testkit/account/random';
import { Judge } from './judge.ts';
import { contentIn, copy, type Inputs, type Killed, makeKind } from './kinds.ts';
import type { Actor, Ended, Stage } from './processes.ts';
import { questionsUntil, Readers } from './readers.ts';
import { expectAnswers, walkStates } from './states.ts';

export interface Outcome {
  /** What was done, for people. */
  readonly figures: Readonly<Record<string, number>>;
  /** Empty where all is well. */
  readonly faults: readonly string[];
}

export interface Setting {
  readonly stage: Stage;
  readonly inputs: Inputs;
  readonly rounds: number;
  readonly seed: number;
}

/** So that lakes come to their end, and it is known how long a writer takes. */
const KILLS_OF_A_LAKE = 4;

interface Figures {
  kills: number;
  /** Of these: with a batch begun, and with one that counted but was not carried out yet. */
  beforeCommit: number;
  inCommit: number;
  lakes: number;
  refused: number;
}

/** Kills writers of one kind, and lets the next one finish, lake after lake. */
export const killWriters = async (kind: Killed, { stage, inputs, rounds, seed }: Setting): Promise<Outcome> => {
  const { judge, questions, prepare, job, finish, expected } = await makeKind(kind, inputs);
  const random = new Random(seed);
  const figures: Figures = { kills: 0, beforeCommit: 0, inCommit: 0, lakes: 0, refused: 0 };
  let usual: Duration = { whole: 800, locked: 300 };
  while (figures.kills < rounds && judge.faults.length === 0) {
    const dir = join(inputs.folder, `${kind}-${figures.lakes++}`);
    prepare(dir);
    judge.restart();
    const readers = await Readers.start(stage, dir, questions, judge);
    try {
      let records = await lookAfter(dir, judge);
      const last = Math.min(rounds, figures.kills + KILLS_OF_A_LAKE);
      for (let isDone = false; !isDone && judge.faults.length === 0; ) {
        const writer = stage.start(job(dir));
        const [ended, duration] = await Promise.all([
          writer.ended,
          timeOf(writer, dir),
          figures.kills < last ? killWithin(writer, dir, usual, random) : undefined,
        ]);
        isDone = endOf(ended) === 'done';
        if (isDone) usual = duration;
        count(figures, ended, leftBehind(dir, writer.pid));
        if (endOf(ended) === 'failed') judge.fault(`the writer: exit ${ended.code} ${ended.stderr}`);
        const atLeast = kind === 'ingest' ? records + storedBy(ended) : 0;
        records = await lookAfter(dir, judge);
        if (records < atLeast) judge.fault(`${records} records, after ${atLeast} were said to be stored`);
      }
    } finally {
      await readers.stop();
    }
    if (judge.faults.length > 0) break;
    await finish(dir);
    await lookAtRest(dir, expected, stage, judge);
    rmSync(dir, { recursive: true });
  }
  return { figures: { ...figures, answers: judge.answers }, faults: judge.faults };
};

const count = (figures: Figures, ended: Ended, left: 'beforeCommit' | 'inCommit' | null): void => {
  if (endOf(ended) === 'refused') figures.refused++;
  if (endOf(ended) !== 'killed') return;
  figures.kills++;
  if (left !== null) figures[left]++;
};

/** Milliseconds that a writer takes from its beginning, and from when it has the lock. */
interface Duration {
  readonly whole: number;
  readonly locked: number;
}

const timeOf = async (writer: Actor, dir: string): Promise<Duration> => {
  await writer.heard('begin');
  const begun = performance.now();
  await hasLock(writer, dir);
  const locked = performance.now();
  await writer.ended;
  const end = performance.now();
  return { whole: end - begun, locked: end - locked };
};

/** Most are killed while they have the lock. */
const killWithin = async (writer: Actor, dir: string, { whole, locked }: Duration, random: Random): Promise<void> => {
  await writer.heard('begin');
  const isAnywhere = random.next() < 0.2;
  if (!isAnywhere) await hasLock(writer, dir);
  const delay = random.next() * (isAnywhere ? whole : locked);
  await Promise.race([sleep(delay), writer.ended]);
  writer.kill('SIGKILL');
};

/** Resolves when a writer has the lock, or has ended. */
const hasLock = async (writer: Actor, dir: string): Promise<void> => {
  let hasEnded = false;
  void writer.ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && holderOf(dir) !== writer.pid) await sleep(2);
};

const holderOf = (dir: string): number | null => {
  try {
    return (JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as { pid: number }).pid;
  } catch {
    return null;
  }
};

/** How far a killed writer had come with a batch; null where it was between two. */
const leftBehind = (dir: string, pid: number | undefined): 'beforeCommit' | 'inCommit' | null => {
  const scratch = join(dir, 'tmp');
  const names = (existsSync(scratch) ? readdirSync(scratch) : []).filter((name) => name.includes(`Z-${pid}-`));
  if (names.some((name) => existsSync(join(scratch, name, 'commit.json')))) return 'inCommit';
  return names.length > 0 ? 'beforeCommit' : null;
};

const endOf = ({ code, signal, stderr }: Ended): 'killed' | 'done' | 'refused' | 'failed' => {
  if (signal === 'SIGKILL') return 'killed';
  // The one that was killed had done it, and its successor finds nothing to be pruned.
  if (code === 0 || stderr.includes('error[prune-nothing]')) return 'done';
  // A reader rolls up what the one that was killed left to be.
  return /error\[lake-lock(ed|-lost)\]/.test(stderr) ? 'refused' : 'failed';
};

/** As the next writer finds it: the ledger says what is there. @returns how many records were read into the lake */
const lookAfter = async (dir: string, judge: Judge): Promise<number> => {
  const lake = await openLake(dir, { threads: 1 });
  try {
    await patiently(() => lake.write(() => Promise.resolve(checkLedger(lake))));
    return readLedger(lake).entries.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  } catch (error) {
    judge.fault(`the next writer: ${(error as Error).message}`);
    return Number.NaN;
  } finally {
    lake.close();
  }
};

const storedBy = ({ said }: Ended): number =>
  Math.max(0, ...said.map(([word, value]) => (word === 'stored' ? value : 0)));

/** Whoever asks may be rolling up. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FlowfitError && error.code === 'lake-locked' && tries < 100)) throw error;
      await sleep(100);
    }
  }
};

const NAMES =
  /^(lake\.json|manifest(\.copy)?\.json|lock\.db|flows|coverage|conversations|connections|rejects|inventory|sources|readers|set-aside|tmp)$/;

/** Nobody reads or writes any more: what the lake has, and that nothing else is left. */
const lookAtRest = async (dir: string, expected: Content, stage: Stage, judge: Judge): Promise<void> => {
  const lake = await openLake(dir, { threads: 1, spillTo: stage.temporary });
  try {
    await lake.write(() => Promise.resolve());
    checkLedger(lake);
    const { health } = await lakeStatus(lake, { isThorough: true, readers: await countReaders(lake) });
    if (!health.isWhole || health.unknown.length + health.waiting + health.readers > 0) {
      judge.fault(`left over: ${JSON.stringify(health)}`);
    }
  } finally {
    lake.close();
  }
  const strangers = [
    ...readdirSync(dir).filter((name) => !NAMES.test(name)),
    ...['tmp', 'readers'].flatMap((name) => (existsSync(join(dir, name)) ? readdirSync(join(dir, name)) : [])),
    ...spilledBefore(stage),
  ];
  if (strangers.length > 0) judge.fault(`left over: ${strangers.join(', ')}`);
  compare(await contentIn(dir), expected, judge);
};

/** But for folders of processes that were killed before they could say whose they are: these are empty. */
const spilledBefore = ({ temporary }: Stage): string[] =>
  readdirSync(temporary).filter((name) => readdirSync(join(temporary, name)).length > 0);

const compare = (found: Content, expected: Content, judge: Judge): void => {
  for (const [name, rows] of Object.entries(expected)) {
    const now = found[name as keyof Content];
    if (now.join('\n') !== rows.join('\n'))
      judge.fault(`${name}: ${now.length} rows instead of ${rows.length}, or others`);
  }
};

/** One ingest after the other, undisturbed, while others read. */
export const readBeside = async ({ stage, inputs }: Setting): Promise<Outcome> => {
  const [judge, questions] = [new Judge(), questionsUntil(null)];
  await walkStates(inputs.begun, {
    folder: inputs.folder,
    objects: inputs.objects.slice(1),
    canBreakOff: false,
    visit: (dir, rank) => expectAnswers(dir, questions, judge, rank),
  });
  const dir = join(inputs.folder, 'beside');
  copy(inputs.begun, dir);
  const readers = await Readers.start(stage, dir, questions, judge);
  let ingests = 0;
  try {
    for (const object of inputs.objects.slice(1)) {
      const { code, stderr } = await stage.start({ kind: 'ingest', lake: dir, inputs: [object] }).ended;
      if (code === 0) ingests++;
      else judge.fault(`ingest: exit ${code} ${stderr}`);
    }
  } finally {
    await readers.stop();
  }
  await lookAtRest(dir, await contentIn(inputs.whole), stage, judge);
  rmSync(dir, { recursive: true });
  return { figures: { ingests, answers: judge.answers }, faults: judge.faults };
};

/** Each writer is the first process of its own world, as in a container: it cannot see the other one. */
const OWN_NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

export const canHaveNamespaces = (): boolean => {
  const [command = '', ...words] = OWN_NAMESPACE;
  return spawnSync(command, [...words, 'true']).status === 0;
};

/** Two writers who cannot see each other begin at the same time. */
export const writeFromTwoNamespaces = async ({ stage, inputs, rounds }: Setting): Promise<Outcome> => {
  const judge = new Judge();
  const expected = await contentIn(inputs.whole);
  let refused = 0;
  for (let round = 0; round < rounds && judge.faults.length === 0; round++) {
    const dir = join(inputs.folder, `namespaces-${round}`);
    copy(inputs.begun, dir);
    const halves = [0, 1].map((half) => inputs.objects.filter((_, index) => index % 2 === half));
    const writers = halves.map((objects) => stage.start({ kind: 'ingest', lake: dir, inputs: objects }, OWN_NAMESPACE));
    const ends = await Promise.all(writers.map(({ ended }) => ended));
    for (const ended of ends) {
      const end = endOf(ended);
      if (end === 'refused') refused++;
      else if (end !== 'done') judge.fault(`a writer: exit ${ended.code ?? ended.signal} ${ended.stderr}`);
    }
    if (!ends.some((ended) => endOf(ended) === 'done')) judge.fault('neither of two writers came to its end');
    await withIngested(dir, inputs.objects);
    await lookAtRest(dir, expected, stage, judge);
    rmSync(dir, { recursive: true });
  }
  return { figures: { rounds, refused }, faults: judge.faults };
};

const withIngested = async (dir: string, objects: readonly string[]): Promise<void> => {
  const lake = await openLake(dir, { threads: 1 });
  try {
    checkLedger(lake);
    await ingest(lake, objects);
  } finally {
    lake.close();
  }
};
