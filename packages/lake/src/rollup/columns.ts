/** The columns of the derived files. Names are those of `flows/` wherever the meaning is the same. */

/** `conversations/`: one row for each conversation, hour and direction. */
export const CONVERSATION_COLUMNS = [
  /** Beginning of the hour, Unix seconds; null for records without time. */
  ['hour', 'BIGINT'],
  /** Time of the last capture of the inventory when the connections began, Unix seconds; null before the first one. */
  ['inventory_at', 'BIGINT'],
  ['account_id', 'VARCHAR'],
  ['interface_id', 'VARCHAR'],
  ['vpc_id', 'VARCHAR'],
  ['interface_vpc_id', 'VARCHAR'],
  ['security_group_ids', 'VARCHAR[]'],
  ['direction', 'VARCHAR'],
  ['srcaddr', 'VARCHAR'],
  ['dstaddr', 'VARCHAR'],
  ['local_address', 'VARCHAR'],
  ['peer_address', 'VARCHAR'],
  ['initiator', 'VARCHAR'],
  ['initiator_method', 'VARCHAR'],
  ['protocol', 'INTEGER'],
  ['service_port', 'INTEGER'],
  /**
   * Both ports, as the first of their class, where the connections may as well have been opened the other way; those of
   * source and destination where it is not known whose they are.
   */
  ['open_local_port', 'INTEGER'],
  ['open_peer_port', 'INTEGER'],
  ['action', 'VARCHAR'],
  ['source_country_code', 'VARCHAR'],
  ['source_country_name', 'VARCHAR'],
  ['source_region_code', 'VARCHAR'],
  ['source_region_name', 'VARCHAR'],
  ['source_city', 'VARCHAR'],
  ['source_location', 'STRUCT(lat DOUBLE, lon DOUBLE)'],
  ['destination_country_code', 'VARCHAR'],
  ['destination_country_name', 'VARCHAR'],
  ['destination_region_code', 'VARCHAR'],
  ['destination_region_name', 'VARCHAR'],
  ['destination_city', 'VARCHAR'],
  ['destination_location', 'STRUCT(lat DOUBLE, lon DOUBLE)'],
  ['flows', 'BIGINT'],
  ['packets', 'BIGINT'],
  ['bytes', 'BIGINT'],
  /** Connections first seen in this hour, on the row of the direction they were opened in. */
  ['connections', 'BIGINT'],
  ['first_seen', 'BIGINT'],
  ['last_seen', 'BIGINT'],
] as const;

/**
 * `connections/`: one row for what a connection did in one hour with one outcome. Later days need it to know their
 * connections' beginnings, and single records to know who opened theirs.
 */
export const CONNECTION_COLUMNS = [
  /** DuckDB's hash of the interface, protocol, both addresses and both ports. */
  ['connection', 'UBIGINT'],
  /** Counts the connections of the same addresses and ports on one day that idle time-outs set apart. */
  ['session', 'INTEGER'],
  ['action', 'VARCHAR'],
  /** Of the connection, maybe on an earlier day; Unix seconds. */
  ['began', 'BIGINT'],
  /** Of this row, Unix seconds. */
  ['first_seen', 'BIGINT'],
  ['last_seen', 'BIGINT'],
  ['flags_in', 'INTEGER'],
  ['flags_out', 'INTEGER'],
  /** Whether there are records of that direction. */
  ['has_in', 'BOOLEAN'],
  ['has_out', 'BOOLEAN'],
  ['initiator', 'VARCHAR'],
  ['initiator_method', 'VARCHAR'],
] as const;
