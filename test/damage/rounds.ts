/**
 * Random damage to a lake, round by round: any file, any byte, cut off, deleted, written over, put in the place of another.
 *
 * After each, a command either answers as before or fails with 1 and names a file that was damaged. After `lake repair` and
 * another ingest of the same objects the lake says what it said.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { ingest } from '@flowfit/lake/ingest/ingest';
import { openLake } from '@flowfit/lake/lake';
import { checkLedger } from '@flowfit/lake/ledger';
import { smallAccount, writeObject } from '@flowfit/lake/testing/accounts';
import { type Content, contentOf } from '@flowfit/lake/testing/content';
import { randomNumbers } from '@flowfit/lake/testing/random';
import { runCli } from '../../packages/cli/src/testing/run-cli.ts';

const QUESTIONS: readonly (readonly string[])[] = [
  ['top', 'srcaddr', '--json'],
  ['top', 'initiator', '--json'],
  ['flows', '--json'],
  ['histogram', '--json'],
  ['rules', '--json'],
  ['groups', '--json'],
  ['findings', '--json'],
  ['inventory', 'show', '--json'],
];

/** A whole lake, what it says, and what it was made from. */
export interface Model {
  readonly lake: string;
  readonly inputs: readonly string[];
  readonly snapshots: readonly InventorySnapshot[];
  readonly content: Content;
  /** By question. */
  readonly answers: ReadonlyMap<string, string>;
}

const FILES = 5;

export const makeModel = async (folder: string, seed: number): Promise<Model> => {
  const account = smallAccount(seed, 'v5', { records: 300 });
  const inputs = await Promise.all(
    Array.from({ length: FILES }, (_, file) => {
      const lines = account.lines.filter((__, index) => index % FILES === file);
      return writeObject(folder, file, account.header, file === 0 ? [...lines, 'no record at all'] : lines);
    }),
  );
  // Few, so that one of them is not all that can be hit.
  const snapshots = account.snapshots.filter((_, index) => index % 5 === 0);
  const lake = join(folder, 'whole');
  for (const path of inputs) await ingestInto(lake, [path], snapshots);
  const answers = new Map<string, string>();
  for (const question of QUESTIONS) {
    const { code, stdout, stderr } = await runCli([...question, '--lake', lake]);
    if (code !== 0) throw new Error(`${question.join(' ')}: ${stderr}`);
    answers.set(question.join(' '), stdout);
  }
  return { lake, inputs, snapshots, content: await contentIn(lake), answers };
};

export interface Round {
  readonly seed: number;
  /** What was done to which file. */
  readonly damage: string;
  /** What should not be; empty where all is well. */
  readonly faults: readonly string[];
}

export const damageRound = async (model: Model, folder: string, seed: number): Promise<Round> => {
  const random = randomNumbers(seed);
  const lake = join(folder, `lake-${seed}`);
  cpSync(model.lake, lake, { recursive: true, preserveTimestamps: true });
  try {
    const damaged = Array.from({ length: random() < 0.7 ? 1 : 3 }, () => damageOne(lake, random));
    const damage = damaged.map(({ path, how }) => `${path}: ${how}`).join('; ');
    const faults = [
      ...(await askAll(model, lake, damaged, random)),
      ...(await repairAndIngest(model, lake).catch((error: Error) => [error.message])),
    ];
    return { seed, damage, faults };
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
};

const askAll = async (
  model: Model,
  lake: string,
  damaged: readonly Damaged[],
  random: () => number,
): Promise<string[]> => {
  const faults: string[] = [];
  for (const question of QUESTIONS) {
    if (random() < 0.6) continue;
    const { code, stdout, stderr } = await runCli([...question, '--lake', lake]);
    const isRight = code === 0 && stdout === model.answers.get(question.join(' '));
    const names = damaged.some(({ path }) => stderr.includes(path) || stderr.includes(basename(path)));
    if (isRight || (code === 1 && names && !stderr.includes('fault of Flowfit'))) continue;
    faults.push(`${question.join(' ')}: exit ${code}${code === 0 ? ', another answer' : ''} ${stderr}`);
  }
  return faults;
};

const repairAndIngest = async (model: Model, lake: string): Promise<string[]> => {
  await expectDone(['lake', 'repair', '--lake', lake]);
  await ingestInto(lake, model.inputs, model.snapshots);
  const faults: string[] = [];
  const content = await contentIn(lake);
  for (const [name, rows] of Object.entries(model.content)) {
    const now = content[name as keyof Content];
    if (JSON.stringify(now) !== JSON.stringify(rows))
      faults.push(`${name}: ${now.length} rows instead of ${rows.length}, or others`);
  }
  const status = await runCli(['lake', 'status', '--check', '--lake', lake]);
  if (status.code !== 0) faults.push(`status: ${status.stdout} ${status.stderr}`);
  return faults;
};

const ingestInto = async (
  dir: string,
  inputs: readonly string[],
  snapshots: readonly InventorySnapshot[],
): Promise<void> => {
  const lake = await openLake(dir, { create: true, threads: 1 });
  try {
    const { objects } = await ingest(lake, inputs, { snapshots });
    if (objects.failed.length > 0) throw new Error(JSON.stringify(objects.failed));
  } finally {
    lake.close();
  }
};

const contentIn = async (dir: string): Promise<Content> => {
  const lake = await openLake(dir, { threads: 1 });
  try {
    checkLedger(lake);
    return await contentOf(lake);
  } finally {
    lake.close();
  }
};

const expectDone = async (words: readonly string[]): Promise<void> => {
  const { code, stderr } = await runCli(words);
  if (code !== 0) throw new Error(`flowfit ${words.slice(0, 2).join(' ')}: exit ${code} ${stderr}`);
};

interface Damaged {
  /** Relative to the lake. */
  readonly path: string;
  readonly how: string;
}

const damageOne = (lake: string, random: () => number): Damaged => {
  const files = filesBelow(lake);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const path = pick(files);
  const absolute = join(lake, path);
  const size = statSync(absolute).size;
  const at = Math.floor(random() * size);
  const how = pick(['flip', 'flip', 'flip', 'truncate', 'delete', 'append', 'swap', 'zero', 'folder']);
  if (how === 'delete' || (size === 0 && how !== 'append')) {
    rmSync(absolute);
    return { path, how: 'delete' };
  }
  if (how === 'folder') {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path;
    rmSync(join(lake, folder), { recursive: true });
    return { path: folder, how };
  }
  if (how === 'truncate') truncateSync(absolute, at);
  else if (how === 'append') writeFileSync(absolute, Buffer.concat([readFileSync(absolute), Buffer.from('PAR1\n')]));
  else if (how === 'swap') writeFileSync(absolute, readFileSync(join(lake, pick(files))));
  else {
    const bytes = readFileSync(absolute);
    if (how === 'zero') bytes.fill(0, at);
    else bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    writeFileSync(absolute, bytes);
  }
  return { path, how: `${how} at ${at} of ${size}` };
};

const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => existsSync(join(root, path)))
    .sort();
