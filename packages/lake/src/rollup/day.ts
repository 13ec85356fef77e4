/**
 * The way of a day from its records to its conversations:
 *
 *   records → segments → clues → judgements → decisions → conversations
 */
import { join } from 'node:path';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Attributor } from '@flowfit/core/security-group/attribute';
import type { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { dayFolder } from '../paths.ts';
import type { PartitionedFolder } from '../relations.ts';
import type { CodedRecords } from '../tables/coded.ts';
import { dropInterfaceVersions } from '../tables/interfaces.ts';
import { loadRows, streamRows } from '../tables/typed.ts';
import { NONE } from '../tables/words.ts';
import { writeParquet } from '../write-parquet.ts';
import { findClues, readEarlier } from './clues.ts';
import { CONNECTION, connectionsSql, conversationsSql } from './conversations.ts';
import { type Decisions, decide, FlagEvidence, openSegments } from './decisions.ts';
import { countOnce } from './doubles.ts';
import { judge } from './elimination.ts';
import { type IdleTimeouts, loadIdleTimeouts } from './idle-timeouts.ts';
import { makeLoose } from './loose.ts';
import type { AcceptedEnds } from './other-ends.ts';
import { IS_OPENING, OtherInterfaces } from './other-interface.ts';
import { ROW, rowsOf } from './rows.ts';
import { END, endsSql, readSegments, type Segments } from './segments.ts';
import { Stances } from './stances.ts';
import { INTERFACE_FACTS, loadSurroundings, type Surroundings } from './surroundings.ts';

export interface DayOptions {
  readonly lake: Lake;
  /** What is written becomes part of it. */
  readonly batch: Batch;
  /** Whole days since 1970-01-01; null = records without time. */
  readonly day: number | null;
  readonly timeline: Timeline;
  readonly attributor: Attributor;
  readonly records: CodedRecords;
  /** Relation of `connections/` of the days before, as far as idle time-outs reach; null = none. */
  readonly earlier: string | null;
  /** Whether nothing was logged before this day. */
  readonly isFirst: boolean;
}

/** @returns the files of connections, not yet in their places */
export const rollUpDay = async (options: DayOptions): Promise<string[]> => {
  const { db } = options.lake;
  const { records, timeline } = options;
  const surroundings = await loadSurroundings(db, timeline, records);
  const timeouts = await loadIdleTimeouts(db, surroundings);
  const counted = await countOnce(db, records);
  const shape = await shapeOf(options);
  const written: string[] = [];
  for (const [part, relation] of records.parts.entries()) {
    const day = new PartOfDay(options, { ...shape, surroundings, timeouts });
    written.push(await day.rollUp(part, counted.of(relation)));
  }
  await counted.drop();
  await timeouts.drop();
  await dropInterfaceVersions(db);
  await db.run(`DROP TABLE ${INTERFACE_FACTS}`);
  return written;
};

interface Shape {
  /** Seconds; inferred from the longest record. */
  readonly aggregationInterval: number;
  /** When the first record of the lake begins, Unix seconds; null where it is not of this day. */
  readonly logsBegan: number | null;
  /** Whether any record shows how its connection was opened. */
  readonly hasOpenings: boolean;
}

/** Records of an aggregation interval of one minute last up to two: both ends may be a minute off. */
const LONGEST_OF_ONE_MINUTE = 120;

const shapeOf = async ({ lake, records, isFirst }: DayOptions): Promise<Shape> => {
  const { longest, began, openings } = await lake.db.one<{
    longest: number | null;
    began: number | null;
    openings: boolean | null;
  }>(
    `SELECT max("end" - start) AS longest, min(start) AS began, bool_or(${IS_OPENING}) AS openings FROM ${records.relation}`,
  );
  return {
    aggregationInterval: longest !== null && longest > LONGEST_OF_ONE_MINUTE ? 600 : 60,
    logsBegan: isFirst ? began : null,
    hasOpenings: openings === true,
  };
};

interface Known extends Shape {
  readonly surroundings: Surroundings;
  readonly timeouts: IdleTimeouts;
}

/** Some interfaces of a day. */
class PartOfDay {
  readonly #options: DayOptions;
  readonly #known: Known;
  readonly #stances: Stances;

  constructor(options: DayOptions, known: Known) {
    this.#options = options;
    this.#known = known;
    this.#stances = new Stances(options.attributor, known.surroundings.interfaceIds);
  }

  /** @param relation its records. @returns the file of connections */
  async rollUp(part: number, relation: string): Promise<string> {
    const { lake, records } = this.#options;
    const { interfaceIds } = this.#known.surroundings;
    const segments = await readSegments(lake.db, relation, records, { ...this.#known, interfaceIds });
    const decisions = await this.#decide(segments);
    return await this.#write(part, relation, segments, decisions);
  }

  async #decide(segments: Segments): Promise<Decisions> {
    const { lake, records, earlier, timeline, attributor } = this.#options;
    const { surroundings } = this.#known;
    const stances = this.#stances;
    const clues = findClues(segments, {
      ...this.#known,
      earlier: await readEarlier(lake.db, segments, earlier),
      gapAt: (seconds) => timeline.gapAt(seconds),
    });
    const flags = new FlagEvidence(segments, clues);
    const others = new OtherInterfaces(segments, surroundings);
    if (this.#known.hasOpenings) await others.look(lake.db, records, (segment) => flags.isOpen(segment));
    const isOpen = openSegments(segments.count, flags, others);
    const judgements = await judge(lake.db, segments, clues, isOpen, {
      ...{ attributor, stances, surroundings, addresses: records.addresses },
      ...{ accepted: this.#accepted(segments), hasCaptures: timeline.epochs.length > 0 },
    });
    return decide({ segments, clues, flags, others, isOpen, judgements, stances });
  }

  /** What all interfaces did on the day: where they are not all in this part, their records are read again. */
  #accepted(segments: Segments): AcceptedEnds {
    const { lake, records } = this.#options;
    if (records.parts.length === 1) {
      return async function* () {
        yield segments;
      };
    }
    const ends = endsSql(records.relation, records.hasPacketAddresses, 'action');
    return () =>
      streamRows(
        lake.db,
        END,
        `SELECT * REPLACE (coalesce(local_port, ${NONE}) AS local_port, coalesce(peer_port, ${NONE}) AS peer_port) FROM (${ends})`,
      );
  }

  async #write(part: number, relation: string, segments: Segments, decisions: Decisions): Promise<string> {
    const { lake, batch, day, records, timeline } = this.#options;
    const { db, paths } = lake;
    const { count } = segments;
    const connections = await loadRows(db, 'rolled_up_connections', CONNECTION, {
      count,
      columns: { ...segments.columns, ...decisions.columns },
    });
    const options = { epochs: timeline.epochs, hasPacketAddresses: records.hasPacketAddresses };
    const rows = await loadRows(db, 'rolled_up', ROW, rowsOf(segments, decisions, options));
    const loose = await makeLoose(db, relation, { timeline, stances: this.#stances });
    const name = `${batch.id}-${part}.parquet`;
    const targetIn = (folder: PartitionedFolder) => join(paths[folder], dayFolder(day), name);
    const conversations = conversationsSql({ rows, loose: loose.sql, coded: records, epochs: timeline.epochs });
    await writeParquet(db, batch, targetIn('conversations'), conversations);
    const { path } = await writeParquet(db, batch, targetIn('connections'), connectionsSql(connections));
    await loose.drop();
    for (const { name: table } of [connections, rows]) await db.run(`DROP TABLE ${table}`);
    return path;
  }
}
