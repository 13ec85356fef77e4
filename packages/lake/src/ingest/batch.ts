/**
 * One batch: objects that enter the lake together or not at all.
 *
 *  1. Each object is read into columns (core/flow), and each piece of them enriched (core/enrich).
 *  2. The pieces are appended to staged tables, and the dictionaries loaded beside them.
 *  3. Repeats are dropped.
 *  4. Records are written with texts for codes, and all of it committed with the ledger.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchEnricher } from '@flowfit/core/enrich/batch';
import { FlowfitError } from '@flowfit/core/errors';
import { type FlowBatch, MISSING_CODE, ROW_KINDS } from '@flowfit/core/flow/batch';
import { createDictionaries } from '@flowfit/core/flow/dictionaries';
import type { Layout } from '@flowfit/core/flow/format';
import type { SetAside } from '@flowfit/core/flow/object-reader';
import type { RecordKind } from '@flowfit/core/flow/record';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { emptyCounts, type LedgerEntry, ledgerSums, ledgerText, type RecordCounts } from '../ledger.ts';
import { END_OF_DAYS } from '../paths.ts';
import { daysIn } from '../relations.ts';
import type { PlaceColumn } from '../tables/places.ts';
import { dropRepeats } from './dedupe.ts';
import { loadDictionaries } from './dictionary-tables.ts';
import { isOutOfSpace } from './faults.ts';
import { readParquet } from './parquet.ts';
import type { GeoLocator } from './places.ts';
import { type Failure, type PreparedObject, toFailure } from './prepare.ts';
import { type Damage, readText } from './read.ts';
import { OtherFields, StagedTable, shapeOf } from './staged.ts';
import type { StepClock } from './steps.ts';
import { CodeTranslator, type ReaderPool } from './workers/reader-pool.ts';
import { writeRecords } from './write.ts';

export interface BatchContext {
  readonly lake: Lake;
  readonly timeline: Timeline;
  readonly geo: GeoLocator | undefined;
  /** Layout of text without a header. */
  readonly initial: Layout;
  readonly clock: StepClock;
  /** Threads to read with; null = this one reads. */
  readonly pool: ReaderPool | null;
}

export interface BatchResult {
  readonly entries: readonly LedgerEntry[];
  readonly failures: readonly Failure[];
  readonly interfaceIds: readonly string[];
  /** Unix seconds of the earliest start and the latest end. */
  readonly from: number | null;
  readonly to: number | null;
}

/** A line that was not stored, as `rejects/` keeps it. */
interface Reject {
  readonly source: string;
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
  readonly text: string;
}

export const ingestBatch = async (context: BatchContext, objects: readonly PreparedObject[]): Promise<BatchResult> =>
  await new BatchIngest(context, objects, await Batch.begin(context.lake)).run();

let generations = 0;

class BatchIngest {
  readonly #context: BatchContext;
  readonly #lake: Lake;
  readonly #objects: readonly PreparedObject[];
  readonly #batch: Batch;
  readonly #dictionaries = createDictionaries();
  readonly #enricher: BatchEnricher;
  readonly #codes = new CodeTranslator(this.#dictionaries);
  readonly #generation = ++generations;
  readonly #others = new OtherFields();
  /** Each is being made once only, whoever asks for it first. */
  readonly #tables = new Map<string, Promise<StagedTable>>();
  readonly #counts: readonly RecordCounts[];
  readonly #damage = new Map<PreparedObject, Damage>();
  readonly #failures = new Map<PreparedObject, Failure>();
  #rejects: number | null = null;

