/**
 * The roll-up: from the records of a day to its conversations, for every day that has newer records than roll-ups.
 *
 *   records → segments → evidence → judged → decided → conversations
 *
 * A day also depends on the connections of the days before it, as far as idle time-outs reach. So when the connections
 * of a day come out otherwise than before, the days after it are recomputed too: whatever the order in which records
 * and inventory came, the same inputs give the same conversations.
 */
import { join } from 'node:path';
import { TCP_ESTABLISHED_SECONDS } from '@flowfit/core/conversation/timeouts';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { Batch, namesIn } from '../commit.ts';
import { dirtyDays, dirtyMarker } from '../dirty.ts';
import { joinInterfaceVersion, loadInterfaceVersions, NO_ADDRESSES } from '../ingest/interfaces.ts';
import type { PlaceColumn } from '../ingest/places.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import type { Lake } from '../lake.ts';
import { dayFolder } from '../paths.ts';
import { daysIn, filesOf, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { FLOW_COLUMNS, RECORD_HASH } from '../sql/columns.ts';
import { fileLiterals, identifier, literal } from '../sql/text.ts';
import { CONNECTION_COLUMNS, CONVERSATION_COLUMNS } from './columns.ts';
import {
  connectionsSql,
  conversationsSql,
  decidedSql,
  fanInTables,
  looseSql,
  placeOfEnds,
} from './conversations-sql.ts';
import { makeJudged } from './elimination.ts';
import { makeClues } from './evidence.ts';
import { endsSql, IS_CONNECTED, makeSegments } from './segments.ts';

export interface RollUpOptions {
  /** Records worked on at a time: days with more are cut by interface, so that memory stays bounded. */
  readonly recordsAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onDay?: (() => void) | undefined;
}

/** Days that a connection may be silent and still go on. */
const REACH_DAYS = Math.ceil(TCP_ESTABLISHED_SECONDS / SECONDS_PER_DAY);

/** What DuckDB's share of 2 GiB holds without spilling. */
const RECORDS_AT_ONCE = 6_000_000;

/** Recomputes the days that need it. The lock must be held. */
export const rollUp = async (lake: Lake, options: RollUpOptions = {}): Promise<void> => {
  const pending = new Set(await dirtyDays(lake.paths));
  if (pending.size === 0) return;
  const timeline = await loadTimeline(lake);
  const days = await daysIn(lake.paths, 'flows');
  const first = days.find((day) => day !== null);
  const attributor = new Attributor(timeline, timeline.epochAt((first ?? 0) * SECONDS_PER_DAY));
  for (const day of days) {
    if (!pending.has(day)) continue;
    options.signal?.throwIfAborted();
    for (const later of await new DayRollUp(lake, timeline, attributor, day, days).run(
      options.recordsAtOnce ?? RECORDS_AT_ONCE,
    ))
      pending.add(later);
    options.onDay?.();
  }
};

class DayRollUp {
  readonly #lake: Lake;
  readonly #timeline: Timeline;
  readonly #attributor: Attributor;
  readonly #day: number | null;
  readonly #days: readonly (number | null)[];

  /** @param days all that have records */
  constructor(
    lake: Lake,
    timeline: Timeline,
    attributor: Attributor,
    day: number | null,
    days: readonly (number | null)[],
  ) {
    this.#lake = lake;
    this.#timeline = timeline;
    this.#attributor = attributor;
    this.#day = day;
    this.#days = days;
  }

  /** @returns the days that may come out otherwise now; they are marked together with the commit of this one */
  async run(recordsAtOnce: number): Promise<number[]> {
    const { db, paths } = this.#lake;
    const batch = await Batch.begin(paths, this.#lake.now());
    try {
      const files = await this.#filesOf('flows');
      const shape = await this.#shapeOf(files);
      const old = {
        conversations: await this.#filesOf('conversations'),
        connections: await this.#filesOf('connections'),
      };
      const before = await this.#digest(old.connections);
      await loadInterfaceVersions(db, this.#timeline, () => NO_ADDRESSES);
      await db.run(placesSql(shape.records, shape.places));
      await db.run(vpcsSql(shape.records));
      await db.run(reachableVpcsSql(this.#timeline));
      const parts = Math.max(1, Math.ceil(shape.count / recordsAtOnce));
      const written: string[] = [];
      for (const [part, records] of (await this.#cut(batch, shape.records, parts)).entries()) {
        written.push(await this.#writePart(batch, shape, records, { part, isWhole: parts === 1 }));
      }
      for (const path of [...old.conversations, ...old.connections, dirtyMarker(paths, this.#day)]) batch.remove(path);
      const affected = (await this.#digest(written)) === before ? [] : this.#laterDays();
      for (const later of affected) await batch.stageText(dirtyMarker(paths, later), '');
      await batch.commit();
      return affected;
    } catch (error) {
      await batch.discard();
      throw error;
    }
  }

  /**
   * Relations of the records of each part, cut by interface. More than one part are written out first: to pick the
   * records of each out of all files would read these once for every part.
   */
  async #cut(batch: Batch, records: string, parts: number): Promise<string[]> {
    if (parts === 1) return [records];
    const folder = join(batch.folder, 'parts');
    await this.#lake.db.run(
      `COPY (SELECT ${ROLLED_UP_COLUMNS.map(identifier).join(', ')}, coalesce(hash(interface_id), 0) % ${parts} AS part FROM ${records})
       TO ${literal(folder)} (FORMAT parquet, PARTITION_BY (part))`,
    );
    const columns = FLOW_COLUMNS.filter(([name]) => ROLLED_UP_COLUMNS.includes(name));
    return await Promise.all(
      Array.from({ length: parts }, async (_, part) => {
        const path = join(folder, `part=${part}`);
        return relationOf(
          (await namesIn(path)).map((name) => join(path, name)),
          columns,
        );
      }),
    );
  }

  /** Writes the roll-up of the interfaces of one part. @returns the file of connections, not yet in its place */
  async #writePart(
    batch: Batch,
    shape: DayShape,
    records: string,
    { part, isWhole }: { readonly part: number; readonly isWhole: boolean },
  ): Promise<string> {
    const { db, paths } = this.#lake;
    const { aggregationInterval, hasPacketAddresses } = shape;
    await makeSegments(db, { records, hasPacketAddresses, aggregationInterval });
    const { epochs } = this.#timeline;
    const earlier = await this.#earlierConnections();
    await makeClues(db, { earlier, records: shape.records, aggregationInterval, epochs });
    const everybody = isWhole ? 'segments' : `(${endsSql(shape.records, 'interface_id, protocol, action')})`;
    await makeJudged(db, { timeline: this.#timeline, attributor: this.#attributor, everybody });
    for (const statement of fanInTables()) await db.run(statement);
    await db.run(`CREATE OR REPLACE TEMP TABLE decided AS ${decidedSql(epochs)}`);
    await db.run('DROP TABLE judged');
    await db.run('DROP TABLE clues');
    const name = `${batch.id}-${part}.parquet`;
    const conversations = batch.stage(join(paths.conversations, dayFolder(this.#day), name));
    await db.run(`COPY (${this.#conversations(records, shape)}) TO ${literal(conversations)} (FORMAT parquet)`);
    const connections = batch.stage(join(paths.connections, dayFolder(this.#day), name));
    await db.run(`COPY (${connectionsSql()}) TO ${literal(connections)} (FORMAT parquet)`);
    await db.run('DROP TABLE decided');
    await db.run('DROP TABLE segments');
    return connections;
  }

  #conversations(records: string, { hasPacketAddresses, places }: DayShape): string {
    const present = new Set([
      ...PLAIN_COLUMNS,
      ...places.flatMap((column) => [`source_${column}`, `destination_${column}`]),
    ]);
    const columns = CONVERSATION_COLUMNS.map(([name, type]) =>
      present.has(name) ? identifier(name) : `NULL::${type} AS ${identifier(name)}`,
    );
    return `
      SELECT ${columns.join(', ')} FROM (
        SELECT conversation.*, interface_vpcs.account_id, interface_vpcs.record_vpc_id AS vpc_id,
          interface.vpc_id AS interface_vpc_id, interface.group_ids AS security_group_ids
          ${placeOfEnds(places)
            .map((column) => `, ${column}`)
            .join('')}
        FROM (${conversationsSql(hasPacketAddresses)} UNION ALL BY NAME ${looseSql(records, IS_CONNECTED)}) AS conversation
        LEFT JOIN interface_vpcs ON interface_vpcs.interface_id = conversation.interface_id
        ${joinInterfaceVersion('conversation.interface_id', 'coalesce(conversation.inventory_at, conversation.hour)')}
        LEFT JOIN places AS source_place ON source_place.address = CASE conversation.direction WHEN 'inbound' THEN conversation.peer_address WHEN 'outbound' THEN conversation.local_address ELSE conversation.srcaddr END
        LEFT JOIN places AS destination_place ON destination_place.address = CASE conversation.direction WHEN 'inbound' THEN conversation.local_address WHEN 'outbound' THEN conversation.peer_address ELSE conversation.dstaddr END
      ) ORDER BY interface_id, hour`;
  }

  #laterDays(): number[] {
    const day = this.#day;
    return day === null
      ? []
      : (this.#days.filter((later) => later !== null && later > day && later <= day + REACH_DAYS) as number[]);
  }

  async #shapeOf(files: readonly string[]): Promise<DayShape> {
    const { db } = this.#lake;
    const records = relationOf(files, FLOW_COLUMNS);
    const described = await db.all<{ column_name: string }>(
      `DESCRIBE SELECT * FROM read_parquet(${fileLiterals(files)}, union_by_name = true, hive_partitioning = false)`,
    );
    const columns = new Set(described.map((row) => row.column_name));
    const { count, longest } = await db.one<{ count: number; longest: number | null }>(
      `SELECT count(*) AS count, max("end" - start) AS longest FROM ${records}`,
    );
    return {
      records,
      count,
      hasPacketAddresses: columns.has('pkt_srcaddr') || columns.has('pkt_dstaddr'),
      places: PLACE_COLUMNS.filter((column) => columns.has(`source_${column}`) || columns.has(`destination_${column}`)),
      aggregationInterval: longest !== null && longest > LONGEST_OF_ONE_MINUTE ? 600 : 60,
    };
  }

  async #filesOf(folder: 'flows' | 'conversations' | 'connections'): Promise<string[]> {
    const range = this.#day === null ? { first: null, last: null } : { first: this.#day, last: this.#day };
    const files = await filesOf(this.#lake.paths, folder, range);
    return files.filter((path) => path.includes(`${dayFolder(this.#day)}`));
  }

  async #earlierConnections(): Promise<string> {
    const files =
      this.#day === null
        ? []
        : await filesOf(this.#lake.paths, 'connections', { first: this.#day - REACH_DAYS, last: this.#day - 1 });
    return relationOf(files, CONNECTION_COLUMNS);
  }

  /** Changes with any row, whatever their order. */
  async #digest(files: readonly string[]): Promise<string> {
    const columns = CONNECTION_COLUMNS.map(([name]) => name).join(', ');
    const row = await this.#lake.db.one<{ count: number; digest: bigint | number | null }>(
      `SELECT count(*) AS count, bit_xor(hash(${columns})) AS digest FROM ${relationOf(files, CONNECTION_COLUMNS)}`,
    );
    return `${row.count} ${row.digest}`;
  }
}

interface DayShape {
  /** Relation with all columns of `flows/`. */
  readonly records: string;
  readonly count: number;
  readonly hasPacketAddresses: boolean;
  /** The parts of locations that the day's files have. */
  readonly places: readonly PlaceColumn[];
  /** Seconds; inferred from the longest record. */
  readonly aggregationInterval: number;
}

/** The columns of records that the roll-up looks at. */
const ROLLED_UP_COLUMNS = [
  ...['account_id', 'interface_id', 'vpc_id', 'direction', 'action', 'protocol', 'start', 'end', 'packets', 'bytes'],
  ...['srcaddr', 'dstaddr', 'pkt_srcaddr', 'pkt_dstaddr', 'srcport', 'dstport', 'tcp_flags', RECORD_HASH],
];

/** Records of an aggregation interval of one minute last up to two: both ends may be a minute off. */
const LONGEST_OF_ONE_MINUTE = 120;

const PLACE_COLUMNS: readonly PlaceColumn[] = [
  'country_code',
  'country_name',
  'region_code',
  'region_name',
  'city',
  'location',
];

/** Columns that every conversation has, wherever the records came from. */
const PLAIN_COLUMNS = CONVERSATION_COLUMNS.map(([name]) => name).filter((name) => !/^(source|destination)_/.test(name));

/** Table `interface_vpcs (interface_id, vpc_id, account_id, record_vpc_id)`: by inventory, else by the records. */
const vpcsSql = (records: string): string => `
  CREATE OR REPLACE TEMP TABLE interface_vpcs AS
  SELECT record.interface_id, coalesce(known.vpc_id, record.vpc_id) AS vpc_id, record.account_id, record.vpc_id AS record_vpc_id
  FROM (SELECT interface_id, min(account_id) AS account_id, min(vpc_id) AS vpc_id FROM ${records} WHERE interface_id IS NOT NULL GROUP BY interface_id) AS record
  LEFT JOIN (SELECT id, any_value(vpc_id) AS vpc_id FROM interface_versions GROUP BY id) AS known ON known.id = record.interface_id`;

/**
 * Table `reachable_vpcs (vpc_id, other_vpc_id)`: VPCs in which a private address means the same interface. Those of an
 * active peering connection cannot overlap, and neither can a VPC with itself.
 */
const reachableVpcsSql = (timeline: Timeline): string => {
  const peerings = timeline.epochs
    .flatMap((moment) => timeline.snapshotAt(moment).peerings)
    .flatMap(({ status, requesterVpcId, accepterVpcId }) =>
      status === 'active' && requesterVpcId !== null && accepterVpcId !== null
        ? [
            `(${literal(requesterVpcId)}, ${literal(accepterVpcId)})`,
            `(${literal(accepterVpcId)}, ${literal(requesterVpcId)})`,
          ]
        : [],
    );
  const peered = peerings.length === 0 ? '' : `UNION VALUES ${[...new Set(peerings)].join(', ')}`;
  return `CREATE OR REPLACE TEMP TABLE reachable_vpcs AS
    SELECT DISTINCT vpc_id, vpc_id AS other_vpc_id FROM interface_vpcs WHERE vpc_id IS NOT NULL ${peered}`;
};

/** Table `places (address, …)`: where the day's records say that addresses are. */
const placesSql = (records: string, places: readonly PlaceColumn[]): string => {
  if (places.length === 0) return 'CREATE OR REPLACE TEMP TABLE places AS SELECT NULL::VARCHAR AS address WHERE FALSE';
  const end = (side: 'source' | 'destination', address: string) =>
    `SELECT ${address} AS address, ${places.map((column) => `${side}_${column} AS ${column}`).join(', ')} FROM ${records} WHERE ${side}_${places[0]} IS NOT NULL`;
  return `CREATE OR REPLACE TEMP TABLE places AS
    SELECT address, ${places.map((column) => `max(${column}) AS ${column}`).join(', ')}
    FROM (${end('source', 'coalesce(pkt_srcaddr, srcaddr)')} UNION ALL ${end('destination', 'coalesce(pkt_dstaddr, dstaddr)')})
    GROUP BY address`;
};
