/** Conversations as core/conversation/model.ts knows them, for attribution and for looking at. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { Row } from '../database.ts';
import type { Lake } from '../lake.ts';
import { currentTimeline } from './facts.ts';
import { streamQuery } from './run.ts';
import { sourceOf } from './source.ts';
import type { Selection } from './window.ts';

const FIELDS = ['interface-id'];

/**
 * Both directions of a conversation in one row. Records whose direction or protocol is unknown are left out: they are
 * no conversations. Sorted by interface, so that what is compiled for one serves all of its rows.
 *
 * @param options.hourly one row an hour; otherwise `hour` is the first, and rows are as few as can be
 */
export const streamConversations = async function* (
  lake: Lake,
  selection: Selection,
  options: { readonly hourly: boolean } = { hourly: true },
): AsyncGenerator<Conversation> {
  const timeline = await currentTimeline(lake);
  const source = await sourceOf(lake, hourly(selection), FIELDS);
  const sql = `
    SELECT interface_id, any_value(coalesce(interface_vpc_id, vpc_id)) AS vpc_id, inventory_at, initiator, initiator_method, protocol,
      service_port, open_local_port, open_peer_port, peer_address, action, any_value(security_group_ids) AS group_ids,
      min(hour) AS first_hour, sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes,
      sum(connections)::BIGINT AS connections, min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM ${source.sql} WHERE peer_address IS NOT NULL AND protocol IS NOT NULL AND interface_id IS NOT NULL
    GROUP BY interface_id, inventory_at, initiator, initiator_method, protocol, service_port, open_local_port, open_peer_port, peer_address, action
      ${options.hourly ? ', hour' : ''}
    ORDER BY interface_id, inventory_at`;
  for await (const row of streamQuery(lake, sql, source.params, selection.signal)) {
    yield toConversation(row, timeline.epochAt((row['inventory_at'] as number | null) ?? 0));
  }
};

/** The roll-up knows hours only: a window is widened to them. */
const hourly = ({ from, to, ...rest }: Selection): Selection => ({
  ...rest,
  ...(from === undefined ? {} : { from: Math.floor(from / 3600) * 3600 }),
  ...(to === undefined ? {} : { to: Math.ceil(to / 3600) * 3600 }),
});

const toConversation = (row: Row, epoch: number): Conversation => ({
  interfaceId: row['interface_id'] as string,
  vpcId: row['vpc_id'] as string | null,
  epoch,
  initiator: row['initiator'] as Conversation['initiator'],
  method: row['initiator_method'] as Conversation['method'],
  protocol: row['protocol'] as number,
  servicePort: row['service_port'] as number | null,
  localPort: row['open_local_port'] as number | null,
  peerPort: row['open_peer_port'] as number | null,
  peerAddress: row['peer_address'] as string,
  action: row['action'] as Conversation['action'],
  groupIds: (row['group_ids'] as string[] | null) ?? [],
  hour: row['first_hour'] as number,
  flows: row['flows'] as number,
  packets: row['packets'] as number,
  bytes: row['bytes'] as number,
  connections: row['connections'] as number,
  firstSeen: row['first_seen'] as number,
  lastSeen: row['last_seen'] as number,
});
