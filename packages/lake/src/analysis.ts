/** Analysis of a lake: the core's usage, coverage and verdicts over the conversations of a window. */
import { setImmediate } from 'node:timers/promises';
import { type BlindRecords, CoverageFold } from '@flowfit/core/analysis/coverage';
import type { FindingContext } from '@flowfit/core/analysis/findings/finding';
import { UsageFold } from '@flowfit/core/analysis/usage';
import { resolveVerdicts } from '@flowfit/core/analysis/verdict';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { streamConversations } from './queries/conversations.ts';
import { queryLives, streamBlind, streamCoverage } from './queries/coverage.ts';
import { currentTimeline } from './queries/facts.ts';
import { lakeSpan, type Span, spanWithin } from './queries/span.ts';
import { streamUndirected } from './queries/undirected.ts';
import { SECONDS_PER_HOUR, type Window } from './queries/window.ts';
import { daysOf, dirtyWithin, SECONDS_PER_DAY } from './relations.ts';
import type { LakeState } from './state.ts';

/** Everything that findings are made from, and the inventory over time. */
export interface Analysis extends FindingContext {
  readonly timeline: Timeline;
}

/**
 * Analyses the whole hours that a window touches, since the roll-up knows no less. Rules and groups are those of the
 * newest inventory; what admitted a connection is judged by the captures about its beginning.
 */
export const analyse = async (lake: LakeState, window: Window = {}, signal?: AbortSignal): Promise<Analysis> => {
  const timeline = currentTimeline(lake);
  const logs = await lakeSpan(lake);
  const span = spanWithin(logs, window) ?? spanOfCaptures(timeline, window);
  const hours = {
    from: Math.floor(span.from / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
    to: Math.ceil(span.to / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
  };
  const lives = await queryLives(lake, span, signal);
  const attributor = new Attributor(timeline, { windowGap: timeline.gapAt((logs ?? span).from), lives });
  const used = new UsageFold(attributor);
  for await (const conversation of streamConversations(lake, { ...hours, signal }, { hourly: false })) {
    used.add(conversation);
  }
  if (timeline.epochs.length > 0) {
    for await (const traffic of streamUndirected(lake, timeline, hours, signal)) used.addUndirected(traffic);
  }
  const covered = new CoverageFold();
  for await (const row of streamCoverage(lake, hours, signal)) covered.add(row);
  for await (const records of streamBlind(lake, hours, signal)) covered.addBlind(ofKnownInterface(timeline, records));
  await pause(signal);
  for (const day of dirtyWithin(lake, daysOf(hours.from, hours.to))) covered.addPending(spanOfDay(day, hours));
  const usage = used.result();
  await pause(signal);
  const coverage = covered.result(span, timeline);
  await pause(signal);
  const snapshot = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  return { timeline, snapshot, usage, coverage, verdicts: resolveVerdicts(timeline, usage, coverage) };
};

/** Between two long computations: what else waits has its turn, and so has the news that nobody wants the result. */
const pause = async (signal: AbortSignal | undefined): Promise<void> => {
  await setImmediate();
  signal?.throwIfAborted();
};

/** Records without a day may be of any. */
const spanOfDay = (day: number | null, all: Span): Span =>
  day === null ? all : { from: day * SECONDS_PER_DAY, to: (day + 1) * SECONDS_PER_DAY };

/** Records without time may be of any: the window is that of the captures, which show whom they may be of. */
const spanOfCaptures = ({ epochs }: Timeline, { from, to }: Window): Span => ({
  from: from ?? epochs[0] ?? 0,
  to: to ?? (epochs.at(-1) ?? -1) + 1,
});

/** An interface that no capture shows may have had any group. */
const ofKnownInterface = (timeline: Timeline, records: BlindRecords): BlindRecords =>
  records.interfaceId !== null && timeline.interfaceAt(records.interfaceId, 0) === undefined
    ? { ...records, interfaceId: null }
    : records;
