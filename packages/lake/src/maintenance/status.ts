/** Status: what a lake holds, how large it is, and whether it is whole. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { push } from '@flowfit/core/multimap';
import { type Damage, dayInPath } from '../check.ts';
import { namesIn } from '../durable.ts';
import { ledgerSums, readLedger, recordsIn } from '../ledger.ts';
import { bytesOf, type LakeFile } from '../manifest.ts';
import { filesInFolders } from '../migrations.ts';
import { dayFolder } from '../paths.ts';
import { currentTimeline } from '../queries/facts.ts';
import { daysIn, dirtyDays } from '../relations.ts';
import type { LakeState } from '../state.ts';

/** The document of `lake status --json`. */
export interface LakeStatus {
  readonly schema: 'flowfit.lake-status/1';
  readonly lake: string;
  readonly createdAt: string;
  /** Counts the changes. */
  readonly version: number;
  readonly files: number;
  readonly bytes: number;
  /** By folder. */
  readonly sizes: readonly { readonly folder: string; readonly files: number; readonly bytes: number }[];
  readonly objects: number;
  readonly records: { readonly stored: number; readonly coverage: number };
  readonly days: {
    /** `YYYY-MM-DD`; null without any. */
    readonly first: string | null;
    readonly last: string | null;
    readonly count: number;
    /** Days between the first and the last of which nothing is there. */
    readonly missing: readonly string[];
    readonly notRolledUp: readonly string[];
    readonly prunedBefore: string | null;
    readonly hasRecordsWithoutTime: boolean;
  };
  readonly inventory: {
    readonly captures: number;
    /** ISO 8601; null without any. */
    readonly first: string | null;
    readonly last: string | null;
    /** Days of records before the first capture and after the last one. */
    readonly daysBefore: number;
    readonly daysAfter: number;
  };
  readonly health: {
    readonly isWhole: boolean;
    /** Whether all bytes were looked at; otherwise sizes and times. */
    readonly isThorough: boolean;
    readonly damaged: readonly {
      readonly path: string;
      readonly day: string | null;
      readonly damage: Exclude<Damage, null>;
    }[];
    /** Null where the ledger says what the files have. */
    readonly ledgerSays: { readonly stored: number; readonly coverage: number } | null;
    /** Files where the lake has its own that it does not know. */
    readonly unknown: readonly string[];
    /** Files of an earlier state that wait for its readers. */
    readonly waiting: number;
    readonly readers: number;
  };
}

export const lakeStatus = async (
  state: LakeState,
  { isThorough, readers }: { readonly isThorough: boolean; readonly readers: number },
): Promise<LakeStatus> => {
  const { manifest, dir } = state;
  const damaged: LakeStatus['health']['damaged'][number][] = [];
  for (const file of manifest.files) {
    const damage = await state.checker.damageOf(file, isThorough);
    if (damage !== null) damaged.push({ path: file.path, day: dayInPath(file.path), damage });
  }
  const isLedgerWhole = !damaged.some(({ path }) => path.startsWith('sources/'));
  const ledger = isLedgerWhole ? readLedger(state) : { entries: [], corrections: [] };
  const [said, records] = [ledgerSums(ledger), recordsIn(state)];
  const isRight = !isLedgerWhole || (said.stored === records.stored && said.coverage === records.coverage);
  const known = new Set([...manifest.files, ...manifest.superseded].map(({ path }) => path));
  const unknown = (await filesInFolders(state.paths)).map(({ path }) => path).filter((path) => !known.has(path));
  const hasInventory = !damaged.some(({ path }) => path.startsWith('inventory/'));
  const days = daysOfState(state);
  return {
    schema: 'flowfit.lake-status/1',
    lake: dir,
    createdAt: manifest.createdAt,
    version: manifest.version,
    files: manifest.files.length,
    bytes: bytesOf(manifest.files),
    sizes: sizesOf(state),
    objects: ledger.entries.length,
    records,
    days,
    inventory: reachOf(hasInventory ? currentTimeline(state).epochs : [], days),
    health: {
      isWhole: damaged.length === 0 && isRight,
      isThorough,
      damaged,
      ledgerSays: isRight ? null : said,
      unknown,
      waiting: manifest.superseded.filter(({ path }) => existsSync(join(dir, path))).length,
      readers,
    },
  };
};

/** How many processes read this lake now. */
export const countReaders = async (state: Pick<LakeState, 'paths'>): Promise<number> =>
  (await namesIn(state.paths.readers)).length;

const sizesOf = ({ manifest }: LakeState): LakeStatus['sizes'] => {
  const byFolder = new Map<string, LakeFile[]>();
  for (const file of manifest.files) push(byFolder, file.path.split('/')[0] ?? '', file);
  return [...byFolder].map(([folder, files]) => ({ folder, files: files.length, bytes: bytesOf(files) }));
};

const daysOfState = (state: LakeState): LakeStatus['days'] => {
  const all = [...daysIn(state, 'flows'), ...daysIn(state, 'coverage')];
  const days = [...new Set(all.filter((day) => day !== null))].sort((a, b) => a - b);
  const [first, last] = [days[0], days.at(-1)];
  const has = new Set(days);
  const missing: string[] = [];
  for (let day = first ?? 0; day < (last ?? 0); day++) if (!has.has(day)) missing.push(dayName(day));
  return {
    first: first === undefined ? null : dayName(first),
    last: last === undefined ? null : dayName(last),
    count: days.length,
    missing,
    notRolledUp: dirtyDays(state).map(dayName),
    prunedBefore: state.manifest.prunedBefore,
    hasRecordsWithoutTime: all.includes(null),
  };
};

const reachOf = (epochs: readonly number[], { first, last }: LakeStatus['days']): LakeStatus['inventory'] => {
  const [from, to] = [epochs[0], epochs.at(-1)];
  const iso = (seconds: number | undefined) => (seconds === undefined ? null : new Date(seconds * 1000).toISOString());
  const dayOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;
  const whole = (seconds: number) => Math.max(0, Math.round((seconds / 86_400) * 10) / 10);
  return {
    captures: epochs.length,
    first: iso(from),
    last: iso(to),
    daysBefore: from === undefined || first === null ? 0 : whole(from - dayOf(first)),
    daysAfter: to === undefined || last === null ? 0 : whole(dayOf(last) + 86_400 - to),
  };
};

const dayName = (day: number | null): string => dayFolder(day).replace('day=', '');