  constructor(context: BatchContext, objects: readonly PreparedObject[], batch: Batch) {
    const { lake, timeline, geo } = context;
    this.#context = context;
    this.#lake = lake;
    this.#objects = objects;
    this.#batch = batch;
    this.#counts = objects.map(() => emptyCounts());
    this.#enricher = new BatchEnricher(this.#dictionaries, {
      statesOf: (id) => timeline.statesOfInterface(id),
      locate: (address) => geo?.locate(address) ?? null,
    });
  }

  async run(): Promise<BatchResult> {
    try {
      this.#context.clock.begin('read');
      await this.#readAll();
      this.#context.clock.begin('write');
      return await this.#store();
    } catch (error) {
      await this.#batch.discard();
      throw error;
    } finally {
      this.#context.clock.begin(null);
      if (this.#rejects !== null) closeSync(this.#rejects);
      for (const table of await Promise.all(this.#tables.values())) await table.drop();
    }
  }

  async #readAll(): Promise<void> {
    const objects = this.#objects.entries();
    const readNext = async (): Promise<void> => {
      // All take from one iterator.
      for (const [index, object] of objects) await this.#read(object, index);
    };
    await Promise.all(Array.from({ length: this.#context.pool?.threads ?? 1 }, readNext));
  }

  async #read(object: PreparedObject, index: number): Promise<void> {
    try {
      for await (const piece of this.#piecesOf(object, index)) await this.#append(piece, index);
    } catch (error) {
      if (object.kind.kind !== 'parquet' || isOutOfSpace(error)) throw error;
      // Part of it may be staged by now.
      this.#failures.set(object, toFailure(object.source, error));
    }
  }

  #piecesOf(object: PreparedObject, index: number): AsyncIterable<FlowBatch> {
    const options = {
      layout: this.#context.initial,
      dictionaries: this.#dictionaries,
      onSetAside: (line: SetAside) => this.#setAside(object, index, line),
      onDamage: (damage: Damage) => void this.#damage.set(object, damage),
    };
    const { kind, path, source } = object;
    if (kind.kind === 'parquet') return readParquet(this.#lake.db, object, options);
    const text = { path, source, compression: kind.compression };
    const { pool } = this.#context;
    return pool === null
      ? readText(text, options)
      : pool.read(text, { ...options, codes: this.#codes, generation: this.#generation });
  }

  async #append(piece: FlowBatch, index: number): Promise<void> {
    const table = await this.#tableOf(piece);
    const others = table.hasOtherFields ? this.#others.codesOf(piece, this.#dictionaries) : null;
    const { clock } = this.#context;
    clock.begin('enrich');
    const enriched = this.#enricher.enrich(piece);
    clock.begin('read');
    table.append(index, piece, enriched, others);
  }

  async #store(): Promise<BatchResult> {
    const { lake } = this.#context;
    const tables = await Promise.all(this.#tables.values());
    for (const table of tables) await table.finish(this.#failedObjects());
    const dictionaries = await loadDictionaries(lake.db, {
      dictionaries: this.#dictionaries,
      fields: tables.flatMap(({ fields }) => fields),
      places: this.#enricher.places,
      locations: this.#enricher.locations,
      groupSets: this.#enricher.groupSets,
      otherMaps: this.#others.maps,
    });
    try {
      return await this.#storeTables(tables, dictionaries.places);
    } finally {
      await dictionaries.drop();
    }
  }

  async #storeTables(tables: readonly StagedTable[], places: readonly PlaceColumn[]): Promise<BatchResult> {
    const { lake } = this.#context;
    for (const table of tables) {
      for (const [index, count] of await dropRepeats(lake, table)) this.#countOf(index).duplicates += count;
      await this.#countKinds(table);
    }
    const days = new Set<number | null>();
    const written = { stored: 0, coverage: 0 };
    for (const [serial, table] of tables.entries()) {
      const part = await writeRecords(lake, this.#batch, table, serial, places);
      for (const day of part.days) days.add(day);
      written.stored += part.stored;
      written.coverage += part.coverage;
    }
    this.#batch.markDirty(this.#affectedBy(days));
    const result = await this.#result(tables);
    expectAllWritten(result.entries, written);
    await this.#batch.stageText(join(lake.paths.sources, `${this.#batch.id}.ndjson`), ledgerText(result.entries));
    await this.#batch.commit();
    return result;
  }

  /** Numbers of the objects of which nothing counts. */
  #failedObjects(): number[] {
    return [...this.#failures.keys()].map((object) => this.#objects.indexOf(object));
  }

  /** Days with new records, and the one on which the logs began so far, if they begin earlier now. */
  #affectedBy(days: ReadonlySet<number | null>): Set<number | null> {
    const [first] = daysIn(this.#lake, 'flows');
    if (first === undefined || first === null) return new Set(days);
    const isEarlier = [...days].some((day) => day !== null && day < first);
    return new Set(isEarlier ? [...days, first] : days);
  }

  async #countKinds(table: StagedTable): Promise<void> {
    const rows = await this.#lake.db.all<{ object: number; kind: number; count: number }>(
      `SELECT object, kind, count(*) AS count FROM ${table.name} GROUP BY object, kind`,
    );
    for (const { object, kind, count } of rows)
      this.#countOf(object)[COUNTED_AS[ROW_KINDS[kind] as RecordKind]] += count;
  }

  async #result(tables: readonly StagedTable[]): Promise<BatchResult> {
    const ingestedAt = this.#lake.now().toISOString();
    const entries = this.#objects.flatMap((object, index): LedgerEntry[] => {
      if (this.#failures.has(object)) return [];
      const damage = this.#damage.get(object);
      const { source, sha256, bytes } = object;
      const counts = this.#countOf(index);
      return [{ source, sha256, bytes, ingestedAt, counts, ...(damage === undefined ? {} : { damage }) }];
    });
    const spans = await Promise.all(tables.map((table) => this.#spanOf(table)));
    const froms = spans.flatMap(({ from }) => from ?? []);
    const tos = spans.flatMap(({ to }) => to ?? []);
    const damaged = [...this.#damage].map(([{ source }, damage]): Failure => ({ source, ...damage }));
    return {
      entries,
      failures: [...this.#failures.values(), ...damaged],
      interfaceIds: await this.#interfaceIds(tables),
      from: froms.length === 0 ? null : Math.min(...froms),
      to: tos.length === 0 ? null : Math.max(...tos),
    };
  }

  async #spanOf(table: StagedTable): Promise<{ from: number | null; to: number | null }> {
    const isTime = (column: string) => `${column} BETWEEN 0 AND ${END_OF_DAYS - 1}`;
    const from = table.has('start') ? `min(start) FILTER (${isTime('start')})` : 'min(NULL)';
    const last = table.has('end') ? '"end"' : table.has('start') ? 'start' : null;
    const to = last === null ? 'max(NULL)' : `max(${last}) FILTER (${isTime(last)})`;
    return await this.#lake.db.one(`SELECT ${from} AS from, ${to} AS to FROM ${table.name}`);
  }

  async #interfaceIds(tables: readonly StagedTable[]): Promise<string[]> {
    const { texts } = this.#dictionaries.of('interface-id');
    const queries = tables
      .filter((table) => table.has('interface-id'))
      .map((table) => `SELECT DISTINCT interface_id AS code FROM ${table.name} WHERE interface_id <> ${MISSING_CODE}`);
    if (queries.length === 0) return [];
    const rows = await this.#lake.db.all<{ code: number }>(queries.join(' UNION '));
    return rows.map(({ code }) => texts[code] as string);
  }

  async #tableOf(piece: FlowBatch): Promise<StagedTable> {
    const shape = shapeOf(piece);
    const key = `${shape.hasOtherFields} ${shape.fields.join(' ')}`;
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = StagedTable.create(this.#lake.db, this.#tables.size, shape);
      this.#tables.set(key, table);
    }
    return await table;
  }

  #countOf(index: number): RecordCounts {
    const counts = this.#counts[index];
    if (counts === undefined) throw new Error(`rows of an object that is not of this batch: ${index}`);
    return counts;
  }

  #setAside({ source }: PreparedObject, index: number, { line, reason, detail, text }: SetAside): void {
    const { rejected } = this.#countOf(index);
    rejected[reason] = (rejected[reason] ?? 0) + 1;
    const reject: Reject = { source, line, reason, detail, text };
    if (this.#rejects === null) {
      this.#rejects = openSync(this.#batch.stage(join(this.#lake.paths.rejects, `${this.#batch.id}.ndjson`)), 'w');
    }
    // Unlike `writeSync`, this writes all of it or fails.
    writeFileSync(this.#rejects, `${JSON.stringify(reject)}\n`);
  }
}

/** What a record of a kind is counted as. */
const COUNTED_AS = { record: 'stored', 'no-data': 'noData', 'skip-data': 'skipData' } as const satisfies Record<
  RecordKind,
  keyof RecordCounts
>;

/** What is said to be stored is what the files of the batch have. */
const expectAllWritten = (
  entries: readonly LedgerEntry[],
  written: { readonly stored: number; readonly coverage: number },
): void => {
  const said = ledgerSums({ entries, corrections: [] });
  if (said.stored === written.stored && said.coverage === written.coverage) return;
  throw new FlowfitError(
    'ledger-mismatch',
    `Of ${said.stored} records and ${said.coverage} of coverage, ${written.stored} and ${written.coverage} were written. ` +
      'Nothing of the batch is in the lake: this is a fault of Flowfit.',
  );
};
