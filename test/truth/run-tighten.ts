/** Follows the recommendations for many seeds: as a whole, at every tightest point, and one step of the script at a time. */
import { chosenPoint } from '@flowfit/core/recommend/document';
import type { GroupRecommendation, Recommendation } from '@flowfit/core/recommend/model';
import { changeOfRecommendation } from '@flowfit/core/recommend/patch';
import { type EvidenceKind, evidenceOf } from '@flowfit/testkit/account/evidence';
import { caseOf, historyCaseOf, type TruthCase } from './cases.ts';
import { simulate } from './observe.ts';
import { AT_ONCE, type Seeds } from './run.ts';
import { followChange, followSteps, isBroad, recommendFor } from './tighten.ts';

export interface TightenRun {
  readonly faults: readonly string[];
  /** Different first packets that were asked about. */
  readonly packets: number;
  /** Groups with a rule for all addresses: by how much the public space that they admit falls, 0 to 1, ascending. */
  readonly falls: readonly number[];
  readonly groups: number;
  readonly changed: number;
}

export interface TightenSeeds extends Seeds {
  /** What the lake is told of the account. */
  readonly kind: EvidenceKind;
}

export async function runTighten({ first, count, records, kind, onSeed }: TightenSeeds): Promise<TightenRun> {
  const faults: string[] = [];
  const falls: number[] = [];
  const sums = { packets: 0, groups: 0, changed: 0 };
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next++;
      const simulated = simulate(withPublicPeers((kind === 'all' ? caseOf : historyCaseOf)(seed, records)));
      const recommendation = await recommendFor(simulated, evidenceOf(simulated.account, kind));
      const { snapshot: today } = recommendation.analysis;
      const change = changeOfRecommendation(recommendation, today);
      const options = { isKnown: kind === 'all' };
      const followed = followChange(simulated, change, today, options);
      const tightest = followChange(
        simulated,
        changeOfRecommendation(atLastPoint(recommendation), today),
        today,
        options,
      );
      const stepwise = followSteps(simulated, change, today);
      const note = (how: string, cut: readonly string[]) =>
        faults.push(...cut.map((one) => `seed ${seed}, ${how}: ${one}`));
      note('the suggested rules cut', followed.cut);
      note('the tightest rules cut', tightest.cut);
      note('a step cuts', stepwise);
      falls.push(...recommendation.groups.filter(isBroad).flatMap(fallOf));
      sums.packets += followed.packets;
      sums.groups += recommendation.groups.length;
      sums.changed += change.groups.length;
      onSeed?.(next - first);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { faults: faults.sort(), falls: falls.sort((a, b) => a - b), ...sums };
}

const atLastPoint = ({ window, groups }: Recommendation): Recommendation => ({
  window,
  groups: groups.map((one) => ({ ...one, chosen: one.curve.length - 1 })),
});

/** Every other account has clients from all over instead of the few blocks of documentation. */
const withPublicPeers = (one: TruthCase): TruthCase => ({
  ...one,
  options: { ...one.options, publicPeers: one.seed % 8 < 4 ? 'geographic' : 'documentation' },
});

const fallOf = (one: GroupRecommendation): number[] =>
  one.now.publicIpv4 === 0 ? [] : [1 - chosenPoint(one).openness.publicIpv4 / one.now.publicIpv4];

export const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
