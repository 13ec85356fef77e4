/** Points of curves, as a page names them. */
import { isChange } from '@flowfit/core/recommend/document';
import type { GroupRecommendation, Recommendation } from '@flowfit/core/recommend/model';
import type { Choices, TightenStatus } from '../contract/tighten.ts';
import { ApiError } from '../errors.ts';

/**
 * The recommendation with the points that were chosen.
 *
 * @throws ApiError `point-gone` where the lake has changed since the page was shown
 */
export const withChoices = (recommendation: Recommendation, choices: Choices): Recommendation => ({
  ...recommendation,
  groups: recommendation.groups.map((one) => {
    const rules = choices.find(({ groupId }) => groupId === one.group.id)?.rules;
    const chosen = one.curve.findIndex((point) => point.rules === rules);
    if (chosen >= 0) return { ...one, chosen };
    throw new ApiError(
      409,
      'point-gone',
      `The curve of ${one.group.id} has no point with ${rules} rules. The lake has changed: load the page again.`,
    );
  }),
});

export const statusOf = (one: GroupRecommendation, isFounded: boolean): TightenStatus => {
  if (!isFounded) return 'no-evidence';
  if (isChange(one)) return 'change';
  return one.kept.length > 0 ? 'left-alone' : 'tight';
};
