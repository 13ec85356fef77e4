/** What was observed in a window of a lake, with what is needed to attribute it. */
import type { UndirectedTraffic } from '@flowfit/core/analysis/usage';
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { AttributorOptions } from '@flowfit/core/security-group/attribute';
import { streamConversationLists, streamConversations } from './queries/conversations.ts';
import { queryLives } from './queries/coverage.ts';
import { currentTimeline } from './queries/facts.ts';
import { lakeSpan, type Span, spanWithin } from './queries/span.ts';
import { streamUndirected } from './queries/undirected.ts';
import { SECONDS_PER_HOUR, type Window } from './queries/window.ts';
import type { LakeState } from './state.ts';

export interface Observed {
  readonly timeline: Timeline;
  /** As asked for; the lake's own bounds where nothing was said. */
  readonly span: Span;
  /** The whole hours that it touches, since the roll-up knows no less. */
  readonly hours: Span;
  readonly options: AttributorOptions;
  /** By gap and interface; one row for all hours, or for those between two of the cuts. */
  conversations(cuts?: readonly number[]): AsyncGenerator<Conversation>;
  /** The same, some thousand at a time. */
  conversationLists(cuts?: readonly number[]): AsyncGenerator<readonly Conversation[]>;
  /** Nothing where the lake has no inventory: then nothing can be said of it. */
  undirected(): AsyncGenerator<UndirectedTraffic>;
}

export const observe = async (lake: LakeState, window: Window, signal?: AbortSignal): Promise<Observed> => {
  const timeline = currentTimeline(lake);
  const logs = await lakeSpan(lake);
  const span = spanWithin(logs, window) ?? spanOfCaptures(timeline, window);
  const hours = {
    from: Math.floor(span.from / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
    to: Math.ceil(span.to / SECONDS_PER_HOUR) * SECONDS_PER_HOUR,
  };
  const lives = await queryLives(lake, span, signal);
  return {
    timeline,
    span,
    hours,
    options: { windowGap: timeline.gapAt((logs ?? span).from), lives },
    conversations: (cuts = []) => streamConversations(lake, { ...hours, signal }, { hourly: false, cuts }),
    conversationLists: (cuts = []) => streamConversationLists(lake, { ...hours, signal }, { hourly: false, cuts }),
    undirected: async function* () {
      if (timeline.epochs.length > 0) yield* streamUndirected(lake, timeline, hours, signal);
    },
  };
};

/** The newest state that captures show: whose rules are today's. */
export const newestInventory = (lake: LakeState): InventorySnapshot => newestOf(currentTimeline(lake));

export const newestOf = (timeline: Timeline): InventorySnapshot => timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);

/** Records without time may be of any: the window is that of the captures, which show whom they may be of. */
const spanOfCaptures = ({ epochs }: Timeline, { from, to }: Window): Span => ({
  from: from ?? epochs[0] ?? 0,
  to: to ?? (epochs.at(-1) ?? -1) + 1,
});
