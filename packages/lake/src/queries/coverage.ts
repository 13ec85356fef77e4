/** Who was logged, when, and what the records cannot tell. */
import type { BlindRecords, CoverageRow } from '@flowfit/core/analysis/coverage';
import type { Lives } from '@flowfit/core/security-group/attribute';
import { END_OF_DAYS } from '../paths.ts';
import { COVERAGE_COLUMNS, type DayRange, daysOf, filesOf, filesWithoutDay, relationOf } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import { fileLiterals } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { codeOf, codesOf, numberOf, numbersOf, readDictionaries } from './codes.ts';
import { runQuery, streamChunks, streamQuery } from './run.ts';
import type { Span } from './span.ts';
import { SECONDS_PER_HOUR } from './window.ts';

/** Roll-ups and coverage records of some days. */
const relationsOf = async (lake: LakeState, range: DayRange) => ({
  conversations: relationOf(await filesOf(lake, 'conversations', range), CONVERSATION_COLUMNS),
  coverage: relationOf(await filesOf(lake, 'coverage', range), COVERAGE_COLUMNS),
});

/** Records of each interface and hour by log status, in no order, some thousand rows at a time. */
export const streamCoverageLists = async function* (
  lake: LakeState,
  { from, to }: Span,
  signal?: AbortSignal,
): AsyncGenerator<readonly CoverageRow[]> {
  const { conversations, coverage } = await relationsOf(lake, daysOf(from, to));
  const rows = `(
      SELECT interface_id, hour, flows AS ok, 0 AS no_data, 0 AS skip_data,
        CASE action WHEN 'ACCEPT' THEN flows ELSE 0 END AS accepted, CASE action WHEN 'REJECT' THEN flows ELSE 0 END AS rejected
      FROM ${conversations}
      UNION ALL
      SELECT interface_id, start // ${SECONDS_PER_HOUR} * ${SECONDS_PER_HOUR} AS hour, 0 AS ok,
        CASE log_status WHEN 'NODATA' THEN 1 ELSE 0 END AS no_data, CASE log_status WHEN 'SKIPDATA' THEN 1 ELSE 0 END AS skip_data,
        0 AS accepted, 0 AS rejected
      FROM ${coverage})`;
  const dictionaries = await readDictionaries(lake, { interface_id: 'interface_id' }, rows, signal);
  const sums = ['ok', 'no_data', 'skip_data', 'accepted', 'rejected'].map((name) => `sum(${name})`);
  const sql = `
    SELECT ${codeOf('interface_id')}, ${['hour', ...sums].map(numberOf).join(', ')}
    FROM (SELECT * REPLACE (${dictionaries.coded(['interface_id'])}) FROM ${rows})
    WHERE interface_id IS NOT NULL AND hour >= ? AND hour < ? GROUP BY interface_id, hour`;
  const statement = { sql, params: [from, to], signal, setup: dictionaries.setup };
  for await (const chunk of streamChunks(lake, statement)) {
    const [codes] = codesOf(chunk, 0, 1);
    const numbers = numbersOf(chunk, 1, 6);
    const number = (column: number, row: number) => (numbers[column] as Float64Array)[row] as number;
    yield Array.from({ length: chunk.rowCount }, (_, row) => ({
      interfaceId: dictionaries.texts.interface_id[codes?.[row] as number] as string,
      hour: number(0, row),
      ok: number(1, row),
      noData: number(2, row),
      skipData: number(3, row),
      accepted: number(4, row),
      rejected: number(5, row),
    }));
  }
};

/** The same one by one. */
export const streamCoverage = async function* (
  lake: LakeState,
  window: Span,
  signal?: AbortSignal,
): AsyncGenerator<CoverageRow> {
  for await (const rows of streamCoverageLists(lake, window, signal)) yield* rows;
};

