/** What the records of a day have and lack: what the roll-up of the day need not look at. */
import type { Database } from '../database.ts';
import type { PlaceColumn } from '../ingest/places.ts';
import { relationOf } from '../relations.ts';
import { FLOW_COLUMNS } from '../sql/columns.ts';
import { fileLiterals } from '../sql/text.ts';
import { IS_UNDIRECTED } from './conversations-sql.ts';

export interface DayShape {
  /** Relation with all columns of `flows/`. */
  readonly records: string;
  readonly count: number;
  readonly hasPacketAddresses: boolean;
  /** The parts of locations that the day's files have. */
  readonly places: readonly PlaceColumn[];
  /** Seconds; inferred from the longest record. */
  readonly aggregationInterval: number;
  /** The earliest start, Unix seconds. */
  readonly began: number | null;
  /** Whether there are records of which it is not known which end is the interface's. */
  readonly hasUndirected: boolean;
}

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

export const shapeOf = async (db: Database, files: readonly string[]): Promise<DayShape> => {
  const records = relationOf(files, FLOW_COLUMNS);
  const described = await db.all<{ column_name: string }>(
    `DESCRIBE SELECT * FROM read_parquet(${fileLiterals(files)}, union_by_name = true, hive_partitioning = false)`,
  );
  const columns = new Set(described.map((row) => row.column_name));
  const { count, longest, began, undirected } = await db.one<{
    count: number;
    longest: number | null;
    began: number | null;
    undirected: boolean | null;
  }>(
    `SELECT count(*) AS count, max("end" - start) AS longest, min(start) AS began, bool_or(${IS_UNDIRECTED}) AS undirected FROM ${records}`,
  );
  return {
    records,
    count,
    began,
    hasPacketAddresses: columns.has('pkt_srcaddr') || columns.has('pkt_dstaddr'),
    places: PLACE_COLUMNS.filter((column) => columns.has(`source_${column}`) || columns.has(`destination_${column}`)),
    aggregationInterval: longest !== null && longest > LONGEST_OF_ONE_MINUTE ? 600 : 60,
    hasUndirected: undirected === true,
  };
};
