/**
 * One batch: objects that enter the lake together or not at all.
 *
 *  1. The bulk path reads every object that looks plain into staging tables, but for gzip that is damaged.
 *  2. Objects that turn out not to be wholly plain leave again: a line of another shape, a value out of bounds, an
 *     address that is none, or not as many bytes as the object holds (DuckDB does not read all that gunzip does).
 *  3. They and JSON go the careful way, which ends in the same staging tables. Of Parquet only rows that are not plain do.
 *  4. Repeats are dropped, records enriched and written, and all of it committed with the ledger.
 */
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import type { Layout } from '@flowfit/core/flow/format';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { canonicalAddress } from '@flowfit/core/net/address';
import { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { emptyCounts, type LedgerEntry, ledgerSums, ledgerText, type RecordCounts } from '../ledger.ts';
import { END_OF_DAYS } from '../paths.ts';
import { daysIn } from '../relations.ts';
import { columnOf, stagedFields } from '../sql/columns.ts';
import { literals } from '../sql/text.ts';
import { CarefulReader, type CarefulResult, type PlainFile, type Reject } from './careful.ts';
import { dropRepeats } from './dedupe.ts';
import { measuredSize } from './gzip.ts';
import { inHalves, isOutOfSpace } from './halves.ts';
import { loadInterfaceVersions, NO_ADDRESSES } from './interfaces.ts';
import { groupParquet, judgeOthers, type ParquetGroup, parquetRows, toParquetError } from './parquet.ts';
import { type GeoLocator, loadPlaces } from './places.ts';
import { CANONICAL_IPV4, outOfRange } from './plain.ts';
import { type Failure, type PreparedObject, toFailure } from './prepare.ts';
import { StagingTable } from './staging.ts';
import { ADDRESS_FIELDS, placedAddresses, writeRecords } from './write.ts';

export interface BatchContext {
  readonly lake: Lake;
  readonly timeline: Timeline;
  readonly geo: GeoLocator | undefined;
  /** Layout of text without a header. */
  readonly initial: Layout;
}

export interface BatchResult {
  readonly entries: readonly LedgerEntry[];
  readonly failures: readonly Failure[];
  readonly interfaceIds: readonly string[];
  /** Unix seconds of the earliest start and the latest end. */
  readonly from: number | null;
  readonly to: number | null;
}

type ObjectId = bigint | number;

export const ingestBatch = async (context: BatchContext, objects: readonly PreparedObject[]): Promise<BatchResult> =>
  await new BatchIngest(context, objects, await Batch.begin(context.lake)).run();

class BatchIngest {
  readonly #context: BatchContext;
  readonly #lake: Lake;
  readonly #objects: readonly PreparedObject[];
  readonly #batch: Batch;
  readonly #tables = new Map<string, StagingTable>();
  readonly #byId = new Map<ObjectId, PreparedObject>();
  readonly #counts = new Map<PreparedObject, RecordCounts>();
  readonly #damage = new Map<PreparedObject, { code: string; message: string }>();
  readonly #failures = new Map<PreparedObject, Failure>();
  /** What the careful path wrote, and is still to be staged. */
  readonly #written: WrittenFile[] = [];
  #folders = 0;
  #rejects: number | null = null;

  constructor(context: BatchContext, objects: readonly PreparedObject[], batch: Batch) {
    this.#context = context;
    this.#lake = context.lake;
    this.#objects = objects;
    this.#batch = batch;
    for (const object of objects) this.#counts.set(object, emptyCounts());
  }

  async run(): Promise<BatchResult> {
    try {
      for (const object of await this.#readPlain()) await this.#readCarefully(object);
      await this.#readParquet();
      await this.#stageWritten();
      return await this.#store();
    } catch (error) {
      await this.#batch.discard();
      throw error;
    } finally {
      if (this.#rejects !== null) closeSync(this.#rejects);
      for (const table of this.#tables.values()) await table.drop();
    }
  }

  /** Reads text that is plain. @returns the objects that are not */
  async #readPlain(): Promise<PreparedObject[]> {
    const sizes = await sizesOf(this.#objects);
    const careful = this.#objects.filter((object) => object.kind.kind !== 'parquet' && !sizes.has(object));
    for (const group of groupsOfOneLayout([...sizes.keys()])) {
      const { table, refused } = await this.#insertPlain(group);
      careful.push(...refused, ...(await this.#sortOut(table, without(group.objects, refused), sizes)));
    }
    return careful;
  }

  async #insertPlain({ objects, kind }: TextGroup): Promise<{ table: StagingTable; refused: PreparedObject[] }> {
    const { compression, lineEnd, layout } = kind;
    const table = await this.#tableOf(layout.fields);
    const refused = await inHalves(objects, async (some) => {
      const paths = await this.#identify(some);
      await table.insert({ paths, compression, fields: layout.fields, separator: ' ', lineEnd });
    });
    return { table, refused: refused.map(({ object }) => object) };
  }

  /** Makes the ids known by which staged rows name their object. @returns the paths */
  async #identify(objects: readonly PreparedObject[], paths = objects.map(({ path }) => path)): Promise<string[]> {
    const list = literals(paths);
    const ids = await this.#lake.db.all<{ id: ObjectId }>(
      `SELECT hash(path) AS id FROM (SELECT unnest(${list}) AS path, generate_subscripts(${list}, 1) AS nth) ORDER BY nth`,
    );
    for (const [index, { id }] of ids.entries()) this.#byId.set(id, objects[index] as PreparedObject);
    return paths;
  }

  /** Takes back the objects of a group that were not read whole or not plain. */
  async #sortOut(
    table: StagingTable,
    group: readonly PreparedObject[],
    sizes: ReadonlyMap<PreparedObject, number>,
  ): Promise<PreparedObject[]> {
    const suspects = new Set<ObjectId>(await this.#withOddAddresses(table));
    const unseen = new Set(group);
    for (const tally of await table.tally(outOfRange(table.fields))) {
      const object = this.#byId.get(tally.object);
      if (object === undefined || !unseen.delete(object)) continue;
      if (tally.irregular > 0 || !isWhole(object, tally.bytes, sizes)) suspects.add(tally.object);
    }
    await table.forget([...suspects]);
    return [
      ...[...unseen].filter((object) => !isWhole(object, 0, sizes)),
      ...[...suspects].flatMap((id) => this.#byId.get(id) ?? []),
    ];
  }

  async #withOddAddresses(table: StagingTable): Promise<ObjectId[]> {
    const odd = await this.#oddAddresses(table, 'TRUE');
    if (odd.length === 0) return [];
    const objects = await this.#lake.db.all<{ object: ObjectId }>(
      `SELECT DISTINCT object FROM ${table.name} WHERE ${hasAddress(table, odd)}`,
    );
    return objects.map((row) => row.object);
  }

  /** Addresses of some rows that are none, or are not written as addresses are compared. */
  async #oddAddresses(table: StagingTable, condition: string): Promise<string[]> {
    const columns = addressColumns(table);
    if (columns.length === 0) return [];
    const all = columns.map((column) => `SELECT ${column} AS address FROM ${table.name} WHERE ${condition}`);
    const rows = await this.#lake.db.all<{ address: string }>(
      `SELECT address FROM (SELECT DISTINCT address FROM (${all.join(' UNION ALL ')})) WHERE NOT regexp_full_match(address, '${CANONICAL_IPV4}')`,
    );
    return rows.map((row) => row.address).filter((address) => canonicalAddress(address) !== address);
  }

  async #readCarefully(object: PreparedObject): Promise<void> {
    if (object.kind.kind === 'parquet') return;
    this.#keep(object, await this.#carefulReader(object).read(object.kind.compression, this.#context.initial));
  }

  #carefulReader(object: PreparedObject): CarefulReader {
    const folder = join(this.#batch.folder, 'plain', String(this.#folders++));
    mkdirSync(folder, { recursive: true });
    return new CarefulReader(object, folder, (reject) => this.#keepReject(reject));
  }

  #keep(object: PreparedObject, { files, rejected, damage }: CarefulResult): void {
    Object.assign(this.#counts.get(object)?.rejected ?? {}, rejected);
    if (damage !== null) this.#damage.set(object, damage);
    this.#written.push(...files.map((file) => ({ ...file, object })));
  }

  async #readParquet(): Promise<void> {
    const parquet = this.#objects.filter(({ kind }) => kind.kind === 'parquet');
    const { groups, refused } = await groupParquet(this.#lake.db, parquet);
    for (const { object, error } of refused) this.#failures.set(object, toFailure(object.source, error));
    for (const group of groups) await this.#readParquetGroup(group);
  }

  async #readParquetGroup(group: ParquetGroup<PreparedObject>): Promise<void> {
    const table = await this.#tableOf(group.columns.map(({ field }) => field));
    const refused = await inHalves(group.objects, async (objects) => {
      await this.#identify(objects);
      await table.insertRows(parquetRows({ ...group, objects }, table.fields));
    });
    for (const { object, error } of refused) this.#failParquet(object, error);
    const read = new Set(
      without(
        group.objects,
        refused.map(({ object }) => object),
      ),
    );
    const ids = [...this.#byId].flatMap(([id, object]) => (read.has(object) ? [id] : []));
    if (ids.length === 0) return;
    const ofGroup = `object IN (${ids.join(', ')})`;
    const odd = await this.#oddAddresses(table, ofGroup);
    const others = `${ofGroup} AND (kind IS NULL${odd.length === 0 ? '' : ` OR ${hasAddress(table, odd)}`})`;
    const suspects = await this.#lake.db.all<{ object: ObjectId }>(
      `SELECT DISTINCT object FROM ${table.name} WHERE ${others}`,
    );
    if (suspects.length === 0) return;
    await this.#lake.db.run(`DELETE FROM ${table.name} WHERE ${others}`);
    const objects = suspects.flatMap(({ object }) => this.#byId.get(object) ?? []);
    try {
      for (const [object, result] of await this.#judgeParquet({ ...group, objects }, odd)) this.#keep(object, result);
    } catch (error) {
      // They could be read a moment ago: something happens to them just now.
      if (isOutOfSpace(error)) throw error;
      await table.forget(suspects.map(({ object }) => object));
      for (const object of objects) this.#failParquet(object, error);
    }
  }

  /** Reads the rows that are not plain. One file after the other, so that no more than one is being written. */
  async #judgeParquet(
    group: ParquetGroup<PreparedObject>,
    odd: readonly string[],
  ): Promise<Map<PreparedObject, CarefulResult>> {
    const byPath = new Map(group.objects.map((object) => [object.path, object]));
    const results = new Map<PreparedObject, CarefulResult>();
    let reading: { readonly object: PreparedObject; readonly reader: CarefulReader } | null = null;
    for await (const { path, line, number, text } of judgeOthers(this.#lake.db, group, odd)) {
      if (reading?.object.path !== path) {
        if (reading !== null) results.set(reading.object, reading.reader.finish());
        const object = byPath.get(path) as PreparedObject;
        reading = { object, reader: this.#carefulReader(object) };
      }
      reading.reader.take(line, number, text);
    }
    if (reading !== null) results.set(reading.object, reading.reader.finish());
    return results;
  }

  #failParquet(object: PreparedObject, error: unknown): void {
    this.#failures.set(object, toFailure(object.source, toParquetError(object, error)));
  }

  /** Stages what the careful path wrote, all files of the same fields at once. */
  async #stageWritten(): Promise<void> {
    for (const files of groupsOf(this.#written, ({ fields }) => JSON.stringify(fields))) {
      const { fields } = files[0] as WrittenFile;
      const table = await this.#tableOf(fields);
      const objects = files.map(({ object }) => object);
      const paths = await this.#identify(
        objects,
        files.map(({ path }) => path),
      );
      await table.insert({ paths, compression: 'none', fields, separator: '\t', lineEnd: '\n' });
      await this.#expectPlain(table, new Set(objects));
    }
  }

  /** The careful path writes plain lines only: anything else is a defect that must not lose records in silence. */
  async #expectPlain(table: StagingTable, objects: ReadonlySet<PreparedObject>): Promise<void> {
    for (const tally of await table.tally(outOfRange(table.fields))) {
      const object = this.#byId.get(tally.object);
      if (object !== undefined && objects.has(object) && tally.irregular > 0) {
        throw new Error(`${object.source}: ${tally.irregular} records cannot be staged`);
      }
    }
  }

  async #store(): Promise<BatchResult> {
    const { lake } = this.#context;
    const tables = [...this.#tables.values()];
    for (const table of tables) {
      for (const [id, count] of await dropRepeats(lake, table)) this.#countOf(id).duplicates += count;
      await this.#countKinds(table);
    }
    await loadInterfaceVersions(lake.db, this.#context.timeline, (ids) => occurringAddresses(tables, ids));
    const places = await loadPlaces(lake.db, placedAddresses(tables), this.#context.geo);
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

  /** Days with new records, and the one on which the logs began so far, if they begin earlier now. */
  #affectedBy(days: ReadonlySet<number | null>): Set<number | null> {
    const [first] = daysIn(this.#lake, 'flows');
    if (first === undefined || first === null) return new Set(days);
    const isEarlier = [...days].some((day) => day !== null && day < first);
    return new Set(isEarlier ? [...days, first] : days);
  }

  async #countKinds(table: StagingTable): Promise<void> {
    const rows = await this.#lake.db.all<{ object: ObjectId; kind: string; count: number }>(
      `SELECT object, kind, count(*) AS count FROM ${table.name} GROUP BY object, kind`,
    );
    for (const { object, kind, count } of rows) {
      const counts = this.#countOf(object);
      if (kind === 'record') counts.stored += count;
      else if (kind === 'no-data') counts.noData += count;
      else if (kind === 'skip-data') counts.skipData += count;
    }
  }

  async #result(tables: readonly StagingTable[]): Promise<BatchResult> {
    const ingestedAt = this.#lake.now().toISOString();
    const entries = this.#objects
      .filter((object) => !this.#failures.has(object))
      .map((object): LedgerEntry => {
        const damage = this.#damage.get(object);
        const counts = this.#counts.get(object) ?? emptyCounts();
        const { source, sha256, bytes } = object;
        return { source, sha256, bytes, ingestedAt, counts, ...(damage === undefined ? {} : { damage }) };
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

  async #spanOf(table: StagingTable): Promise<{ from: number | null; to: number | null }> {
    const from = table.has('start') ? `min(start) FILTER (start < ${END_OF_DAYS})` : 'min(NULL)';
    const last = table.has('end') ? '"end"' : table.has('start') ? 'start' : 'NULL';
    return await this.#lake.db.one(
      `SELECT ${from} AS from, max(${last}) FILTER (${last} < ${END_OF_DAYS}) AS to FROM ${table.name}`,
    );
  }

  async #interfaceIds(tables: readonly StagingTable[]): Promise<string[]> {
    const queries = tables
      .filter((table) => table.has('interface-id'))
      .map((table) => `SELECT DISTINCT interface_id AS id FROM ${table.name} WHERE interface_id IS NOT NULL`);
    if (queries.length === 0) return [];
    return (await this.#lake.db.all<{ id: string }>(queries.join(' UNION '))).map((row) => row.id);
  }

  async #tableOf(fields: readonly string[]): Promise<StagingTable> {
    const staged = stagedFields(fields);
    const key = staged.join(' ');
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = await StagingTable.create(this.#lake.db, this.#tables.size, staged);
      this.#tables.set(key, table);
    }
    return table;
  }

  #countOf(id: ObjectId): RecordCounts {
    const object = this.#byId.get(id);
    const counts = object === undefined ? undefined : this.#counts.get(object);
    if (counts === undefined) throw new Error(`rows of an object that is not of this batch: ${id}`);
    return counts;
  }

  #keepReject(reject: Reject): void {
    if (this.#rejects === null) {
      this.#rejects = openSync(this.#batch.stage(join(this.#lake.paths.rejects, `${this.#batch.id}.ndjson`)), 'w');
    }
    // Unlike `writeSync`, this writes all of it or fails.
    writeFileSync(this.#rejects, `${JSON.stringify(reject)}\n`);
  }
}

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

