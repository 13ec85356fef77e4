/**
 * Who reads which state: `readers/<version>-<id>`, an empty file for each state that a process reads. The id begins with
 * the number of the process and where that number counts.
 *
 * A commit may replace files that a reader of an earlier state still needs. The writer publishes its manifest first and
 * then looks here: what was named by a state that somebody reads stays until he is done. A reader first says which state
 * he takes, and then looks whether it is still the newest. So either the writer sees him, or he sees the new state.
 *
 * A process that was killed cannot take its files back. One that would be seen from here, and is not, has ended; others
 * touch their files while they live, and silence counts as their end.
 * Where the lake cannot be written by the reader, nothing keeps the files of an older state for him.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { namesIn } from './durable.ts';
import { HEARTBEAT_MS, SILENCE_MS, timeOfFileSystem, touch } from './heartbeat.ts';
import { type Manifest, readManifest, versionOnDisk } from './manifest.ts';
import type { LakePaths } from './paths.ts';
import { bootId, hasEnded, pidNamespace } from './processes.ts';

export interface Pin {
  readonly manifest: Manifest;
  release(): Promise<void>;
}

/** Takes the newest state, and keeps its files until it is released. @throws FlowfitError `lake-damaged`, `lake-newer` */
export const pinNewest = async (paths: LakePaths, known: Manifest): Promise<Pin> => {
  for (let manifest = known; ; manifest = await readManifest(paths)) {
    const path = join(paths.readers, `${manifest.version}-${process.pid}-${placeOfProcess()}-${randomUUID()}`);
    const isPinned = await mkdir(paths.readers, { recursive: true })
      .then(() => writeFile(path, ''))
      .then(() => true)
      .catch(() => false);
    if (versionOnDisk(paths) !== manifest.version) {
      // Overtaken by a commit, or damaged, which reading it tells.
      await rm(path, { force: true }).catch(() => undefined);
      continue;
    }
    const heartbeat = isPinned ? setInterval(() => void touch(path), HEARTBEAT_MS).unref() : undefined;
    return {
      manifest,
      release: async () => {
        clearInterval(heartbeat);
        if (isPinned) await rm(path, { force: true }).catch(() => undefined);
      },
    };
  }
};

/** The earliest version that somebody reads; null where nobody reads. Forgets those who are gone. The lock must be held. */
export const earliestRead = async (paths: LakePaths): Promise<number | null> => {
  const names = await namesIn(paths.readers);
  if (names.length === 0) return null;
  // Where the next writer clears up what a killed one left.
  await mkdir(paths.scratch, { recursive: true });
  const now = await timeOfFileSystem(paths.scratch);
  let earliest: number | null = null;
  for (const name of names) {
    const version = Number(/^(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(version)) continue;
    const path = join(paths.readers, name);
    const touched = await stat(path).catch(() => null);
    if (touched === null) continue;
    if (isLeftBehind(name) || now - touched.mtimeMs > SILENCE_MS) await rm(path, { force: true });
    else earliest = Math.min(earliest ?? version, version);
  }
  return earliest;
};

const isLeftBehind = (name: string): boolean => {
  const [, pid, place] = /^\d+-(\d+)-([0-9a-f]+)-/.exec(name) ?? [];
  if (pid === undefined || place !== placeOfProcess()) return false;
  return hasEnded(Number(pid));
};

/** Equal for processes that see each other: of one running operating system and one container. */
const placeOfProcess = (): string => {
  const [boot, namespace] = [bootId(), pidNamespace()];
  // Without Linux there are no containers, and the name of the machine says enough.
  const place = boot === null || namespace === null ? hostname() : `${boot} ${namespace}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 8);
};
