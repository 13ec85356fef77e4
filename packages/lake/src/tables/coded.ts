/**
 * The records of a day as integers: what the roll-up works on. Texts are codes of dictionaries, so that joins, groups
 * and hashes carry a few bytes for each of them; they come back only where rows are written.
 */
import { join } from 'node:path';
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { Database } from '../database.ts';
import { relationOf } from '../relations.ts';
import { FLOW_COLUMNS, RECORD_HASH } from '../sql/columns.ts';
import { fileLiterals, identifier, literal } from '../sql/text.ts';
import { PLACE_COLUMNS, type PlaceColumn } from './places.ts';
import { ACTIONS, codeSql } from './words.ts';

/**
 * Records with the columns
 *
 *   interface                                     INTEGER  code; 0 = missing
 *   srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr    INTEGER  codes of addresses; 0 = missing
 *   srcport, dstport, protocol, tcp_flags         INTEGER  null = missing
 *   action                                        INTEGER  place in `ACTIONS`
 *   incoming                                      BOOLEAN  null = the direction is not known
 *   start, end, packets, bytes                    BIGINT   null = missing
 *   record_hash                                   UBIGINT
 *   layout                                        INTEGER  see `layouts`; may be left out where these are fewer than two
 */
export interface CodedRecords {
  /** Relation for FROM. */
  readonly relation: string;
  /** The same, cut by interface into parts that are worked on one after the other. */
  readonly parts: readonly string[];
  /** Table `(code INTEGER, text VARCHAR)`; code 0 has the text null. */
  readonly interfaces: string;
  /**
   * Table `(code INTEGER, text VARCHAR, …)`; code 0 has the text null. It has a column for each of `places` as well: where
   * the day's records say that the address is.
   */
  readonly addresses: string;
  readonly places: readonly PlaceColumn[];
  /** Relation `(interface INTEGER, account VARCHAR, vpc VARCHAR)`: what the records say of interfaces, each once. */
  readonly owners: string;
  /** Whether any layout had packet addresses: then record and packet addresses differ. */
  readonly hasPacketAddresses: boolean;
  /** Layouts whose records can be compared: `layout` numbers them, the most telling first, and is null for others. */
  readonly layouts: number;
  drop(): Promise<void>;
}

export interface CodeOptions {
  /** Where records go that are too many for memory: a folder that somebody else removes. */
  readonly folder: string;
  /** Records worked on at a time. */
  readonly recordsAtOnce: number;
}

/** Codes the records of the `flows/` files of a day. */
export const codeFiles = async (
  db: Database,
  files: readonly string[],
  { folder, recordsAtOnce }: CodeOptions,
): Promise<CodedRecords> => {
  const layouts = await layoutsOf(db, files);
  const has = (column: string) => layouts.some(({ columns }) => columns.has(column));
  const places = PLACE_COLUMNS.filter((column) => has(`source_${column}`) || has(`destination_${column}`));
  const all = relationOf(files, FLOW_COLUMNS);
  await makeInterfaces(db, all);
  await makeAddresses(db, all, ADDRESSES.filter(has), places);
  const comparable = layouts.filter(({ columns }) => COMPARED.every((column) => columns.has(column)));
  const records = layouts.map((layout) => codedSql(layout, comparable.indexOf(layout))).join(' UNION ALL ');
  const { count } = await db.one<{ count: number }>(`SELECT count(*) AS count FROM ${all}`);
  const parts = Math.max(1, Math.ceil(count / recordsAtOnce));
  const stored = parts === 1 ? await inMemory(db, records) : await inParts(db, records, parts, folder);
  return {
    ...stored,
    interfaces: INTERFACES,
    addresses: ADDRESS_TABLE,
    owners: OWNERS,
    places,
    hasPacketAddresses: has('pkt_srcaddr') || has('pkt_dstaddr'),
    layouts: comparable.length,
    drop: async () => {
      for (const table of [INTERFACES, ADDRESS_TABLE, OWNERS, CODED]) await db.run(`DROP TABLE IF EXISTS ${table}`);
    },
  };
};

const CODED = 'coded_records';
const INTERFACES = 'coded_interfaces';
const ADDRESS_TABLE = 'coded_addresses';
const OWNERS = 'coded_owners';

type Stored = Pick<CodedRecords, 'relation' | 'parts'>;

const inMemory = async (db: Database, records: string): Promise<Stored> => {
  await db.run(`CREATE OR REPLACE TEMP TABLE ${CODED} AS ${records}`);
  return { relation: CODED, parts: [CODED] };
};

/** Cut once, into files: to pick the records of each part out of all would read these once for every part. */
const inParts = async (db: Database, records: string, parts: number, folder: string): Promise<Stored> => {
  await db.run(
    `COPY (SELECT *, interface % ${parts} AS part FROM (${records})) TO ${literal(folder)} (FORMAT parquet, PARTITION_BY (part))`,
  );
  const relation = (part: string) =>
    `read_parquet(${literal(join(folder, `part=${part}`, '*.parquet'))}, hive_partitioning = false)`;
  const present = await db.all<{ part: number }>(
    `SELECT DISTINCT interface % ${parts} AS part FROM ${relation('*')} ORDER BY part`,
  );
  return { relation: relation('*'), parts: present.map(({ part }) => relation(String(part))) };
};

