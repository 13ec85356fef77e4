/**
 * Where a query reads from. Conversations are many times fewer than records, so they answer what they can answer
 * exactly: whole hours of days that are rolled up, and fields that the roll-up keeps. Everything else is asked of the
 * records.
 */
import { ADDED_FIELDS } from '@flowfit/core/enrich/added';
import type { Filter } from '@flowfit/core/filter/tree';
import { FIELDS } from '@flowfit/core/flow/fields';
import { compileFilter, testsOf } from '../filter-sql.ts';
import { daysOf, dirtyWithin, filesOf, flowsRelation, relationOf } from '../relations.ts';
import { CONNECTION_COLUMNS, CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import { connectionHash, ENDS, flagsSql, hasPortsSql, looseServicePort } from '../rollup/records-sql.ts';
import { columnOf } from '../sql/columns.ts';
import type { SqlParameter } from '../sql/fragment.ts';
import type { LakeState } from '../state.ts';
import { FACT_COLUMNS, factsTable, joinFacts } from './facts.ts';
import { type Page, pageSql } from './page-sql.ts';
import { isHourly, SECONDS_PER_HOUR, type Selection } from './window.ts';

/** Rows to aggregate, each standing for `flows` records. */
export interface Source {
  /** For FROM; already restricted to the selection. Columns: the fields asked for, `flows`, `packets`, `bytes`, `time`. */
  readonly sql: string;
  readonly params: readonly SqlParameter[];
  readonly from: 'conversations' | 'flows';
}

/** Fields that conversations keep as records have them. */
export const CONVERSATION_FIELDS: ReadonlySet<string> = new Set(
  [...FIELDS, ...ADDED_FIELDS]
    .map(({ name }) => name)
    .filter(
      (name) =>
        name in FACT_COLUMNS ||
        (!['packets', 'bytes', 'start', 'end'].includes(name) &&
          CONVERSATION_COLUMNS.some(([column]) => columnOf(name) === `"${column}"`)),
    ),
);

/** Fields that only whole connections tell. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['initiator', 'initiator-method', 'service-port']);

/** The fields that a filter asks for. */
export const fieldsOf = (filter: Filter): string[] => testsOf(filter).map(({ field }) => field);

/**
 * @param fields to group by or show, besides those of the filter
 * @param stepSeconds what time is cut into, where it matters
 */
export const sourceOf = async (
  lake: LakeState,
  selection: Selection,
  fields: readonly string[],
  stepSeconds = SECONDS_PER_HOUR,
): Promise<Source> => {
  const wanted = wantedBy(selection, fields);
  return isKnownToRollUp(lake, selection, fields, stepSeconds)
    ? await conversationsSource(lake, selection, wanted)
    : await flowsSource(lake, selection, wanted);
};

/** Whether conversations answer exactly. @param fields as for `sourceOf` */
export const isKnownToRollUp = (
  lake: Pick<LakeState, 'manifest'>,
  selection: Selection,
  fields: readonly string[],
  stepSeconds = SECONDS_PER_HOUR,
): boolean =>
  isHourly(selection) &&
  stepSeconds % SECONDS_PER_HOUR === 0 &&
  dirtyWithin(lake, daysOf(selection.from, selection.to)).length === 0 &&
  wantedBy(selection, fields).every((name) => CONVERSATION_FIELDS.has(name));

const wantedBy = ({ filter }: Selection, fields: readonly string[]): string[] => [
  ...fields,
  ...(filter === undefined ? [] : fieldsOf(filter)),
];

/** Of the roll-up alone, also where it is older than the records. */
export const conversationsSource = async (
  lake: LakeState,
  selection: Selection,
  wanted: readonly string[],
): Promise<Source> => {
  const files = await filesOf(lake, 'conversations', daysOf(selection.from, selection.to));
  const conditions = timeConditions('row.hour', selection);
  const compiled = compile(selection.filter, (name) =>
    isJoinedFact(name) ? expressionOf(name) : `row.${columnOf(name)}`,
  );
  return {
    sql: `(${await conversationRows(lake, files, wanted)} WHERE ${[...conditions, compiled.sql].join(' AND ')})`,
    params: compiled.params,
    from: 'conversations',
  };
};

/** SELECT of files of `conversations/`, without WHERE: `row`, and the wanted ones of the facts that it lacks. */
export const conversationRows = async (
  lake: LakeState,
  files: readonly string[],
  wanted: readonly string[],
): Promise<string> => {
  const facts = wanted.filter(isJoinedFact);
  const joins =
    facts.length === 0 ? '' : joinFacts(await factsTable(lake), 'row', 'coalesce(row.inventory_at, row.hour)');
  return `SELECT row.*, row.hour AS time${factColumns(facts)} FROM ${relationOf(files, CONVERSATION_COLUMNS)} AS row ${joins}`;
};

/**
 * Records with their connection-wide and inventory facts, as far as they are asked for.
 *
 * @param page cut out before anything is joined, where the filter allows it
 */
export const flowsSource = async (
  lake: LakeState,
  selection: Selection,
  wanted: readonly string[],
  page?: Page,
): Promise<Source> => {
  const range = daysOf(selection.from, selection.to);
  const filtered = selection.filter === undefined ? [] : fieldsOf(selection.filter);
  const compiled = compile(selection.filter, expressionOf);
  const where = (alias: string) => [...timeConditions(`${alias}.start`, selection), compiled.sql].join(' AND ');
  const isEarly = !filtered.some((name) => CONNECTION_FIELDS.has(name) || name in FACT_COLUMNS);
  const ends = `SELECT *, ${ENDS} FROM ${await flowsRelation(lake, range)}`;
  const base = isEarly
    ? `(SELECT * FROM (${ends}) AS row WHERE ${where('row')} ${page === undefined ? '' : pageSql(page, 'row.')})`
    : `(SELECT * FROM (${ends}) AS row WHERE ${['TRUE', ...timeConditions('row.start', selection)].join(' AND ')})`;
  const connected = wanted.some((name) => CONNECTION_FIELDS.has(name))
    ? `(SELECT flow.*, coalesce(connection.initiator, CASE WHEN flow.protocol IS NOT NULL THEN 'unknown' END) AS initiator,
        ${METHOD} AS initiator_method, ${SERVICE_PORT} AS service_port
        FROM ${base} AS flow LEFT JOIN ${await connectionsRelation(lake, selection)} AS connection
          ON connection.connection = ${connectionHash(KEY_OF_FLOW)} AND connection.action IS NOT DISTINCT FROM flow.action
          AND connection.hour = flow.start // 3600 AND flow.start BETWEEN connection.first_seen AND connection.last_seen)`
    : base;
  const facts = wanted.filter((name) => name in FACT_COLUMNS);
  const joins = facts.length === 0 ? '' : joinFacts(await factsTable(lake), 'row', 'row.start');
  return {
    sql: `(SELECT row.* REPLACE (coalesce(row.packets, 0) AS packets, coalesce(row.bytes, 0) AS bytes), row.start AS time, 1 AS flows${factColumns(facts)}
      FROM ${connected} AS row ${joins} ${isEarly ? '' : `WHERE ${where('row')} ${page === undefined ? '' : pageSql(page, 'row.')}`})`,
    params: compiled.params,
    from: 'flows',
  };
};

const KEY_OF_FLOW = {
  interface: 'flow.interface_id',
  protocol: 'flow.protocol',
  ...{
    local: 'flow.local_address',
    peer: 'flow.peer_address',
    localPort: 'flow.local_port',
    peerPort: 'flow.peer_port',
  },
};

const flagsOfFlow = (direction: string): string => `CASE WHEN flow.direction = '${direction}' THEN flow.tcp_flags END`;

const FLAGS_OF_FLOW = flagsSql('flow.protocol', flagsOfFlow('inbound'), flagsOfFlow('outbound'));

/** The flags of this very record, or those of others: what the roll-up keeps is the best of the connection. */
const METHOD = `CASE WHEN connection.initiator_method IN ('tcp-flags', 'tcp-flags-other-interval')
  THEN CASE WHEN ${FLAGS_OF_FLOW} IS NULL
    THEN 'tcp-flags-other-interval' ELSE 'tcp-flags' END
  ELSE coalesce(connection.initiator_method, CASE WHEN flow.protocol IS NOT NULL THEN 'none' END) END`;

const SERVICE_PORT = `CASE WHEN connection.connection IS NULL THEN ${looseServicePort('flow.')}
  WHEN NOT (${hasPortsSql('flow.protocol')}) THEN NULL
  WHEN connection.initiator = 'remote' THEN flow.local_port WHEN connection.initiator = 'local' THEN flow.peer_port END`;

/** `connections/` with the hour of each row: of two hours that a connection goes on in, records belong to their own. */
const connectionsRelation = async (lake: LakeState, { from, to }: Selection): Promise<string> => {
  const files = await filesOf(lake, 'connections', daysOf(from, to));
  const whole = {
    from: from === undefined ? undefined : Math.floor(from / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
    to: to === undefined ? undefined : Math.ceil(to / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
  };
  const conditions = ['TRUE', ...timeConditions('first_seen', whole)].join(' AND ');
  return `(SELECT *, first_seen // ${SECONDS_PER_HOUR} AS hour FROM ${relationOf(files, CONNECTION_COLUMNS)} WHERE ${conditions})`;
};

/** Facts that rows of the roll-up lack. */
export const isJoinedFact = (name: string): boolean => name in FACT_COLUMNS && name !== 'interface-vpc-id';

/** SQL of a field in the rows of either source. */
const expressionOf = (name: string): string => {
  const fact = FACT_COLUMNS[name];
  if (fact !== undefined) return `facts.${fact}`;
  return `row.${columnOf(name)}`;
};

const factColumns = (names: readonly string[]): string =>
  [...new Set(names)].map((name) => `, facts.${FACT_COLUMNS[name]} AS ${columnOf(name)}`).join('');

const timeConditions = (column: string, { from, to }: Selection): string[] => [
  ...(from === undefined ? [] : [`${column} >= ${Math.floor(from)}`]),
  ...(to === undefined ? [] : [`${column} < ${Math.floor(to)}`]),
];

const compile = (
  filter: Filter | undefined,
  columns: (name: string) => string,
): { sql: string; params: readonly SqlParameter[] } =>
  filter === undefined ? { sql: 'TRUE', params: [] } : compileFilter(filter, columns);
