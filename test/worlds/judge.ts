/** The product's verdicts on a tiny account, from what the lake would hand it. */
import { CoverageFold } from '@flowfit/core/analysis/coverage';
import { foldUsage } from '@flowfit/core/analysis/usage';
import { type RuleVerdict, resolveVerdicts } from '@flowfit/core/analysis/verdict';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import type { Evidence } from '@flowfit/testkit/worlds/evidence';
import { HOUR } from '@flowfit/testkit/worlds/history';

export function judge({ window, snapshots, conversations, logged }: Evidence): readonly RuleVerdict[] {
  const timeline = createTimeline(snapshots);
  const lives = {
    window,
    existedFrom: new Map(Array.from(logged, ([id, { from }]) => [id, from])),
    existedUntil: new Map(Array.from(logged, ([id, { to }]) => [id, to])),
  };
  const attributor = new Attributor(timeline, { windowGap: timeline.gapAt(window.from), lives });
  const coverage = new CoverageFold();
  for (const [interfaceId, { from, to }] of logged) {
    for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) {
      coverage.add({ interfaceId, hour, ok: 0, noData: 1, skipData: 0 });
    }
  }
  const usage = foldUsage(attributor, conversations);
  return resolveVerdicts(timeline, usage, coverage.result(window, timeline)).rules;
}