/** What two logs of one stream of packets agree in, see `../rollup/doubles.ts`. */
const COMPARED = [
  ...['interface_id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'action', 'start', 'end'],
  ...['packets', 'bytes'],
];

/** What tells more of a connection, most telling first. */
const TELLING = ['tcp_flags', 'flow_direction', 'pkt_srcaddr', 'pkt_dstaddr'];

const RECORD_COLUMNS: ReadonlySet<string> = new Set(FIELDS.map(({ name }) => toColumn(name)));

/** Files whose records have the same fields. */
interface FileLayout {
  readonly files: readonly string[];
  /** Of the first file, with what was added. */
  readonly columns: ReadonlySet<string>;
}

/** The layouts of Parquet files, in a fixed order: the most telling first. */
const layoutsOf = async (db: Database, files: readonly string[]): Promise<FileLayout[]> => {
  const rows = await db.all<{ file: string; columns: string[] }>(
    `SELECT file_name AS file, list(name) AS columns FROM parquet_schema(${fileLiterals(files)}) GROUP BY file_name ORDER BY file_name`,
  );
  const layouts = new Map<string, { files: string[]; columns: Set<string> }>();
  for (const { file, columns } of rows) {
    const fields = columns.filter((column) => RECORD_COLUMNS.has(column)).sort();
    const key = TELLING.map((column) => (fields.includes(column) ? '0' : '1')).join('') + fields.join(' ');
    const layout = layouts.get(key) ?? { files: [], columns: new Set<string>() };
    layout.files.push(file);
    for (const column of columns) layout.columns.add(column);
    layouts.set(key, layout);
  }
  return [...layouts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, layout]) => layout);
};

const makeInterfaces = async (db: Database, records: string): Promise<void> => {
  await db.run(`CREATE OR REPLACE TEMP TABLE seen AS SELECT DISTINCT interface_id, account_id, vpc_id FROM ${records}`);
  await makeDictionary(db, INTERFACES, 'SELECT interface_id AS text FROM seen');
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ${OWNERS} AS
    SELECT code AS interface, account_id AS account, vpc_id AS vpc FROM seen JOIN ${INTERFACES} ON text = interface_id`);
  await db.run('DROP TABLE seen');
};

const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt_srcaddr', 'pkt_dstaddr'];

const makeAddresses = async (
  db: Database,
  records: string,
  columns: readonly string[],
  places: readonly PlaceColumn[],
): Promise<void> => {
  const texts = columns.map((column) => `SELECT DISTINCT ${column} AS text FROM ${records}`);
  await makeDictionary(db, ADDRESS_TABLE, texts.join(' UNION ALL ') || NO_TEXTS, placesSql(records, places));
};

const NO_TEXTS = 'SELECT NULL::VARCHAR AS text WHERE FALSE';

/** @param more query of further columns by `text`; null = none */
const makeDictionary = async (db: Database, name: string, texts: string, more: string | null = null): Promise<void> => {
  const codes = `
    SELECT row_number() OVER (ORDER BY text)::INTEGER AS code, text FROM (SELECT DISTINCT text FROM (${texts}) WHERE text IS NOT NULL)
    UNION ALL SELECT 0 AS code, NULL AS text`;
  const joined = more === null ? codes : `SELECT * FROM (${codes}) LEFT JOIN (${more}) USING (text)`;
  await db.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${joined}`);
};

/** Query of `text` and the parts of the place of each address that is somewhere; null = none is. */
const placesSql = (records: string, places: readonly PlaceColumn[]): string | null => {
  if (places.length === 0) return null;
  const end = (side: 'source' | 'destination', address: string) =>
    `SELECT DISTINCT ${address} AS text, ${places.map((column) => `${side}_${column} AS ${column}`).join(', ')}
     FROM ${records} WHERE ${side}_${places[0]} IS NOT NULL`;
  return `SELECT text, ${places.map((column) => `max(${column}) AS ${column}`).join(', ')}
    FROM (${end('source', 'coalesce(pkt_srcaddr, srcaddr)')} UNION ALL ${end('destination', 'coalesce(pkt_dstaddr, dstaddr)')})
    GROUP BY text`;
};

/** @param rank of the layout among those that can be compared; -1 = it cannot */
const codedSql = ({ files, columns }: FileLayout, rank: number): string => {
  const coded = [
    { code: 'interface', column: 'interface_id', table: INTERFACES },
    ...ADDRESSES.map((column) => ({ code: column, column, table: ADDRESS_TABLE })),
  ].map(({ code, column, table }, index) =>
    columns.has(column)
      ? {
          sql: `coalesce(text_${index}.code, 0) AS ${code}`,
          join: `LEFT JOIN ${table} AS text_${index} ON text_${index}.text = record.${column}`,
        }
      : { sql: `0 AS ${code}`, join: '' },
  );
  return `
    SELECT ${coded.map(({ sql }) => sql).join(', ')}, ${NUMBERS.map((column) => `record.${identifier(column)}`).join(', ')},
      ${codeSql(ACTIONS, 'record.action')} AS action, record.direction = 'inbound' AS incoming, ${rank < 0 ? 'NULL' : rank}::INTEGER AS layout
    FROM ${relationOf(files, FLOW_COLUMNS)} AS record ${coded.map(({ join: joined }) => joined).join(' ')}`;
};

const NUMBERS = ['srcport', 'dstport', 'protocol', 'start', 'end', 'packets', 'bytes', 'tcp_flags', RECORD_HASH];