/** When the records of a window, of any log status, first and last show each interface. */
export const queryLives = async (lake: LakeState, window: Span, signal?: AbortSignal): Promise<Lives> => {
  const { from, to } = window;
  const { conversations, coverage } = await relationsOf(lake, daysOf(from, to));
  const rows = await runQuery<{ id: string; first: number; last: number }>(
    lake,
    `SELECT interface_id AS id, min(first) AS first, max(last) AS last
     FROM (
       SELECT interface_id, first_seen AS first, last_seen AS last FROM ${conversations}
       UNION ALL
       SELECT interface_id, start AS first, coalesce("end", start) AS last FROM ${coverage})
     WHERE interface_id IS NOT NULL AND last >= ? AND first < ? GROUP BY interface_id`,
    [from, to],
    signal,
  );
  return {
    existedFrom: new Map(rows.map(({ id, first }) => [id, first])),
    existedUntil: new Map(rows.map(({ id, last }) => [id, last])),
    window,
  };
};

/**
 * Records that may be of accepted connections and are neither in a conversation (`./conversations.ts`) nor undirected
 * traffic (`./undirected.ts`), since their layout lacks something. Those without time may be of any window. A record
 * without ports is in a conversation: what its rules say of ports is then only possible.
 */
export const streamBlind = async function* (
  lake: LakeState,
  { from, to }: Span,
  signal?: AbortSignal,
): AsyncGenerator<BlindRecords> {
  const range = daysOf(from, to);
  const files = [...(await filesOf(lake, 'conversations', range)), ...(await filesWithoutDay(lake, 'conversations'))];
  const lacks = LACKS.map(([lack, condition]) => `CASE WHEN ${condition} THEN '${lack}' END`).join(', ');
  const sql = `
    SELECT interface_id AS "interfaceId", lacks, sum(flows)::BIGINT AS records
    FROM (SELECT *, list_filter([${lacks}], lack -> lack IS NOT NULL) AS lacks FROM ${relationOf(files, CONVERSATION_COLUMNS)})
    WHERE action IS DISTINCT FROM 'REJECT' AND (${IS_TIMELESS} OR (hour >= ? AND hour < ?))
      AND (${IS_TIMELESS} OR interface_id IS NULL OR protocol IS NULL OR ${LACKS_ADDRESSES})
    GROUP BY interface_id, lacks`;
  let isLacking: boolean | null = null;
  for await (const row of streamQuery(lake, sql, [from, to], signal)) {
    const blind = row as unknown as BlindRecords;
    if (blind.interfaceId === null) isLacking ??= await someLayoutLacksInterfaces(lake, range);
    if (blind.interfaceId !== null || isLacking === true) yield blind;
  }
};

const IS_TIMELESS = `(hour IS NULL OR hour >= ${END_OF_DAYS})`;

const LACKS_ADDRESSES = '(peer_address IS NULL AND (srcaddr IS NULL OR dstaddr IS NULL))';

/** What a row of the roll-up lacks. */
const LACKS: readonly (readonly [lack: BlindRecords['lacks'][number], condition: string])[] = [
  ['action', 'action IS NULL'],
  ['protocol', 'protocol IS NULL'],
  ['addresses', LACKS_ADDRESSES],
  ['start', IS_TIMELESS],
  ['direction', 'direction IS NULL'],
];

/** The records of regional NAT gateways have no interface, and need none: there is no group on them. */
const someLayoutLacksInterfaces = async (lake: LakeState, range: DayRange): Promise<boolean> => {
  const files = [...(await filesOf(lake, 'flows', range)), ...(await filesWithoutDay(lake, 'flows'))];
  if (files.length === 0) return false;
  const [row] = await runQuery<{ lacking: number }>(
    lake,
    `SELECT count(*) AS lacking FROM (
       SELECT file_name FROM parquet_schema(${fileLiterals(files)}) GROUP BY file_name HAVING count(*) FILTER (name = 'interface_id') = 0)`,
    [],
  );
  return row !== undefined && row.lacking > 0;
};