type TextKind = Extract<PreparedObject['kind'], { kind: 'text' }>;

/** Text objects that one statement can read. */
interface TextGroup {
  readonly kind: TextKind;
  readonly objects: readonly PreparedObject[];
}

const groupsOfOneLayout = (objects: readonly PreparedObject[]): TextGroup[] => {
  const texts = objects.flatMap((object) => (object.kind.kind === 'text' ? [{ object, kind: object.kind }] : []));
  const groups = groupsOf(texts, ({ kind }) => JSON.stringify([kind.compression, kind.lineEnd, kind.layout.fields]));
  return groups.map((group) => ({
    kind: (group[0] as { kind: TextKind }).kind,
    objects: group.map(({ object }) => object),
  }));
};

const groupsOf = <T>(items: readonly T[], toKey: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = toKey(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
};

const without = <T>(items: readonly T[], others: readonly T[]): T[] => {
  const left = new Set(items);
  for (const other of others) left.delete(other);
  return [...left];
};

/** The bytes of each text object, decompressed; of gzip that is damaged there are none. */
const sizesOf = async (objects: readonly PreparedObject[]): Promise<Map<PreparedObject, number>> => {
  const sizes = new Map<PreparedObject, number>();
  const texts = objects.filter(({ kind }) => kind.kind === 'text').values();
  const measure = async (): Promise<void> => {
    // All take from one iterator.
    for (const object of texts) {
      const { kind, path, bytes } = object;
      const size = kind.kind === 'text' && kind.compression === 'gzip' ? await measuredSize(path) : bytes;
      if (size !== null) sizes.set(object, size);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, measure));
  return sizes;
};

/** Whether all bytes of an object were read. A line end is counted for each line, and the last line may have none. */
const isWhole = (object: PreparedObject, read: number, sizes: ReadonlyMap<PreparedObject, number>): boolean => {
  const size = sizes.get(object) ?? 0;
  return read >= size && read <= size + (object.kind.kind === 'text' ? object.kind.lineEnd.length : 0);
};

/** A file of plain lines, and the object whose records they are. */
interface WrittenFile extends PlainFile {
  readonly object: PreparedObject;
}

const addressColumns = (table: StagingTable): string[] =>
  ADDRESS_FIELDS.filter((name) => table.has(name)).map(columnOf);

/** Condition for a row to have one of these addresses. */
const hasAddress = (table: StagingTable, addresses: readonly string[]): string => {
  const tests = addressColumns(table).map(
    (column) => `coalesce(${column} IN (SELECT unnest(${literals(addresses)})), FALSE)`,
  );
  return `(${tests.join(' OR ')})`;
};

const occurringAddresses = (tables: readonly StagingTable[], ids: string): string => {
  const queries = tables.flatMap((table) =>
    ADDRESS_FIELDS.filter((name) => table.has(name) && table.has('interface-id')).map(
      (name) =>
        `SELECT DISTINCT interface_id, ${columnOf(name)} AS address FROM ${table.name} WHERE list_contains(${ids}, interface_id)`,
    ),
  );
  return queries.length === 0 ? NO_ADDRESSES : queries.join(' UNION ALL ');
};
