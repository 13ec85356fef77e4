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
import { Batch } from '../commit.ts';
import { namesIn } from '../durable.ts';
import { joinInterfaceVersion, loadInterfaceVersions, NO_ADDRESSES } from '../ingest/interfaces.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import type { Lake } from '../lake.ts';
import { dayFolder } from '../paths.ts';
import {
  daysIn,
  dirtyDays,
  entriesOfDay,
  filesOf,
  filesOfDay,
  type PartitionedFolder,
  relationOf,
  SECONDS_PER_DAY,
} from '../relations.ts';
import { FLOW_COLUMNS, RECORD_HASH } from '../sql/columns.ts';
import { identifier, literal } from '../sql/text.ts';
import { writeParquet } from '../write-parquet.ts';
import { CONNECTION_COLUMNS, CONVERSATION_COLUMNS } from './columns.ts';
import {
  connectionsSql,
  conversationsSql,
  decidedSql,
  fanInTables,
  looseSql,
  placeOfEnds,
  undirectedPorts,
} from './conversations-sql.ts';
import { countedOnce, layoutsOf, makeDoubles } from './doubles.ts';
import { makeJudged } from './elimination.ts';
import { makeClues } from './evidence.ts';
import type { Captures } from './gaps.ts';
import { endsSql, makeSegments } from './segments.ts';
import { type DayShape, shapeOf } from './shape.ts';
import { makePortClasses } from './stances.ts';
import { placesSql, reachableVpcsSql, vpcsSql } from './surroundings.ts';
import { loadTracking } from './tracking.ts';

export interface RollUpOptions {
  /** Records worked on at a time: days with more are cut by interface, so that memory stays bounded. */
  readonly recordsAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onDay?: (() => void) | undefined;
}

/** Days that a connection may be silent and still go on. */
export const REACH_DAYS = Math.ceil(TCP_ESTABLISHED_SECONDS / SECONDS_PER_DAY);

/** What DuckDB's share of 2 GiB holds without spilling. */
const RECORDS_AT_ONCE = 6_000_000;

/** Recomputes the days that need it. The lock must be held. */
export const rollUp = async (lake: Lake, options: RollUpOptions = {}): Promise<void> => {
  const pending = new Set(dirtyDays(lake));
  if (pending.size === 0) return;
  const timeline = loadTimeline(lake);
  const days = daysIn(lake, 'flows');
  for (const day of pending) if (!days.includes(day)) await forgetDay(lake, day);
  for (const day of dirtyDays(lake)) pending.add(day);
  const attributor = new Attributor(timeline);
  for (const day of days) {
    if (!pending.has(day)) continue;
    options.signal?.throwIfAborted();
    const affected = await new DayRollUp(lake, { timeline, attributor, day, days }).run(
      options.recordsAtOnce ?? RECORDS_AT_ONCE,
    );
    for (const later of affected) pending.add(later);
    options.onDay?.();
  }
};

/** Takes away what was derived from a day that has no records any more. */
const forgetDay = async (lake: Lake, day: number | null): Promise<void> => {
  const batch = await Batch.begin(lake);
  const connections = entriesOfDay(lake, 'connections', day);
  for (const { path } of [...entriesOfDay(lake, 'conversations', day), ...connections])
    batch.remove(join(lake.dir, path));
  batch.markClean(day);
  if (connections.length > 0) batch.markDirty(laterDays(day, daysIn(lake, 'flows')));
  await batch.commit();
};

/** The days of which the connections may go on from one before. */
const laterDays = (day: number | null, days: readonly (number | null)[]): number[] =>
  day === null ? [] : (days.filter((later) => later !== null && later > day && later <= day + REACH_DAYS) as number[]);

interface DayOptions {
  readonly timeline: Timeline;
  readonly attributor: Attributor;
  readonly day: number | null;
  /** All that have records, ascending. */
  readonly days: readonly (number | null)[];
}

class DayRollUp {
  readonly #lake: Lake;
  readonly #timeline: Timeline;
  readonly #attributor: Attributor;
  readonly #captures: Captures;
  readonly #day: number | null;
  readonly #days: readonly (number | null)[];

  constructor(lake: Lake, { timeline, attributor, day, days }: DayOptions) {
    this.#lake = lake;
    this.#timeline = timeline;
    this.#attributor = attributor;
    this.#captures = { epochs: timeline.epochs, day };
    this.#day = day;
    this.#days = days;
  }

