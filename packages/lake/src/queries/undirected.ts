/** Accepted records that are in no conversation, since neither they nor the inventory say whose end is whose. */
import type { UndirectedTraffic } from '@flowfit/core/analysis/usage';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Row } from '../database.ts';
import { daysOf, filesOf, relationOf } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import type { LakeState } from '../state.ts';
import { streamQuery } from './run.ts';
import type { Span } from './span.ts';

/**
 * Either port may be that of the service: where rules tell the two apart, the traffic comes twice, the second time
 * without counts.
 */
export const streamUndirected = async function* (
  lake: LakeState,
  timeline: Timeline,
  { from, to }: Span,
  signal?: AbortSignal,
): AsyncGenerator<UndirectedTraffic> {
  const conversations = relationOf(await filesOf(lake, 'conversations', daysOf(from, to)), CONVERSATION_COLUMNS);
  const sql = `
    SELECT interface_id AS "interfaceId", any_value(coalesce(interface_vpc_id, vpc_id)) AS "vpcId", any_value(security_group_ids) AS "groupIds",
      [srcaddr, dstaddr] AS addresses, protocol, open_local_port AS port, open_peer_port AS other_port, inventory_at, hour,
      sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes,
      min(first_seen) AS "firstSeen", max(last_seen) AS "lastSeen"
    FROM ${conversations}
    WHERE peer_address IS NULL AND direction IS NULL AND action IS DISTINCT FROM 'REJECT' AND interface_id IS NOT NULL AND protocol IS NOT NULL
      AND srcaddr IS NOT NULL AND dstaddr IS NOT NULL AND hour >= ? AND hour < ?
    GROUP BY interface_id, srcaddr, dstaddr, protocol, port, other_port, inventory_at, hour`;
  for await (const row of streamQuery(lake, sql, [from, to], signal)) {
    const { port, other_port, inventory_at, ...rest } = row as unknown as UndirectedRow;
    const epoch = inventory_at === null ? -1 : timeline.gapAt(inventory_at);
    const traffic = { ...rest, groupIds: rest.groupIds ?? [], epoch, servicePort: port };
    yield traffic;
    if (port !== other_port) yield { ...traffic, servicePort: other_port, flows: 0, packets: 0, bytes: 0 };
  }
};

type UndirectedRow = Row &
  Omit<UndirectedTraffic, 'groupIds' | 'epoch' | 'servicePort'> & {
    readonly groupIds: readonly string[] | null;
    readonly port: number | null;
    readonly other_port: number | null;
    readonly inventory_at: number | null;
  };
