/**
 * A bundle: what a replay rests on as one Parquet file, for somebody who has no lake. Its rows are told apart by `part`:
 *
 *   conversation   a row for each line of the certificate's conversation set (`./lines.ts`)
 *   coverage       NODATA and SKIPDATA records of an interface and hour
 *   life           when the records of the window first and last show an interface
 *   logs           from when to when the lake had records
 *   capture        a snapshot of the inventory, as JSON in `document`
 *
 * To check it, a lake is made from it: so there is one way to compute everything. Of rows that lie across an end of the
 * window, a conversation tells less than the records that it adds up: it may show an interface up to an hour earlier or
 * later. Whether one was there within an hour of either end, which is all that is asked of lives, is the same.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplayPredicate } from '@flowfit/core/certificate/statement';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { parseSnapshot, serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { Batch } from '../commit.ts';
import { hashOfFile } from '../durable.ts';
import { storeSnapshots } from '../inventory/store.ts';
import { loadSnapshots } from '../inventory/timeline.ts';
import { type Lake, type LakeOptions, openLake } from '../lake.ts';
import { dayFolder } from '../paths.ts';
import { queryLives } from '../queries/coverage.ts';
import { lakeSpan, type Span } from '../queries/span.ts';
import { SECONDS_PER_HOUR } from '../queries/window.ts';
import { COVERAGE_COLUMNS, daysOf, filesOf, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { fileLiterals, literal } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { writeParquet } from '../write-parquet.ts';
import { LINE_COLUMNS, lineRowsSql, wholeHours } from './lines.ts';

type BundleDigest = NonNullable<ReplayPredicate['bundle']>;

let serial = 0;

/** Writes the bundle of a window. @throws FlowfitError `bundle-unwritable` */
export const writeBundle = async (state: LakeState, window: Span, path: string): Promise<BundleDigest> => {
  const hours = wholeHours(window);
  const table = `bundle_${++serial}`;
  const { db } = state;
  await db.run(
    `CREATE TEMP TABLE ${table} (part VARCHAR, interface_id VARCHAR, first_seen BIGINT, last_seen BIGINT, document VARCHAR)`,
  );
  try {
    const add = `INSERT INTO ${table} VALUES ($1, $2, $3, $4, $5)`;
    const logs = await lakeSpan(state);
    if (logs !== null) await db.run(add, ['logs', null, BigInt(logs.from), BigInt(logs.to - 1), null]);
    const { existedFrom, existedUntil } = await queryLives(state, window);
    for (const [id, from] of existedFrom) {
      await db.run(add, ['life', id, BigInt(from), BigInt(existedUntil.get(id) ?? from), null]);
    }
    for (const snapshot of loadSnapshots(state)) {
      await db.run(add, ['capture', null, null, null, serializeSnapshot(snapshot)]);
    }
    const coverage = relationOf(await filesOf(state, 'coverage', daysOf(hours.from, hours.to)), COVERAGE_COLUMNS);
    await db.run(`COPY (
      SELECT 'conversation' AS part, * FROM (${await lineRowsSql(state, hours)})
      UNION ALL BY NAME ${coverageSql(coverage, hours)}
      UNION ALL BY NAME SELECT * FROM ${table}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  } catch (error) {
    if (error instanceof FlowfitError) throw error;
    throw new FlowfitError('bundle-unwritable', `The bundle cannot be written to ${path}: ${messageOf(error)}.`);
  } finally {
    await db.run(`DROP TABLE ${table}`);
  }
  return { bytes: (await stat(path)).size, sha256: await hashOfFile(path) };
};

const coverageSql = (coverage: string, { from, to }: Span): string => `
  SELECT 'coverage' AS part, interface_id, start // ${SECONDS_PER_HOUR} * ${SECONDS_PER_HOUR} AS hour, log_status,
    min(start) AS first_seen, max(coalesce("end", start)) AS last_seen
  FROM ${coverage} WHERE interface_id IS NOT NULL AND start >= ${from} AND start < ${to} GROUP BY ALL`;

/** A lake that has what a bundle has, in a folder of its own, which goes when it is closed. */
export interface OpenBundle {
  readonly lake: Lake;
  close(): Promise<void>;
}

/** @throws FlowfitError `bundle-invalid` */
export const openBundle = async (path: string, window: Span, options: LakeOptions = {}): Promise<OpenBundle> => {
  const folder = await mkdtemp(join(options.spillTo ?? tmpdir(), 'flowfit-bundle-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const lake = await openLake(join(folder, 'lake'), { ...options, create: true });
    const close = async (): Promise<void> => {
      lake.close();
      await remove();
    };
    try {
      await lake.write(() => fill(lake, path, window));
      return { lake, close };
    } catch (error) {
      lake.close();
      throw toBundleError(path, error);
    }
  } catch (error) {
    await remove();
    throw error;
  }
};

const toBundleError = (path: string, error: unknown): unknown =>
  error instanceof FlowfitError && error.code !== 'snapshot-invalid'
    ? error
    : new FlowfitError(
        'bundle-invalid',
        `${path} is no bundle of a certificate, or is damaged: ${messageOf(error).split('\n', 1)[0]} Ask for the file again.`,
        { cause: error },
      );

const fill = async (lake: Lake, path: string, window: Span): Promise<void> => {
  const bundle = `read_parquet(${fileLiterals([path])}, hive_partitioning = false)`;
  const captures = await lake.db.all<{ document: string | null }>(
    `SELECT document FROM ${bundle} WHERE part = 'capture'`,
  );
  await storeSnapshots(
    lake,
    captures.map(({ document }) => {
      const parsed = parseSnapshot(document ?? '');
      if (!parsed.ok) throw new FlowfitError(parsed.error.code, parsed.error.message);
      return parsed.snapshot;
    }),
  );
  const batch = await Batch.begin(lake);
  try {
    await fillConversations(lake, batch, bundle);
    await fillCoverage(lake, batch, bundle, Math.floor(window.from / SECONDS_PER_DAY));
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

const fillConversations = async (lake: Lake, batch: Batch, bundle: string): Promise<void> => {
  const rows = `SELECT ${LINE_COLUMNS.join(', ')} FROM ${bundle} WHERE part = 'conversation'`;
  const days = await lake.db.all<{ day: number }>(
    `SELECT DISTINCT hour // ${SECONDS_PER_DAY} AS day FROM (${rows}) WHERE hour IS NOT NULL ORDER BY day`,
  );
  for (const { day } of days) {
    const target = join(lake.paths.conversations, dayFolder(day), 'bundle.parquet');
    await writeParquet(lake.db, batch, target, `SELECT * FROM (${rows}) WHERE hour // ${SECONDS_PER_DAY} = ${day}`);
  }
};

/** Lives and the span of the logs go to the first day of the window, where they are looked for. */
const fillCoverage = async (lake: Lake, batch: Batch, bundle: string, firstDay: number): Promise<void> => {
  const rows = `
    SELECT NULL::VARCHAR AS account_id, interface_id, first_seen AS start, last_seen AS "end", log_status,
      CASE part WHEN 'coverage' THEN hour // ${SECONDS_PER_DAY} ELSE ${firstDay} END AS day
    FROM ${bundle} WHERE part IN ('coverage', 'life', 'logs')`;
  const days = await lake.db.all<{ day: number }>(`SELECT DISTINCT day FROM (${rows}) ORDER BY day`);
  for (const { day } of days) {
    const target = join(lake.paths.coverage, dayFolder(day), 'bundle.parquet');
    await writeParquet(lake.db, batch, target, `SELECT * EXCLUDE (day) FROM (${rows}) WHERE day = ${day}`);
  }
};
