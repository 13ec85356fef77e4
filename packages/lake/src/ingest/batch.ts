/**
 * One batch: objects that enter the lake together or not at all.
 *
 *  1. The bulk path reads every object that looks plain into staging tables.
 *  2. Objects that turn out not to be wholly plain leave again: a line of another shape, a value out of bounds, an
 *     address that is none, or not as many bytes as the object holds (DuckDB stops at damage without a word).
 *  3. They, JSON and Parquet go the careful way, which ends in the same staging tables.
 *  4. Repeats are dropped, records enriched and written, and all of it committed with the ledger.
 */
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from '@flowfit/core/flow/format';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { canonicalAddress } from '@flowfit/core/net/address';
import { Batch } from '../commit.ts';
import { dirtyMarker } from '../dirty.ts';
import type { Lake } from '../lake.ts';
import { emptyCounts, type LedgerEntry, type RecordCounts } from '../ledger.ts';
import { END_OF_DAYS } from '../paths.ts';
import { daysIn } from '../relations.ts';
import { columnOf, stagedFields } from '../sql/columns.ts';
import { literals } from '../sql/text.ts';
import { CarefulReader, type CarefulResult, type Reject } from './careful.ts';
import { dropRepeats } from './dedupe.ts';
import { GZIP_SIZE_MODULUS, measuredSize, statedSize } from './gzip.ts';
import { loadInterfaceVersions, NO_ADDRESSES } from './interfaces.ts';
import { readParquet } from './parquet.ts';
import { type GeoLocator, loadPlaces } from './places.ts';
import { CANONICAL_IPV4, outOfRange } from './plain.ts';
import { type Failure, type PreparedObject, toFailure } from './prepare.ts';
import { type LineSource, type ObjectTally, StagingTable } from './staging.ts';
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
  await new BatchIngest(context, objects, await Batch.begin(context.lake.paths, context.lake.now())).run();

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
      return await this.#store();
    } catch (error) {
      await this.#batch.discard();
      throw error;
    } finally {
      if (this.#rejects !== null) closeSync(this.#rejects);
      for (const table of this.#tables.values()) await table.drop();
    }
  }

  /** Reads what is plain. @returns the objects that are not */
  async #readPlain(): Promise<PreparedObject[]> {
    const careful = this.#objects.filter(({ kind }) => kind.kind !== 'text');
    for (const group of groupsOfOneLayout(this.#objects)) {
      const refused = await this.#insertPlain(group);
      careful.push(...refused);
      const taken = group.filter((object) => !refused.includes(object));
      const { kind } = group[0] as PreparedObject;
      if (kind.kind === 'text') careful.push(...(await this.#sortOut(await this.#tableOf(kind.layout.fields), taken)));
    }
    return careful;
  }

  /** Reads objects of one layout. Where DuckDB refuses, halves are tried until it is known which object it is. */
  async #insertPlain(group: readonly PreparedObject[]): Promise<PreparedObject[]> {
    const kind = group[0]?.kind;
    if (kind?.kind !== 'text') return [];
    const table = await this.#tableOf(kind.layout.fields);
    const { compression, layout } = kind;
    const paths = group.map(({ path }) => path);
    try {
      await this.#insert(table, { paths, compression, fields: layout.fields, separator: ' ' }, group);
      return [];
    } catch (error) {
      if (isOutOfSpace(error)) throw error;
      if (group.length === 1) return [...group];
    }
    const middle = group.length >> 1;
    return [...(await this.#insertPlain(group.slice(0, middle))), ...(await this.#insertPlain(group.slice(middle)))];
  }

  async #insert(table: StagingTable, source: LineSource, objects: readonly PreparedObject[]): Promise<void> {
    const ids = await this.#lake.db.all<{ id: ObjectId }>(
      `SELECT hash(path) AS id FROM (SELECT unnest(${literals(source.paths)}) AS path, generate_subscripts(${literals(source.paths)}, 1) AS nth) ORDER BY nth`,
    );
    await table.insert(source);
    for (const [index, { id }] of ids.entries()) this.#byId.set(id, objects[index] as PreparedObject);
  }

  /** Takes back the objects of a group that were not read whole or not plain. */
  async #sortOut(table: StagingTable, group: readonly PreparedObject[]): Promise<PreparedObject[]> {
    const suspects = new Set<ObjectId>(await this.#withOddAddresses(table));
    const unseen = new Set(group);
    for (const tally of await table.tally(outOfRange(table.fields))) {
      const object = this.#byId.get(tally.object);
      if (object === undefined || !unseen.delete(object)) continue;
      if (tally.irregular > 0 || !(await isWhole(object, tally))) suspects.add(tally.object);
    }
    await table.forget([...suspects]);
    const damaged: PreparedObject[] = [];
    // Of an object that is damaged from its beginning DuckDB gives no line at all.
    for (const object of unseen) if (!(await isWhole(object, NO_LINES))) damaged.push(object);
    return [...damaged, ...[...suspects].flatMap((id) => this.#byId.get(id) ?? [])];
  }

  /** Objects with an address that is none, or is not written as addresses are compared. */
  async #withOddAddresses(table: StagingTable): Promise<ObjectId[]> {
    const columns = ADDRESS_FIELDS.filter((name) => table.has(name)).map(columnOf);
    if (columns.length === 0) return [];
    const all = columns.map((column) => `SELECT ${column} AS address FROM ${table.name}`).join(' UNION ALL ');
    const rows = await this.#lake.db.all<{ address: string }>(
      `SELECT address FROM (SELECT DISTINCT address FROM (${all})) WHERE NOT regexp_full_match(address, '${CANONICAL_IPV4}')`,
    );
    const odd = rows.map((row) => row.address).filter((address) => canonicalAddress(address) !== address);
    if (odd.length === 0) return [];
    const tests = columns.map((column) => `${column} IN (SELECT unnest(${literals(odd)}))`);
    const objects = await this.#lake.db.all<{ object: ObjectId }>(
      `SELECT DISTINCT object FROM ${table.name} WHERE ${tests.join(' OR ')}`,
    );
    return objects.map((row) => row.object);
  }

  async #readCarefully(object: PreparedObject): Promise<void> {
    const folder = join(this.#batch.folder, 'plain', String(this.#objects.indexOf(object)));
    mkdirSync(folder, { recursive: true });
    const reader = new CarefulReader(object, folder, (reject) => this.#keepReject(reject));
    const result = await this.#readOddly(reader, object, folder);
    if (result === null) return;
    const counts = this.#counts.get(object) ?? emptyCounts();
    Object.assign(counts.rejected, result.rejected);
    if (result.damage !== null) this.#damage.set(object, result.damage);
    for (const { path, fields } of result.files) {
      const table = await this.#tableOf(fields);
      await this.#insert(table, { paths: [path], compression: 'none', fields, separator: '\t' }, [object]);
      await this.#expectPlain(table, object);
    }
  }

  async #readOddly(reader: CarefulReader, object: PreparedObject, folder: string): Promise<CarefulResult | null> {
    const { kind } = object;
    if (kind.kind !== 'parquet') return await reader.read(kind.compression, this.#context.initial);
    try {
      const file = await readParquet(this.#lake.db, object, folder, reader);
      const rest = reader.finish();
      return { ...rest, files: [file, ...rest.files] };
    } catch (error) {
      this.#failures.set(object, toFailure(object.source, error));
      return null;
    }
  }

  /** The careful path writes plain lines only: anything else is a defect that must not lose records in silence. */
  async #expectPlain(table: StagingTable, object: PreparedObject): Promise<void> {
    for (const tally of await table.tally(outOfRange(table.fields))) {
      if (this.#byId.get(tally.object) === object && tally.irregular > 0) {
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
    for (const [serial, table] of tables.entries()) {
      for (const day of await writeRecords(lake, this.#batch, table, serial, places)) days.add(day);
    }
    for (const day of await this.#affectedBy(days)) await this.#batch.stageText(dirtyMarker(lake.paths, day), '');
    const result = await this.#result(tables);
    await this.#batch.stageText(
      join(lake.paths.sources, `${this.#batch.id}.ndjson`),
      result.entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    );
    await this.#batch.commit();
    return result;
  }

  /** Days with new records, and the one on which the logs began so far, if they begin earlier now. */
  async #affectedBy(days: ReadonlySet<number | null>): Promise<Set<number | null>> {
    const [first] = await daysIn(this.#lake.paths, 'flows');
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

/** Text objects that one statement can read. */
const groupsOfOneLayout = (objects: readonly PreparedObject[]): PreparedObject[][] => {
  const groups = new Map<string, PreparedObject[]>();
  for (const object of objects) {
    const { kind } = object;
    if (kind.kind !== 'text') continue;
    const key = `${kind.compression} ${kind.layout.fields.join(' ')}`;
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  return [...groups.values()];
};

/** Whether all bytes of an object were read: DuckDB gives what it can of a damaged one. */
const isWhole = async ({ path, bytes, kind }: PreparedObject, tally: Pick<ObjectTally, 'bytes'>): Promise<boolean> => {
  if (kind.kind !== 'text') return true;
  if (kind.compression === 'none') return isSameSize(tally.bytes, bytes);
  if (isSameSize(tally.bytes, await statedSize(path, bytes))) return true;
  const measured = await measuredSize(path);
  return measured !== null && isSameSize(tally.bytes, measured);
};

const NO_LINES = { bytes: 0 };

/** A line end is counted for each line, and the last line may have none. */
const isSameSize = (counted: number, size: number): boolean =>
  (counted - size) % GZIP_SIZE_MODULUS === 0 || (counted - size - 1) % GZIP_SIZE_MODULUS === 0;

const occurringAddresses = (tables: readonly StagingTable[], ids: string): string => {
  const queries = tables.flatMap((table) =>
    ADDRESS_FIELDS.filter((name) => table.has(name) && table.has('interface-id')).map(
      (name) =>
        `SELECT DISTINCT interface_id, ${columnOf(name)} AS address FROM ${table.name} WHERE list_contains(${ids}, interface_id)`,
    ),
  );
  return queries.length === 0 ? NO_ADDRESSES : queries.join(' UNION ALL ');
};

const isOutOfSpace = (error: unknown): boolean => error instanceof Error && /no space left|ENOSPC/i.test(error.message);
