/** Conversations into a table in memory, compressed, the newest days first, as many as a limit lets in. */
import { FlowfitError } from '@flowfit/core/errors';
import type { Row } from '../database.ts';
import { FACT_COLUMNS, factsTable } from '../queries/facts.ts';
import { runQuery } from '../queries/run.ts';
import { conversationRows, isJoinedFact } from '../queries/source.ts';
import { daysIn, entriesOfDay, filesOfDay, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import type { LakeState } from '../state.ts';
import { columnsOf, RESIDENT_COLUMNS, type ResidentColumn } from './columns.ts';

/** A state's conversations in memory. */
export interface LoadedConversations {
  /**
   * Database of the tables `hourly` and `daily` (conversations, where `hour` is the beginning of the hour or the UTC day),
   * `addresses`, `texts` and `lists` (see ./columns.ts), and `members`: which texts (`member`) are in a list (`list`), by
   * code.
   */
  readonly schema: string;
  /** The earliest hour that is there, Unix seconds; null = all there is, records without time included. */
  readonly from: number | null;
  readonly rows: number;
  readonly bytes: number;
}

interface Load {
  readonly lake: LakeState;
  readonly schema: string;
  readonly signal: AbortSignal;
}

/** Rows that lie uncompressed in memory before the next ones are read. */
const BATCH_ROWS = 500_000;

let serial = 0;

/**
 * @param limit bytes; the last batch may go beyond it
 * @returns null where there is nothing, or no room for a day
 */
export const loadConversations = async (
  lake: LakeState,
  limit: number,
  signal: AbortSignal,
): Promise<LoadedConversations | null> => {
  const load: Load = { lake, schema: `resident_${++serial}`, signal };
  const batches = batchesOf(lake);
  if (batches.length === 0) return null;
  const before = await bytesInMemory(load);
  await run(load, `ATTACH ':memory:' AS ${load.schema} (COMPRESS)`);
  try {
    const all = await filesOf(lake, batches.flat());
    await makeDictionaries(load, all);
    let loaded: LoadedConversations | null = null;
    for (const [index, days] of batches.entries()) {
      await addBatch(load, days, index === 0);
      const bytes = (await bytesInMemory(load)) - before;
      if (bytes > limit) break;
      const isAll = index === batches.length - 1;
      const rows = rowsOf(lake, batches.slice(0, index + 1).flat());
      loaded = { schema: load.schema, from: isAll ? null : startOf(days), rows, bytes };
    }
    if (loaded === null) await dropConversations(lake, load.schema);
    return loaded;
  } catch (error) {
    await dropConversations(lake, load.schema);
    if (error instanceof FlowfitError && error.code === 'memory-full') return null;
    throw error;
  }
};

/** Frees the memory. Nobody may ask it any more. */
export const dropConversations = async (lake: Pick<LakeState, 'db'>, schema: string): Promise<void> => {
  await runQuery(lake, `DETACH DATABASE IF EXISTS ${schema}`, []);
};

type Day = number | null;

/** Days by batch, the newest first; records without time last. */
const batchesOf = (lake: LakeState): Day[][] => {
  const batches: Day[][] = [];
  let room = 0;
  const days = daysIn(lake, 'conversations');
  for (const day of [...days.filter((day) => day !== null).reverse(), ...days.filter((day) => day === null)]) {
    const rows = rowsOf(lake, [day]);
    if (room < rows || batches.length === 0 || day === null) {
      batches.push([]);
      room = BATCH_ROWS;
    }
    batches.at(-1)?.push(day);
    room -= rows;
  }
  return batches;
};

const rowsOf = (lake: LakeState, days: readonly Day[]): number =>
  days.flatMap((day) => entriesOfDay(lake, 'conversations', day)).reduce((rows, entry) => rows + (entry.rows ?? 0), 0);

const filesOf = async (lake: LakeState, days: readonly Day[]): Promise<string[]> =>
  (await Promise.all(days.map((day) => filesOfDay(lake, 'conversations', day)))).flat();

/** The first moment of days that have a time. */
const startOf = (days: readonly Day[]): number => Math.min(...days.map((day) => day ?? 0)) * SECONDS_PER_DAY;

/** Whether an hour belongs to a batch; records without time are one of their own. */
const withinSql = (days: readonly Day[]): string =>
  days.includes(null)
    ? 'hour IS NULL'
    : `hour BETWEEN ${startOf(days)} AND ${Math.max(...days.map((day) => day ?? 0)) * SECONDS_PER_DAY + SECONDS_PER_DAY - 1}`;

const run = async <T = Row>({ lake, signal }: Load, sql: string): Promise<T[]> =>
  await runQuery<T>(lake, sql, [], signal);

const bytesInMemory = async (load: Load): Promise<number> => {
  const [row] = await run<{ bytes: number }>(
    load,
    `SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT AS bytes FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'`,
  );
  return row?.bytes ?? 0;
};

const makeDictionaries = async (load: Load, files: readonly string[]): Promise<void> => {
  const { lake, schema } = load;
  const rows = relationOf(files, CONVERSATION_COLUMNS);
  const stored = (column: ResidentColumn): boolean => !isJoinedFact(column.field);
  const valuesOf = (columns: readonly ResidentColumn[]): string[] =>
    columns.map(({ value }) => `SELECT DISTINCT ${value} AS value FROM ${rows}`);
  const facts = await factsTable(lake);
  const texts = [
    ...valuesOf(columnsOf('texts').filter(stored)),
    ...Object.values(FACT_COLUMNS).map((column) => `SELECT ${column} AS value FROM ${facts}`),
    `SELECT unnest(value) AS value FROM ${schema}.lists`,
  ];
  await run(load, dictionarySql(`${schema}.lists`, valuesOf(columnsOf('lists')), `[]::VARCHAR[]`));
  await run(load, dictionarySql(`${schema}.texts`, texts, `''`));
  await run(load, dictionarySql(`${schema}.addresses`, valuesOf(columnsOf('addresses')), `''`));
  await run(
    load,
    `CREATE TABLE ${schema}.members AS SELECT one.list, texts.code AS member
     FROM (SELECT code AS list, unnest(value) AS value FROM ${schema}.lists) AS one LEFT JOIN ${schema}.texts AS texts USING (value)`,
  );
  for (const dictionary of ['texts', 'addresses'] as const) {
    await run(
      load,
      `CREATE TYPE ${typeOf(schema, dictionary)} AS ENUM (SELECT value FROM ${schema}.${dictionary} ORDER BY code)`,
    );
  }
};

/** @param more a value that no row need have: a type has one at least */
const dictionarySql = (table: string, queries: readonly string[], more: string): string =>
  `CREATE TABLE ${table} AS SELECT (row_number() OVER (ORDER BY value) - 1)::INTEGER AS code, value
   FROM (${[...queries, `SELECT ${more} AS value`].join(' UNION ')}) WHERE value IS NOT NULL ORDER BY code`;

/** Texts become codes by way of a type: quicker than a join for each column. */
const typeOf = (schema: string, dictionary: 'texts' | 'addresses'): string => `${schema}.type_of_${dictionary}`;

const codeSql = (schema: string, { dictionary, value }: ResidentColumn): string => {
  switch (dictionary) {
    case null:
      return value;
    case 'lists':
      return 'lists.code';
    default:
      return `enum_code((${value})::${typeOf(schema, dictionary)})::INTEGER`;
  }
};

const addBatch = async (load: Load, days: readonly Day[], isFirst: boolean): Promise<void> => {
  const { lake, schema } = load;
  const [list] = columnsOf('lists');
  if (list === undefined) throw new RangeError('Conversations have lost their groups.');
  const into = (table: string): string =>
    isFirst ? `CREATE TABLE ${schema}.${table} AS` : `INSERT INTO ${schema}.${table}`;
  const coded = RESIDENT_COLUMNS.map((column) => `${codeSql(schema, column)} AS ${column.column}`).join(', ');
  const columns = RESIDENT_COLUMNS.map(({ column }) => column).join(', ');
  const facts = RESIDENT_COLUMNS.map(({ field }) => field).filter(isJoinedFact);
  await run(
    load,
    `${into('hourly')} SELECT hour, ${coded}, flows, coalesce(packets, 0) AS packets, coalesce(bytes, 0) AS bytes, first_seen, last_seen
     FROM (${await conversationRows(lake, await filesOf(lake, days), facts)}) AS row LEFT JOIN ${schema}.lists AS lists ON lists.value = row.${list.column}`,
  );
  await run(
    load,
    `${into('daily')} SELECT hour // ${SECONDS_PER_DAY} * ${SECONDS_PER_DAY} AS hour, ${columns}, sum(flows)::BIGINT AS flows,
       sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes, min(first_seen) AS first_seen, max(last_seen) AS last_seen
     FROM ${schema}.hourly WHERE ${withinSql(days)} GROUP BY ALL`,
  );
  // Compresses what was added.
  await run(load, `CHECKPOINT ${schema}`);
};

/** The states whose conversations are the same have the same. */
export const signatureOf = ({ manifest }: Pick<LakeState, 'manifest'>): string => {
  const known = signatures.get(manifest);
  if (known !== undefined) return known;
  const signature = manifest.files
    .filter(({ path }) => /^(conversations|inventory)\//.test(path))
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .join('\n');
  signatures.set(manifest, signature);
  return signature;
};

const signatures = new WeakMap<LakeState['manifest'], string>();
