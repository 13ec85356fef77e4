/**
 * Records that two flow logs made of the same traffic, for example one of the VPC and one of a subnet. Logs of one
 * layout give equal lines, which ingest takes for one. Logs of two layouts do not: their records are compared here by
 * what both say of the packets, and one of each is counted.
 *
 * One layout alone may have several records that agree in all of that (two addresses that AWS shows as the primary
 * one). So of each such set the records of one layout are kept: of the one with the most, then of the one that says more
 * of connections. Logs of other aggregation intervals cut the same packets otherwise, and are not recognised.
 */
import type { Database } from '../database.ts';
import { RECORD_HASH } from '../sql/columns.ts';
import type { CodedRecords } from '../tables/coded.ts';

/** What two logs of one stream of packets agree in: never missing. The direction is left out: a layout may lack it. */
const CODES = ['interface', 'srcaddr', 'dstaddr', 'action'];
const NUMBERS = ['srcport', 'dstport', 'protocol', 'start', '"end"', 'packets', 'bytes'];

/** A filter of records: those that are counted. */
export interface Counted {
  readonly of: (records: string) => string;
  drop(): Promise<void>;
}

const ALL: Counted = { of: (records) => records, drop: async () => undefined };

/** Records are looked at only where there are several layouts. */
export const countOnce = async (db: Database, { relation, layouts }: CodedRecords): Promise<Counted> => {
  if (layouts < 2) return ALL;
  const complete = [...CODES.map((column) => `${column} <> 0`), ...NUMBERS.map((column) => `${column} IS NOT NULL`)];
  await db.run(`
    CREATE OR REPLACE TEMP TABLE watched_twice AS
    SELECT interface FROM ${relation} WHERE interface <> 0 AND layout IS NOT NULL GROUP BY interface HAVING min(layout) <> max(layout)`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE doubles AS
    WITH keyed AS (
      SELECT layout, ${RECORD_HASH}, start, hash(${[...CODES, ...NUMBERS].join(', ')}) AS key
      FROM ${relation} SEMI JOIN watched_twice USING (interface)
      WHERE layout IS NOT NULL AND ${complete.join(' AND ')}),
    seen_twice AS (SELECT start, key FROM keyed GROUP BY start, key HAVING min(layout) <> max(layout)),
    counted AS (
      SELECT *, count(*) OVER (PARTITION BY start, key, layout) AS records FROM keyed SEMI JOIN seen_twice USING (start, key))
    SELECT ${RECORD_HASH} FROM counted
    QUALIFY layout <> first_value(layout) OVER (PARTITION BY start, key ORDER BY records DESC, layout)`);
  await db.run('DROP TABLE watched_twice');
  return {
    of: (records) => `(SELECT * FROM ${records} ANTI JOIN doubles USING (${RECORD_HASH}))`,
    drop: async () => await db.run('DROP TABLE doubles'),
  };
};
