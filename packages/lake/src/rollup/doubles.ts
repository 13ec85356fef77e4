/**
 * Records that two flow logs made of the same traffic, for example one of the VPC and one of a subnet. Logs of one
 * layout give equal lines, which ingest takes for one. Logs of two layouts do not: their records are compared here by
 * what both say of the packets, and one of each is counted.
 *
 * One layout alone may have several records that agree in all of that (two addresses that AWS shows as the primary
 * one). So of each such set the records of one layout are kept: of the one with the most, then of the one that says more
 * of connections. Logs of other aggregation intervals cut the same packets otherwise, and are not recognised.
 */
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { Database } from '../database.ts';
import { relationOf } from '../relations.ts';
import { FLOW_COLUMNS, RECORD_HASH } from '../sql/columns.ts';
import { fileLiterals, identifier } from '../sql/text.ts';

/** Files whose records have the same fields. */
export interface FileLayout {
  readonly files: readonly string[];
  readonly columns: ReadonlySet<string>;
}

/** What two logs of one stream of packets agree in. The direction is left out: a layout may lack it. */
const KEY = ['interface_id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'action', 'start', 'end'];
const COUNTS = ['packets', 'bytes'];
const COMPARED = [...KEY, ...COUNTS];

/** What tells more of a connection, most telling first. */
const TELLING = ['tcp_flags', 'flow_direction', 'pkt_srcaddr', 'pkt_dstaddr'];

const RECORD_COLUMNS: ReadonlySet<string> = new Set(FIELDS.map(({ name }) => toColumn(name)));

/** The layouts of Parquet files by the fields of their records, in a fixed order: the most telling first. */
export const layoutsOf = async (db: Database, files: readonly string[]): Promise<FileLayout[]> => {
  if (files.length === 0) return [];
  const rows = await db.all<{ file: string; columns: string[] }>(
    `SELECT file_name AS file, list(name) AS columns FROM parquet_schema(${fileLiterals(files)}) GROUP BY file_name ORDER BY file_name`,
  );
  const layouts = new Map<string, { files: string[]; columns: Set<string> }>();
  for (const { file, columns } of rows) {
    const present = columns.filter((column) => RECORD_COLUMNS.has(column)).sort();
    const key = TELLING.map((column) => (present.includes(column) ? '0' : '1')).join('') + present.join(' ');
    const layout = layouts.get(key) ?? { files: [], columns: new Set(present) };
    layout.files.push(file);
    layouts.set(key, layout);
  }
  return [...layouts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, layout]) => layout);
};

/**
 * Makes the temporary table `doubles (record_hash)` of the records that are not to be counted.
 *
 * @returns whether there are any; false without a look at records where there is one layout
 */
export const makeDoubles = async (db: Database, layouts: readonly FileLayout[]): Promise<boolean> => {
  const comparable = layouts.filter(({ columns }) => COMPARED.every((column) => columns.has(column)));
  if (comparable.length < 2) return false;
  const all = comparable
    .map(({ files }, index) => `SELECT ${index} AS layout, ${COLUMNS} FROM ${relationOf(files, FLOW_COLUMNS)}`)
    .join(' UNION ALL ');
  await db.run(`
    CREATE OR REPLACE TEMP TABLE watched_twice AS
    SELECT interface_id FROM (${all}) WHERE interface_id IS NOT NULL GROUP BY interface_id HAVING min(layout) <> max(layout)`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE doubles AS
    WITH keyed AS (
      SELECT layout, ${RECORD_HASH}, start, hash(${COMPARED.map(identifier).join(', ')}) AS key
      FROM (${all}) SEMI JOIN watched_twice USING (interface_id)
      WHERE ${COMPARED.map((column) => `${identifier(column)} IS NOT NULL`).join(' AND ')}),
    seen_twice AS (SELECT start, key FROM keyed GROUP BY start, key HAVING min(layout) <> max(layout)),
    counted AS (
      SELECT *, count(*) OVER (PARTITION BY start, key, layout) AS records FROM keyed SEMI JOIN seen_twice USING (start, key))
    SELECT ${RECORD_HASH} FROM counted
    QUALIFY layout <> first_value(layout) OVER (PARTITION BY start, key ORDER BY records DESC, layout)`);
  await db.run('DROP TABLE watched_twice');
  const { some } = await db.one<{ some: boolean }>('SELECT count(*) > 0 AS some FROM doubles');
  return some;
};

const COLUMNS = [...COMPARED, RECORD_HASH].map(identifier).join(', ');

/** Records without those that are not to be counted. */
export const countedOnce = (records: string): string =>
  `(SELECT * FROM ${records} WHERE ${RECORD_HASH} NOT IN (SELECT ${RECORD_HASH} FROM doubles))`;
