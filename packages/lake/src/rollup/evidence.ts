/**
 * What is known of each segment's connection beyond the segment: its beginning, its flags in other hours and days, and
 * what the other end's interface saw. Kept beside the segments, by their row id, since it is narrow and they are wide.
 */
import { TCP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { flagsSql } from './initiator-sql.ts';
import { silenceSql } from './segments.ts';

export interface EvidenceOptions {
  /** Relation of `connections/` of the days before, as far as idle time-outs reach. */
  readonly earlier: string;
  /** Relation of the day's records. */
  readonly records: string;
  /** Seconds. */
  readonly aggregationInterval: number;
  /** Of the timeline. */
  readonly epochs: readonly number[];
}

/** Flags decided nothing: the rungs below may. */
export const IS_OPEN = 'by_flags IS NULL AND by_other_interval IS NULL AND by_other_interface IS NULL';

/**
 * Makes the temporary table `clues (id, began, epoch, is_first, by_flags, by_other_interval, by_other_interface)`: when
 * the segment's connection began (Unix seconds) and in which epoch of the inventory, whether it was not seen before
 * with that action, and who opened it by the flags of each rung.
 */
export const makeClues = async (
  db: Database,
  { earlier, records, aggregationInterval, epochs }: EvidenceOptions,
): Promise<void> => {
  // Most connections have one segment only: the others are few enough for a join.
  await db.run(`
    CREATE OR REPLACE TEMP TABLE repeated AS
    SELECT connection, session, bit_or(flags_in) AS flags_in, bit_or(flags_out) AS flags_out, min(first_seen) AS began
    FROM segments GROUP BY connection, session HAVING count(*) > 1`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE repeated_actions AS
    SELECT connection, session, action, min(first_seen) AS began
    FROM segments SEMI JOIN repeated USING (connection, session) GROUP BY connection, session, action HAVING count(*) > 1`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE before AS
    SELECT connection, max(last_seen) AS last_seen, arg_max(began, last_seen) AS began,
      bit_or(flags_in) AS flags_in, bit_or(flags_out) AS flags_out, list(DISTINCT action) AS actions
    FROM ${earlier} SEMI JOIN segments USING (connection) GROUP BY connection`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE clues AS
    SELECT id, began, ${epochSql(epochs)} AS epoch, is_first, ${flagsSql('flags_in', 'flags_out')} AS by_flags,
      ${flagsSql('all_in', 'all_out')} AS by_other_interval, NULL::VARCHAR AS by_other_interface
    FROM (
      SELECT segments.rowid AS id, segments.protocol, segments.flags_in, segments.flags_out,
        least(segments.first_seen, repeated.began, before.began) AS began,
        (repeated_actions.began IS NULL OR repeated_actions.began = segments.first_seen)
          AND NOT coalesce(list_contains(before.actions, segments.action), FALSE) AS is_first,
        ${orSql('segments.flags_in', 'repeated.flags_in', 'before.flags_in')} AS all_in,
        ${orSql('segments.flags_out', 'repeated.flags_out', 'before.flags_out')} AS all_out
      FROM segments
      LEFT JOIN repeated ON repeated.connection = segments.connection AND repeated.session = segments.session
      LEFT JOIN repeated_actions ON repeated_actions.connection = segments.connection
        AND repeated_actions.session = segments.session AND repeated_actions.action IS NOT DISTINCT FROM segments.action
      LEFT JOIN before ON before.connection = segments.connection AND segments.session = 0
        AND segments.first_seen - before.last_seen <= ${silenceSql(aggregationInterval)}
    )`);
  await addOtherInterface(db, records);
  for (const table of ['repeated', 'repeated_actions', 'before']) await db.run(`DROP TABLE ${table}`);
};

/**
 * As `Timeline.epochAt`; null without inventory. A list of constants rather than a join by inequality, which would cost
 * more than all that is joined here.
 */
const epochSql = (epochs: readonly number[]): string => {
  if (epochs.length === 0) return 'NULL::INTEGER';
  const later = epochs.slice(1);
  return later.length === 0
    ? '0::INTEGER'
    : `CASE WHEN began < ${later[0]} THEN 0 ELSE len(list_filter([${later.join(', ')}], moment -> moment <= began)) END::INTEGER`;
};

const orSql = (...flags: readonly string[]): string =>
  `CASE WHEN coalesce(${flags.join(', ')}) IS NOT NULL THEN ${flags.map((column) => `coalesce(${column}, 0)`).join(' | ')} END`;

/** Fills `by_other_interface`, from the records that other interfaces made of open connections. */
const addOtherInterface = async (db: Database, records: string): Promise<void> => {
  const open = `(SELECT DISTINCT connection, interface_id, local_address, local_port, peer_address, peer_port
    FROM segments JOIN clues ON clues.id = segments.rowid
    WHERE protocol = ${TCP} AND by_flags IS NULL AND by_other_interval IS NULL)`;
  // Without flags in the layout there is nothing to look for.
  const { some } = await db.one<{ some: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM clues WHERE by_flags IS NOT NULL) AS some',
  );
  if (!some) return;
  const seen = (from: 'local' | 'peer', to: 'local' | 'peer') => `
    SELECT open.connection, '${from}' AS source, record.tcp_flags
    FROM ${open} AS open
    JOIN (SELECT interface_id, coalesce(pkt_srcaddr, srcaddr) AS source, coalesce(pkt_dstaddr, dstaddr) AS destination, srcport, dstport, tcp_flags
      FROM ${records} WHERE protocol = ${TCP} AND tcp_flags & 2 = 2) AS record
    ON record.source = open.${from}_address AND record.srcport = open.${from}_port
      AND record.destination = open.${to}_address AND record.dstport = open.${to}_port AND record.interface_id <> open.interface_id
    JOIN interface_vpcs AS mine ON mine.interface_id = open.interface_id
    JOIN interface_vpcs AS theirs ON theirs.interface_id = record.interface_id
    JOIN reachable_vpcs ON reachable_vpcs.vpc_id = mine.vpc_id AND reachable_vpcs.other_vpc_id = theirs.vpc_id`;
  await db.run(`
    CREATE OR REPLACE TEMP TABLE other_openers AS
    SELECT connection, ${flagsSql('flags_in', 'flags_out')} AS opener FROM (
      SELECT connection, ${TCP} AS protocol, bit_or(tcp_flags) FILTER (source = 'peer') AS flags_in,
        bit_or(tcp_flags) FILTER (source = 'local') AS flags_out
      FROM (${seen('peer', 'local')} UNION ALL ${seen('local', 'peer')}) GROUP BY connection)`);
  await db.run(`
    UPDATE clues SET by_other_interface = other_openers.opener FROM segments, other_openers
    WHERE segments.rowid = clues.id AND other_openers.connection = segments.connection
      AND clues.by_flags IS NULL AND clues.by_other_interval IS NULL`);
  await db.run('DROP TABLE other_openers');
};
