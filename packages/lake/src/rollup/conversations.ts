/** From what was found out of segments to the rows of `conversations/` and `connections/`: texts come back here. */
import { INITIATOR_METHODS } from '@flowfit/core/conversation/model';
import { identifier } from '../sql/text.ts';
import type { CodedRecords } from '../tables/coded.ts';
import { joinInterfaceVersion } from '../tables/interfaces.ts';
import type { Shape, Table } from '../tables/typed.ts';
import { ACTIONS, INITIATORS, NONE, wordSql } from '../tables/words.ts';
import { CONVERSATION_COLUMNS } from './columns.ts';
import type { ROW } from './rows.ts';
import { INTERFACE_FACTS } from './surroundings.ts';

/** What a segment tells of its connection. */
export const CONNECTION = {
  connection: 'hash',
  session: 'int',
  action: 'tiny',
  began: 'whole',
  first_seen: 'whole',
  last_seen: 'whole',
  flags_in: 'int',
  flags_out: 'int',
  flows_in: 'int',
  flows_out: 'int',
  initiator: 'tiny',
  method: 'tiny',
} as const satisfies Shape;

/** SQL of a number that may be missing. */
const orNull = (column: string, type: 'INTEGER' | 'BIGINT'): string => `nullif(${column}, ${NONE})::${type}`;

/** Query of the rows of `connections/`. */
export const connectionsSql = ({ name }: Table<typeof CONNECTION>): string => `
  SELECT connection, session, ${wordSql(ACTIONS, 'action')} AS action, began::BIGINT AS began, first_seen::BIGINT AS first_seen, last_seen::BIGINT AS last_seen,
    ${orNull('flags_in', 'INTEGER')} AS flags_in, ${orNull('flags_out', 'INTEGER')} AS flags_out, flows_in > 0 AS has_in, flows_out > 0 AS has_out,
    ${wordSql(INITIATORS, 'initiator')} AS initiator, ${wordSql(INITIATOR_METHODS, 'method')} AS initiator_method
  FROM ${name}`;

export interface ConversationOptions {
  readonly rows: Table<typeof ROW>;
  /** Query of the records that belong to no connection, see `./loose.ts`. */
  readonly loose: string;
  readonly coded: Pick<CodedRecords, 'addresses' | 'places' | 'hasPacketAddresses'>;
  /** When captures were made, Unix seconds, ascending. */
  readonly epochs: readonly number[];
}

/** Query of the rows of `conversations/`. */
export const conversationsSql = ({ rows, loose, coded, epochs }: ConversationOptions): string => {
  const { addresses, places, hasPacketAddresses } = coded;
  // Of records whose ends are known, places are those of the packets; of others, those of the record.
  const end = (which: 'source' | 'destination') => (hasPacketAddresses ? `${which}_end` : which);
  const placeOf = (which: 'source' | 'destination') =>
    places.map(
      (column) =>
        [`${which}_${column}`, `CASE WHEN has_ends OR incoming IS NULL THEN ${end(which)}.${column} END`] as const,
    );
  const local = `CASE WHEN incoming THEN ${end('destination')}.text ELSE ${end('source')}.text END`;
  const peer = `CASE WHEN incoming THEN ${end('source')}.text ELSE ${end('destination')}.text END`;
  const values: Readonly<Record<string, string>> = {
    hour: 'row.hour::BIGINT',
    inventory_at: orNull('row.inventory_at', 'BIGINT'),
    account_id: 'facts.account_id',
    interface_id: 'facts.id',
    vpc_id: 'facts.vpc_id',
    interface_vpc_id: 'known.vpc_id',
    security_group_ids: 'known.group_ids',
    direction: `CASE WHEN incoming THEN 'inbound' WHEN NOT incoming THEN 'outbound' END`,
    srcaddr: 'source.text',
    dstaddr: 'destination.text',
    local_address: `CASE WHEN has_ends THEN ${local} END`,
    peer_address: `CASE WHEN has_ends THEN ${peer} END`,
    initiator: wordSql(INITIATORS, 'initiator'),
    initiator_method: wordSql(INITIATOR_METHODS, 'method'),
    protocol: 'protocol',
    service_port: orNull('service_port', 'INTEGER'),
    open_local_port: orNull('open_local_port', 'INTEGER'),
    open_peer_port: orNull('open_peer_port', 'INTEGER'),
    action: wordSql(ACTIONS, 'action'),
    ...Object.fromEntries([...placeOf('source'), ...placeOf('destination')]),
    flows: 'flows::BIGINT',
    packets: 'packets::BIGINT',
    bytes: 'bytes::BIGINT',
    connections: 'connections::BIGINT',
    first_seen: 'first_seen::BIGINT',
    last_seen: 'last_seen::BIGINT',
  };
  const columns = CONVERSATION_COLUMNS.map(
    ([name, type]) => `${values[name] ?? `NULL::${type}`} AS ${identifier(name)}`,
  );
  const joinEnds = hasPacketAddresses
    ? `JOIN ${addresses} AS source_end ON source_end.code = row.source_end JOIN ${addresses} AS destination_end ON destination_end.code = row.destination_end`
    : '';
  return `
    SELECT ${columns.join(', ')} FROM (
      SELECT * REPLACE (incoming = 1 AS incoming, nullif(packets, ${NONE}) AS packets, nullif(bytes, ${NONE}) AS bytes), TRUE AS has_ends
      FROM ${rows.name} UNION ALL BY NAME
      SELECT *, srcaddr AS source_end, dstaddr AS destination_end, FALSE AS has_ends, 0 AS connections FROM (${loose})) AS row
    JOIN ${INTERFACE_FACTS} AS facts ON facts.interface = row.interface
    JOIN ${addresses} AS source ON source.code = row.srcaddr JOIN ${addresses} AS destination ON destination.code = row.dstaddr ${joinEnds}
    ${joinInterfaceVersion('known', 'row.interface', timeOfInterface(epochs))}`;
};

/** When the connections of a row began, for the state of the interface then: before the first capture, the first one's. */
const timeOfInterface = ([first]: readonly number[]): string =>
  first === undefined
    ? 'row.hour'
    : `CASE WHEN row.inventory_at <> ${NONE} THEN row.inventory_at WHEN row.hour >= ${first} THEN ${first - 1} ELSE row.hour END`;
