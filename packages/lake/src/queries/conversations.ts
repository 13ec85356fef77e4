/** Conversations as core/conversation/model.ts knows them, for attribution and for looking at. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { Row } from '../database.ts';
import type { LakeState } from '../state.ts';
import { currentTimeline } from './facts.ts';
import { streamQuery } from './run.ts';
import { conversationsSource } from './source.ts';
import type { Selection } from './window.ts';

const FIELDS = ['interface-id'];

/**
 * Both directions of a conversation in one row. Records whose direction or protocol is unknown are left out: they are
 * no conversations. Sorted by gap between captures and by interface, so that what is compiled for one serves all of its
 * rows, and few gaps are in memory at a time.
 *
 * @param options.hourly one row an hour; otherwise `hour` is the first, and rows are as few as can be
 * @param options.cuts times on whole hours, Unix seconds: rows do not reach across them
 */
export const streamConversations = async function* (
  lake: LakeState,
  selection: Selection,
  options: { readonly hourly: boolean; readonly cuts?: readonly number[] } = { hourly: true },
): AsyncGenerator<Conversation> {
  const timeline = currentTimeline(lake);
  const groups = new GroupLists();
  const source = await conversationsSource(lake, hourly(selection), FIELDS);
  const sql = `
    SELECT interface_id, any_value(coalesce(interface_vpc_id, vpc_id)) AS vpc_id, inventory_at, initiator, initiator_method, protocol,
      service_port, open_local_port, open_peer_port, peer_address, action, any_value(array_to_string(security_group_ids, ' ')) AS group_ids,
      ${numbers({ first_hour: 'min(hour)', flows: 'sum(flows)', packets: 'coalesce(sum(packets), 0)', bytes: 'coalesce(sum(bytes), 0)', connections: 'sum(connections)', first_seen: 'min(first_seen)', last_seen: 'max(last_seen)' })}
    FROM ${source.sql} WHERE peer_address IS NOT NULL AND protocol IS NOT NULL AND interface_id IS NOT NULL
    GROUP BY interface_id, inventory_at, initiator, initiator_method, protocol, service_port, open_local_port, open_peer_port, peer_address, action
      ${options.hourly ? ', hour' : (options.cuts ?? []).map((cut) => `, hour >= ${Math.floor(cut)}`).join('')}
    ORDER BY inventory_at NULLS FIRST, interface_id`;
  for await (const row of streamQuery(lake, sql, source.params, selection.signal)) {
    const inventoryAt = row['inventory_at'] as number | null;
    yield toConversation(row, inventoryAt === null ? -1 : timeline.gapAt(inventoryAt), groups);
  }
};

/** Counts and times as the numbers that JavaScript has: exact below 2^53, and without a detour by way of BigInt. */
const numbers = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, expression]) => `(${expression})::DOUBLE AS ${name}`)
    .join(', ');

/** The roll-up knows hours only: a window is widened to them. */
const hourly = ({ from, to, ...rest }: Selection): Selection => ({
  ...rest,
  ...(from === undefined ? {} : { from: Math.floor(from / 3600) * 3600 }),
  ...(to === undefined ? {} : { to: Math.ceil(to / 3600) * 3600 }),
});

const toConversation = (row: Row, epoch: number, groups: GroupLists): Conversation => ({
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
  groupIds: groups.of((row['group_ids'] as string | null) ?? ''),
  hour: row['first_hour'] as number,
  flows: row['flows'] as number,
  packets: row['packets'] as number,
  bytes: row['bytes'] as number,
  connections: row['connections'] as number,
  firstSeen: row['first_seen'] as number,
  lastSeen: row['last_seen'] as number,
});

/** Group ids as a list: few different ones in very many rows. */
class GroupLists {
  readonly #lists = new Map<string, readonly string[]>();

  of(text: string): readonly string[] {
    const known = this.#lists.get(text);
    if (known) return known;
    const list = text === '' ? [] : text.split(' ');
    this.#lists.set(text, list);
    return list;
  }
}
