/**
 * What is known of each segment's connection beyond the segment: its beginning, its packets and flags in other hours
 * and days, and what the other end's interface saw. Kept beside the segments, by their row id, since it is narrow and
 * they are wide.
 */
import { TCP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { type Captures, gapSql } from './gaps.ts';
import { flagsSql, isPorted } from './initiator-sql.ts';
import { silenceSql } from './segments.ts';
import { joinTracking, trackingColumns } from './tracking.ts';

export interface EvidenceOptions {
  /** Relation of `connections/` of the days before, as far as idle time-outs reach. */
  readonly earlier: string;
  /** Relation of the day's records. */
  readonly records: string;
  /** Seconds. */
  readonly aggregationInterval: number;
  readonly captures: Captures;
  /** Whether interfaces have idle time-outs of their own, see `./tracking.ts`. */
  readonly hasTracking: boolean;
  /** When the first record of the lake begins, Unix seconds; null where it is not of this day. */
  readonly logsBegan: number | null;
}

/** Flags decided nothing: the rungs below may. */
export const IS_OPEN = 'by_flags IS NULL AND by_other_interval IS NULL AND by_other_interface IS NULL';

/** Without both ports, the records of many connections look like those of one: their flags prove nothing together. */
const HAS_FLAGS = `NOT (${isPorted} AND (local_port IS NULL OR peer_port IS NULL))`;

/**
 * Makes the temporary table `clues (id, began, epoch, is_first, has_in, has_out, may_be_older, by_flags,
 * by_other_interval, by_other_interface)`: when the segment's connection began (Unix seconds) and in which gap between
 * captures, whether it was not seen before with that action, which directions have packets of that action, whether it
 * may have begun before its first record, and who opened it by the flags of each rung.
 */
export const makeClues = async (db: Database, options: EvidenceOptions): Promise<void> => {
  const { earlier, records, aggregationInterval, captures, hasTracking } = options;
  // Most connections have one segment only: the others are few enough for a join.
  await db.run(`
    CREATE OR REPLACE TEMP TABLE repeated AS
    SELECT connection, session, bit_or(flags_in) AS flags_in, bit_or(flags_out) AS flags_out, min(first_seen) AS began
    FROM segments GROUP BY connection, session HAVING count(*) > 1`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE repeated_actions AS
    SELECT connection, session, action, min(first_seen) AS began, bool_or(flows_in > 0) AS has_in, bool_or(flows_out > 0) AS has_out
    FROM segments SEMI JOIN repeated USING (connection, session) GROUP BY connection, session, action HAVING count(*) > 1`);
  await db.run(`CREATE OR REPLACE TEMP TABLE before AS ${beforeSql(earlier)}`);
  const isKnownBefore = (actions: string) =>
    `coalesce(list_contains(before.${actions}, coalesce(segments.action, '')), FALSE)`;
  await db.run(`
    CREATE OR REPLACE TEMP TABLE clues AS
    SELECT id, began, ${gapSql(captures, 'began')} AS epoch, is_first, has_in, has_out, ${mayBeOlder(options)} AS may_be_older,
      CASE WHEN has_flags THEN ${flagsSql('flags_in', 'flags_out')} END AS by_flags,
      CASE WHEN has_flags THEN ${flagsSql('all_in', 'all_out')} END AS by_other_interval, NULL::VARCHAR AS by_other_interface
    FROM (
      SELECT segments.rowid AS id, segments.protocol, segments.flags_in, segments.flags_out, ${HAS_FLAGS} AS has_flags,
        least(segments.first_seen, repeated.began, before.began) AS began,
        (repeated_actions.began IS NULL OR repeated_actions.began = segments.first_seen) AND NOT ${isKnownBefore('actions')} AS is_first,
        segments.flows_in > 0 OR coalesce(repeated_actions.has_in, FALSE) OR ${isKnownBefore('actions_in')} AS has_in,
        segments.flows_out > 0 OR coalesce(repeated_actions.has_out, FALSE) OR ${isKnownBefore('actions_out')} AS has_out,
        ${orSql('segments.flags_in', 'repeated.flags_in', 'before.flags_in')} AS all_in,
        ${orSql('segments.flags_out', 'repeated.flags_out', 'before.flags_out')} AS all_out
      FROM segments
      LEFT JOIN repeated ON repeated.connection = segments.connection AND repeated.session = segments.session
      LEFT JOIN repeated_actions ON repeated_actions.connection = segments.connection
        AND repeated_actions.session = segments.session AND repeated_actions.action IS NOT DISTINCT FROM segments.action
      ${hasTracking ? joinTracking('segments.interface_id', 'segments.first_seen') : ''}
      LEFT JOIN before ON before.connection = segments.connection AND segments.session = 0
        AND segments.first_seen - before.last_seen <= ${silenceSql(aggregationInterval, hasTracking ? trackingColumns : undefined)}
    )`);
  await addOtherInterface(db, records);
  for (const table of ['repeated', 'repeated_actions', 'before']) await db.run(`DROP TABLE ${table}`);
};

/** Of each connection that the segments know, what earlier days say of it: of its last session alone. */
const beforeSql = (earlier: string): string => `
  SELECT connection, began, max(last_seen) AS last_seen, bit_or(flags_in) AS flags_in, bit_or(flags_out) AS flags_out,
    list(DISTINCT coalesce(action, '')) AS actions,
    list(DISTINCT coalesce(action, '')) FILTER (has_in) AS actions_in, list(DISTINCT coalesce(action, '')) FILTER (has_out) AS actions_out
  FROM ${earlier} SEMI JOIN segments USING (connection) GROUP BY connection, began
  QUALIFY row_number() OVER (PARTITION BY connection ORDER BY max(last_seen) DESC, began DESC) = 1`;

/**
 * A connection begins where its first record is. But one that was going on when the logs began may be older, and so
 * is one of TCP whose handshake is in none of its records although they have flags.
 */
const mayBeOlder = ({ logsBegan, aggregationInterval }: EvidenceOptions): string => {
  const lacksHandshake = `protocol = ${TCP} AND coalesce(all_in, all_out) IS NOT NULL AND (coalesce(all_in, 0) | coalesce(all_out, 0)) & 2 = 0`;
  const atBeginning = logsBegan === null ? 'FALSE' : `began <= ${logsBegan + aggregationInterval}`;
  return `(${atBeginning} OR (${lacksHandshake}))`;
};

const orSql = (...flags: readonly string[]): string =>
  `CASE WHEN coalesce(${flags.join(', ')}) IS NOT NULL THEN ${flags.map((column) => `coalesce(${column}, 0)`).join(' | ')} END`;

/** Fills `by_other_interface`, from the records that other interfaces made of open connections. */
const addOtherInterface = async (db: Database, records: string): Promise<void> => {
  const open = `(SELECT DISTINCT connection, interface_id, local_address, local_port, peer_address, peer_port
    FROM segments JOIN clues ON clues.id = segments.rowid
    WHERE protocol = ${TCP} AND local_port IS NOT NULL AND peer_port IS NOT NULL AND by_flags IS NULL AND by_other_interval IS NULL)`;
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
