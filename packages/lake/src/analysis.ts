/** Analysis of a lake: the core's usage, coverage and verdicts over the conversations of a window. */
import { CoverageFold, type CoverageRow } from '@flowfit/core/analysis/coverage';
import type { FindingContext } from '@flowfit/core/analysis/findings/finding';
import { type UndirectedTraffic, UsageFold } from '@flowfit/core/analysis/usage';
import { resolveVerdicts } from '@flowfit/core/analysis/verdict';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import type { Lake } from './lake.ts';
import { streamConversations } from './queries/conversations.ts';
import { currentTimeline } from './queries/facts.ts';
import { streamQuery } from './queries/run.ts';
import { querySpan } from './queries/span.ts';
import { SECONDS_PER_HOUR, type Window } from './queries/window.ts';
import { COVERAGE_COLUMNS, daysOf, filesOf, relationOf } from './relations.ts';
import { CONVERSATION_COLUMNS } from './rollup/columns.ts';

/** Everything that findings are made from, and the inventory over time. */
export interface Analysis extends FindingContext {
  readonly timeline: Timeline;
}

/**
 * Analyses the whole hours that a window touches, since the roll-up knows no less. Rules and groups are those of the
 * newest inventory; what admitted a connection is judged by the inventory of its time.
 */
export const analyse = async (lake: Lake, window: Window = {}, signal?: AbortSignal): Promise<Analysis> => {
  const timeline = await currentTimeline(lake);
  const span = (await querySpan(lake, window)) ?? { from: window.from ?? 0, to: window.to ?? 0 };
  const hours = {
    from: Math.floor(span.from / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
    to: Math.ceil(span.to / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
  };
  const attributor = new Attributor(timeline, timeline.epochAt(hours.from));
  const used = new UsageFold(attributor);
  for await (const conversation of streamConversations(lake, { ...hours, signal }, { hourly: false })) {
    used.add(conversation);
  }
  if (timeline.epochs.length > 0) {
    for await (const traffic of streamUndirected(lake, timeline, hours, signal)) used.addUndirected(traffic);
  }
  const covered = new CoverageFold();
  for await (const row of streamCoverage(lake, hours, signal)) covered.add(row);
  const usage = used.result();
  const coverage = covered.result(span, timeline);
  const snapshot = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  return { timeline, snapshot, usage, coverage, verdicts: resolveVerdicts(timeline, usage, coverage) };
};

/** Accepted records that are in no conversation, since neither they nor the inventory say whose end is whose. */
const streamUndirected = async function* (
  lake: Lake,
  timeline: Timeline,
  { from, to }: Required<Window>,
  signal?: AbortSignal,
): AsyncGenerator<UndirectedTraffic> {
  const conversations = relationOf(await filesOf(lake.paths, 'conversations', daysOf(from, to)), CONVERSATION_COLUMNS);
  const sql = `
    SELECT interface_id AS "interfaceId", any_value(coalesce(interface_vpc_id, vpc_id)) AS "vpcId", any_value(security_group_ids) AS "groupIds",
      [srcaddr, dstaddr] AS addresses, protocol, service_port AS "servicePort", hour,
      sum(flows)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes,
      min(first_seen) AS "firstSeen", max(last_seen) AS "lastSeen"
    FROM ${conversations}
    WHERE peer_address IS NULL AND action = 'ACCEPT' AND interface_id IS NOT NULL AND protocol IS NOT NULL
      AND srcaddr IS NOT NULL AND dstaddr IS NOT NULL AND hour >= ? AND hour < ?
    GROUP BY interface_id, srcaddr, dstaddr, protocol, service_port, hour`;
  for await (const row of streamQuery(lake, sql, [from ?? 0, to ?? 0], signal)) {
    const traffic = row as unknown as UndirectedTraffic;
    yield { ...traffic, groupIds: traffic.groupIds ?? [], epoch: timeline.epochAt(traffic.hour) };
  }
};

/** Records of each interface and hour by log status, in no order; an hour may come in several rows. */
export const streamCoverage = async function* (
  lake: Lake,
  { from, to }: Required<Window>,
  signal?: AbortSignal,
): AsyncGenerator<CoverageRow> {
  const range = daysOf(from, to);
  const conversations = relationOf(await filesOf(lake.paths, 'conversations', range), CONVERSATION_COLUMNS);
  const coverage = relationOf(await filesOf(lake.paths, 'coverage', range), COVERAGE_COLUMNS);
  const sql = `
    SELECT interface_id AS "interfaceId", hour, sum(ok)::BIGINT AS ok, sum(no_data)::BIGINT AS "noData", sum(skip_data)::BIGINT AS "skipData"
    FROM (
      SELECT interface_id, hour, flows AS ok, 0 AS no_data, 0 AS skip_data FROM ${conversations}
      UNION ALL
      SELECT interface_id, start // ${SECONDS_PER_HOUR} * ${SECONDS_PER_HOUR} AS hour, 0 AS ok,
        CASE log_status WHEN 'NODATA' THEN 1 ELSE 0 END AS no_data, CASE log_status WHEN 'SKIPDATA' THEN 1 ELSE 0 END AS skip_data
      FROM ${coverage})
    WHERE interface_id IS NOT NULL AND hour >= ? AND hour < ? GROUP BY interface_id, hour`;
  for await (const row of streamQuery(lake, sql, [from ?? 0, to ?? 0], signal)) yield row as unknown as CoverageRow;
};
