/** Analysis of a lake: the core's usage, coverage and verdicts over the conversations of a window. */
import { setImmediate } from 'node:timers/promises';
import { type BlindRecords, CoverageFold } from '@flowfit/core/analysis/coverage';
import type { FindingContext } from '@flowfit/core/analysis/findings/finding';
import { UsageFold } from '@flowfit/core/analysis/usage';
import { resolveVerdicts } from '@flowfit/core/analysis/verdict';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { newestOf, type Observed, observe } from './observed.ts';
import { streamBlind, streamCoverageLists } from './queries/coverage.ts';
import type { Span } from './queries/span.ts';
import type { Window } from './queries/window.ts';
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
  return await analyseObserved(lake, await observe(lake, window, signal), signal);
};

/** The same of what is at hand already. */
export const analyseObserved = async (lake: LakeState, observed: Observed, signal?: AbortSignal): Promise<Analysis> => {
  const { timeline, span, hours } = observed;
  const used = new UsageFold(new Attributor(timeline, observed.options));
  for await (const list of observed.conversationLists()) for (const conversation of list) used.add(conversation);
  for await (const traffic of observed.undirected()) used.addUndirected(traffic);
  const covered = new CoverageFold();
  for await (const rows of streamCoverageLists(lake, hours, signal)) for (const row of rows) covered.add(row);
  for await (const records of streamBlind(lake, hours, signal)) covered.addBlind(ofKnownInterface(timeline, records));
  await pause(signal);
  for (const day of dirtyWithin(lake, daysOf(hours.from, hours.to))) covered.addPending(spanOfDay(day, hours));
  const usage = used.result();
  await pause(signal);
  const coverage = covered.result(span, timeline);
  await pause(signal);
  return {
    timeline,
    snapshot: newestOf(timeline),
    usage,
    coverage,
    verdicts: resolveVerdicts(timeline, usage, coverage),
  };
};

/** Between two long computations: what else waits has its turn, and so has the news that nobody wants the result. */
const pause = async (signal: AbortSignal | undefined): Promise<void> => {
  await setImmediate();
  signal?.throwIfAborted();
};

/** Records without a day may be of any. */
const spanOfDay = (day: number | null, all: Span): Span =>
  day === null ? all : { from: day * SECONDS_PER_DAY, to: (day + 1) * SECONDS_PER_DAY };

/** An interface that no capture shows may have had any group. */
const ofKnownInterface = (timeline: Timeline, records: BlindRecords): BlindRecords =>
  records.interfaceId !== null && timeline.interfaceAt(records.interfaceId, 0) === undefined
    ? { ...records, interfaceId: null }
    : records;
