/** Recommendations from a lake: the core's, over the conversations of a window. */
import { sinceByRule } from '@flowfit/core/analysis/verdict';
import { withTodaysRules } from '@flowfit/core/change/change-set';
import { FlowfitError } from '@flowfit/core/errors';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import type { Recommendation } from '@flowfit/core/recommend/model';
import { cutsOf, ObservationFold, partOf } from '@flowfit/core/recommend/observations';
import type { Pin } from '@flowfit/core/recommend/pins';
import { MAY_CUT, recommend, type Wish } from '@flowfit/core/recommend/recommend';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { type Analysis, analyseObserved } from './analysis.ts';
import { loadSnapshots } from './inventory/timeline.ts';
import { observe } from './observed.ts';
import { SECONDS_PER_HOUR, type Window } from './queries/window.ts';
import type { LakeState } from './state.ts';

export interface LakeRecommendOptions {
  /** Ids of groups; default: all. */
  readonly groups?: readonly string[];
  readonly pins?: readonly Pin[];
  /** The quota of rules of a group in each direction. */
  readonly rulesPerGroup?: number;
  /** Share of later connections that a suggested set may have cut. */
  readonly mayCut?: number;
  readonly wish?: Wish;
  /** That of the same window, where it has been made; default: it is made. */
  readonly analysis?: Analysis;
}

export interface LakeRecommendation extends Recommendation {
  readonly analysis: Analysis;
}

/**
 * Recommends from the whole hours that a window touches.
 *
 * @throws FlowfitError `evidence-none` where the window shows no accepted connection, or is shorter than an hour
 */
export const recommendLake = async (
  lake: LakeState,
  window: Window = {},
  options: LakeRecommendOptions = {},
  signal?: AbortSignal,
): Promise<LakeRecommendation> => {
  const observed = await observe(lake, window, signal);
  const analysis = options.analysis ?? (await analyseObserved(lake, observed, signal));
  const { span, timeline } = observed;
  const { snapshot: today } = analysis;
  checkEvidence(analysis, span);
  const unchanging = createTimeline(withTodaysRules(loadSnapshots(lake), today));
  const fold = new ObservationFold(
    new Attributor(unchanging, observed.options),
    new Attributor(timeline, observed.options),
    today,
  );
  const cuts = cutsOf(span);
  for await (const list of observed.conversationLists(cuts)) {
    for (const conversation of list) fold.add(conversation, partOf(cuts, conversation.hour));
  }
  for await (const traffic of observed.undirected()) fold.addUndirected(traffic, partOf(cuts, traffic.hour));
  signal?.throwIfAborted();
  const recommendation = recommend({
    today,
    verdicts: analysis.verdicts,
    observations: fold.result(),
    since: sinceByRule(timeline.ruleVersions()),
    window: span,
    options: {
      groups: options.groups === undefined ? null : new Set(options.groups),
      pins: options.pins ?? [],
      rulesPerGroup: options.rulesPerGroup ?? null,
      mayCut: options.mayCut ?? MAY_CUT,
      wish: options.wish ?? { kind: 'suggested' },
    },
  });
  return { ...recommendation, analysis };
};

const checkEvidence = ({ usage }: Analysis, { from, to }: { readonly from: number; readonly to: number }): void => {
  if (usage.totals.accepted.flows === 0) {
    throw new FlowfitError(
      'evidence-none',
      'The window shows no accepted connection, so nothing can be recommended from it. Ingest logs that record accepted traffic, or widen the window.',
    );
  }
  if (to - from < SECONDS_PER_HOUR) {
    throw new FlowfitError(
      'evidence-none',
      `The window is ${Math.round((to - from) / 60)} minutes long: too little to recommend anything from. Ingest more logs, or widen the window.`,
    );
  }
};