  /** @returns the days that may come out otherwise now; they are marked together with the commit of this one */
  async run(recordsAtOnce: number): Promise<number[]> {
    const { db } = this.#lake;
    const batch = await Batch.begin(this.#lake);
    try {
      const files = await this.#filesOf('flows');
      const shape = await shapeOf(db, files);
      const old = {
        conversations: await this.#filesOf('conversations'),
        connections: await this.#filesOf('connections'),
      };
      const before = await this.#digest(old.connections);
      await loadInterfaceVersions(db, this.#timeline, () => NO_ADDRESSES);
      await db.run(placesSql(shape.records, shape.places));
      await db.run(vpcsSql(shape.records));
      await db.run(reachableVpcsSql(this.#timeline));
      const hasTracking = await loadTracking(db, this.#timeline);
      const hasDoubles = await makeDoubles(db, await layoutsOf(db, files));
      const counted = hasDoubles ? countedOnce(shape.records) : shape.records;
      const parts = Math.max(1, Math.ceil(shape.count / recordsAtOnce));
      const written: string[] = [];
      for (const [part, records] of (await this.#cut(batch, counted, parts)).entries()) {
        written.push(await this.#writePart(batch, shape, { part, records, isWhole: parts === 1, hasTracking }));
      }
      for (const path of [...old.conversations, ...old.connections]) batch.remove(path);
      batch.markClean(this.#day);
      const affected = (await this.#digest(written)) === before ? [] : laterDays(this.#day, this.#days);
      batch.markDirty(affected);
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
  async #writePart(batch: Batch, shape: DayShape, { part, records, isWhole, hasTracking }: Part): Promise<string> {
    const { db, paths } = this.#lake;
    const { aggregationInterval, hasPacketAddresses } = shape;
    await makeSegments(db, { records, hasPacketAddresses, aggregationInterval, hasTracking });
    await makeClues(db, {
      earlier: await this.#earlierConnections(),
      records: shape.records,
      aggregationInterval,
      captures: this.#captures,
      hasTracking,
      logsBegan: this.#isFirst() ? shape.began : null,
    });
    const everybody = isWhole ? 'segments' : `(${endsSql(shape.records, 'interface_id, protocol, action')})`;
    await makeJudged(db, { attributor: this.#attributor, everybody });
    for (const statement of fanInTables()) await db.run(statement);
    await db.run(`CREATE OR REPLACE TEMP TABLE decided AS ${decidedSql(this.#captures)}`);
    await db.run('DROP TABLE judged');
    await db.run('DROP TABLE clues');
    const name = `${batch.id}-${part}.parquet`;
    const targetIn = (folder: PartitionedFolder) => join(paths[folder], dayFolder(this.#day), name);
    const conversations = this.#conversations(await this.#loose(records, shape), shape);
    await writeParquet(db, batch, targetIn('conversations'), conversations);
    const connections = await writeParquet(db, batch, targetIn('connections'), connectionsSql());
    for (const table of ['decided', 'segments', 'stances', 'port_class']) await db.run(`DROP TABLE IF EXISTS ${table}`);
    return connections.path;
  }

  /** Query of the records that belong to no connection. */
  async #loose(records: string, { hasUndirected }: DayShape): Promise<string> {
    const hasClasses = hasUndirected && this.#captures.epochs.length > 0;
    if (hasClasses) {
      await makePortClasses(this.#lake.db, {
        relation: undirectedPorts(records, this.#captures),
        ports: ['srcport', 'dstport'],
        attributor: this.#attributor,
      });
    }
    return looseSql(records, this.#captures, hasClasses);
  }

  #conversations(loose: string, { hasPacketAddresses, places }: DayShape): string {
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
        FROM (${conversationsSql(hasPacketAddresses)} UNION ALL BY NAME ${loose}) AS conversation
        LEFT JOIN interface_vpcs ON interface_vpcs.interface_id = conversation.interface_id
        ${joinInterfaceVersion('conversation.interface_id', this.#timeOfInterface())}
        LEFT JOIN places AS source_place ON source_place.address = CASE conversation.direction WHEN 'inbound' THEN conversation.peer_address WHEN 'outbound' THEN conversation.local_address ELSE conversation.srcaddr END
        LEFT JOIN places AS destination_place ON destination_place.address = CASE conversation.direction WHEN 'inbound' THEN conversation.local_address WHEN 'outbound' THEN conversation.peer_address ELSE conversation.dstaddr END
      ) ORDER BY interface_id, hour`;
  }

  /** When the connections of a row began, for the state of the interface then: before the first capture, the first one's. */
  #timeOfInterface(): string {
    const first = this.#captures.epochs[0];
    const hour = 'conversation.hour';
    if (first === undefined) return hour;
    return `coalesce(conversation.inventory_at, CASE WHEN ${hour} >= ${first} THEN ${first - 1} ELSE ${hour} END)`;
  }

  /** Before the first day nothing was logged; before the first one that was not pruned, something was. */
  #isFirst(): boolean {
    return this.#day !== null && this.#day === this.#days[0] && this.#lake.manifest.prunedBefore === null;
  }

  async #filesOf(folder: PartitionedFolder): Promise<string[]> {
    return await filesOfDay(this.#lake, folder, this.#day);
  }

  async #earlierConnections(): Promise<string> {
    const files =
      this.#day === null
        ? []
        : await filesOf(this.#lake, 'connections', { first: this.#day - REACH_DAYS, last: this.#day - 1 });
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

interface Part {
  readonly part: number;
  readonly records: string;
  /** Whether it is all of the day. */
  readonly isWhole: boolean;
  readonly hasTracking: boolean;
}

/** The columns of records that the roll-up looks at. */
const ROLLED_UP_COLUMNS = [
  ...['account_id', 'interface_id', 'vpc_id', 'direction', 'action', 'protocol', 'start', 'end', 'packets', 'bytes'],
  ...['srcaddr', 'dstaddr', 'pkt_srcaddr', 'pkt_dstaddr', 'srcport', 'dstport', 'tcp_flags', RECORD_HASH],
];

/** Columns that every conversation has, wherever the records came from. */
const PLAIN_COLUMNS = CONVERSATION_COLUMNS.map(([name]) => name).filter((name) => !/^(source|destination)_/.test(name));
