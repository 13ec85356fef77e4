import { LAKE_SCHEMA } from '@flowfit/lake/manifest';
import { lakePaths } from '@flowfit/lake/paths';
import { COVERAGE_COLUMNS } from '@flowfit/lake/relations';
import { CONNECTION_COLUMNS, CONVERSATION_COLUMNS } from '@flowfit/lake/rollup/columns';
import { FLOW_COLUMNS, OTHER_FIELDS, RECORD_HASH } from '@flowfit/lake/sql/columns';
import { code, page, table } from './markdown.ts';

type Columns = readonly (readonly [column: string, type: string])[];

/** What lies where, by the name that the code has for it; a new folder without a line here does not compile. */
const CONTENTS: Readonly<Record<Exclude<keyof ReturnType<typeof lakePaths>, 'root'>, readonly [string, string]>> = {
  meta: ['', 'Schema version of the lake, and when it was made.'],
  manifest: ['', 'Which files are in the lake, each with size and SHA-256, and the days that are not rolled up.'],
  manifestCopy: ['', 'The same once more, for repairs.'],
  flows: ['/day=YYYY-MM-DD/*.parquet', 'Enriched records, by the UTC day of their `start`.'],
  coverage: ['/day=YYYY-MM-DD/*.parquet', 'NODATA and SKIPDATA records: what was watched, and what AWS dropped.'],
  conversations: ['/day=YYYY-MM-DD/*.parquet', 'Hourly roll-ups, derived from flows and inventory.'],
  connections: ['/day=YYYY-MM-DD/*.parquet', 'What later days need to know of connections, derived.'],
  rejects: ['/*.ndjson', 'Every line that could not be read: source, line number, reason, detail, the line.'],
  inventory: ['/<captured-at>.json', 'Captures of the inventory, schema `flowfit.inventory/1`.'],
  sources: ['/*.ndjson', 'The ledger: a line for each object with its name, SHA-256, size, time and counts.'],
  dismissals: ['', 'Findings that were set aside, each with its reason. May be edited.'],
  readers: ['/<version>-<id>', 'Empty files: who reads which state, so that its files are kept.'],
  setAside: ['/<batch>/…', 'Damaged files that `flowfit lake repair` took out. Safe to delete.'],
  scratch: ['/', 'Work in progress. The next writer finishes or clears what a killed one left.'],
};

export const renderLakeLayout = (): string =>
  page(
    'Lake layout',
    `A lake is a directory. This is schema version ${LAKE_SCHEMA}; a newer Flowfit migrates an older lake when it first writes ` +
      'to it, and an older one refuses a newer lake. What it is for is told in [The lake](../explanation/the-lake.md).',
    '## Files',
    table(
      ['Path', 'Holds'],
      Object.entries(CONTENTS).map(([name, [below, what]]) => [
        code(pathOf(name as keyof typeof CONTENTS) + below),
        what,
      ]),
    ),
    'Records whose layout has no `start` are under `day=__HIVE_DEFAULT_PARTITION__`. While a command writes' +
      ', `lock` names its process, and `lock.db` carries the lock of the operating system. Files appear whole, by a rename, and are never changed in place.',
    'A file that the manifest does not name is not in the lake. Files are not to be deleted by hand: `flowfit lake prune` takes days out, ' +
      'and `flowfit lake repair` mends what was damaged ([Keep a lake in good order](../how-to/keep-a-lake-in-good-order.md)).',
    '## flows',
    `The fields of the record and the added ones that are stored with each, names with underscores. Fields that no table knows are in ${code(OTHER_FIELDS)}. ` +
      `A file has only the columns that its logs had: read several with ${code('union_by_name = true')} (DuckDB) or a merged schema (Spark). ` +
      `${code(RECORD_HASH)} tells exact repeats. What the fields mean is in [Fields](fields.md).`,
    columnTable(FLOW_COLUMNS),
    '## coverage',
    columnTable(COVERAGE_COLUMNS),
    '## conversations',
    'One row for each interface, side that opened the connections, protocol, service port, peer, action and hour, and for ' +
      'each direction of the packets. `inventory_at` names the last capture before the connections began; it is null where they began before the first one. ' +
      'Records of two layouts that say the same of the same packets are counted once.',
    columnTable(CONVERSATION_COLUMNS),
    '## connections',
    columnTable(CONNECTION_COLUMNS),
    '## Reading it with other tools',
    '```sql\n' +
      "-- DuckDB: the day is a column of the path, so that other days are not read\nSELECT interface_id, sum(bytes) AS bytes\nFROM read_parquet('flowfit-lake/flows/*/*.parquet', hive_partitioning = true, union_by_name = true)\nWHERE day = '2026-06-01' AND action = 'ACCEPT'\nGROUP BY ALL ORDER BY bytes DESC;\n```",
  );

const pathOf = (name: keyof typeof CONTENTS): string => lakePaths('')[name].replace(/^\//, '');

const columnTable = (columns: Columns): string =>
  table(
    ['Column', 'Type'],
    columns.map(([column, type]) => [code(column), code(type)]),
  );
