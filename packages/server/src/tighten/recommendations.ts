/** Recommendations for the lake, made once and shared: the page of a group asks again for each replay and each file. */
import { FlowfitError } from '@flowfit/core/errors';
import type { GroupRecommendation, Recommendation } from '@flowfit/core/recommend/model';
import { checkPins, type Pin } from '@flowfit/core/recommend/pins';
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import { newestInventory } from '@flowfit/lake/observed';
import type { Window } from '@flowfit/lake/queries/window';
import { type LakeRecommendation, type LakeRecommendOptions, recommendLake } from '@flowfit/lake/recommend';
import type { LakeState } from '@flowfit/lake/state';
import { type Analyses, toWindow, type WindowQuery } from '../analyses.ts';
import { ApiError } from '../errors.ts';
import { type Access, isRolledUp } from '../turns/access.ts';
import type { Asker } from '../turns/asker.ts';
import { KeptWork } from '../turns/kept.ts';
import type { State } from '../turns/state.ts';
import { asToday } from './as-today.ts';

/** All groups, and the few that somebody looks at. */
const KEPT = 6;

export interface Recommended extends LakeRecommendation {
  /** Whether the window tells enough; without, every group is left as it is today. */
  readonly isFounded: boolean;
}

export class Recommendations {
  readonly #analyses: Analyses;
  readonly #kept: KeptWork<Recommended>;

  constructor(access: Access, analyses: Analyses) {
    this.#analyses = analyses;
    this.#kept = new KeptWork(access, KEPT);
  }

  /**
   * For every group.
   *
   * @throws FlowfitError `keep-unknown`, `keep-expired`
   */
  async all(state: State, query: WindowQuery, pins: readonly Pin[], asker: Asker): Promise<Recommended> {
    return await this.#of(state, query, pins, null, asker);
  }

  /**
   * For these groups: out of the one for all where that is there, else made for them alone.
   *
   * @throws ApiError `group-unknown`; FlowfitError as `all`
   */
  async ofGroups(
    state: State,
    query: WindowQuery,
    pins: readonly Pin[],
    groupIds: readonly string[],
    asker: Asker,
  ): Promise<Recommended> {
    const isThere = this.#kept.has(state, questionOf(query, pins, null));
    const recommendation = await this.#of(state, query, pins, isThere ? null : groupIds, asker);
    const groups = groupIds.map((id) => findGroup(recommendation, id));
    return { ...recommendation, groups };
  }

  async #of(
    state: State,
    query: WindowQuery,
    pins: readonly Pin[],
    groupIds: readonly string[] | null,
    asker: Asker,
  ): Promise<Recommended> {
    const window = toWindow(query);
    const question = questionOf(query, pins, groupIds);
    const analysis = await this.#analysisFor(state, question, query, asker);
    const options = {
      pins,
      ...(groupIds === null ? {} : { groups: groupIds }),
      ...(analysis === undefined ? {} : { analysis }),
    };
    return await this.#kept.of(state, question, asker, (lake, signal) => {
      checkPins(pins, newestInventory(lake), lake.now().toISOString().slice(0, 10));
      return recommended(lake, window, options, signal);
    });
  }

  /** The one that other pages share, where the work will be on the very state that it is of. */
  async #analysisFor(state: State, question: string, query: WindowQuery, asker: Asker): Promise<Analysis | undefined> {
    if (this.#kept.has(state, question) || !isRolledUp(state.lake)) return undefined;
    return await this.#analyses.of(state, query, asker);
  }
}

const recommended = async (
  lake: LakeState,
  window: Window,
  options: LakeRecommendOptions,
  signal: AbortSignal,
): Promise<Recommended> => {
  const analysis = options.analysis ?? (await analyse(lake, window, signal));
  try {
    return { ...(await recommendLake(lake, window, { ...options, analysis }, signal)), isFounded: true };
  } catch (error) {
    // To a page it is no failure: it says why, and shows the rules of today.
    if (!(error instanceof FlowfitError) || error.code !== 'evidence-none') throw error;
    return { ...asToday(analysis, error.message), isFounded: false };
  }
};

const questionOf = ({ from, to }: WindowQuery, pins: readonly Pin[], groupIds: readonly string[] | null): string =>
  JSON.stringify([from, to, pins, groupIds]);

const findGroup = ({ groups }: Recommendation, id: string): GroupRecommendation => {
  const found = groups.find(({ group }) => group.id === id);
  if (found === undefined) {
    throw new ApiError(404, 'group-unknown', `The inventory has no security group "${id}". /api/v1/groups lists all.`);
  }
  return found;
};
