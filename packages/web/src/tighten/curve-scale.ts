/** Where the points of a trade-off curve lie: rules along, openness up on a logarithmic scale. */
import type { CurvePointAnswer, TightenGroupAnswer } from '@flowfit/server/contract/tighten';
import { laterShare } from './words.ts';

export type Family = 'ipv4' | 'ipv6';

export interface PlacedPoint {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly boundY: number;
  /** Height of the share that it would have cut later, from the bottom; 0 where there was nothing to hold it against. */
  readonly laterHeight: number;
}

export interface CurveScale {
  readonly points: readonly PlacedPoint[];
  /** Of today's rules. */
  readonly todayY: number;
  readonly ticksY: readonly { readonly value: number; readonly y: number }[];
  readonly ticksX: readonly { readonly rules: number; readonly x: number }[];
  /** Share at the top of the axis of later cuts. */
  readonly topShare: number;
  /** Index of the nearest point to a number of rules, and to a place along the axis. */
  readonly nearest: (rules: number) => number;
  readonly at: (x: number) => number;
}

const MAX_TICKS_Y = 5;
const PIXELS_PER_TICK_X = 44;
/** The later cuts are a quiet series: they take the lower part. */
const LATER_PART = 0.45;

/** Tens; zero lies with one. */
const power = (openness: number): number => Math.log10(Math.max(1, openness));

export const toCurveScale = (
  { curve, now }: Pick<TightenGroupAnswer, 'curve' | 'now'>,
  family: Family,
  { width, height }: { readonly width: number; readonly height: number },
): CurveScale => {
  const [least, most] = [curve[0]?.rules ?? 0, curve.at(-1)?.rules ?? 0];
  const powers = [now[family], ...curve.map(({ openness }) => openness[family]), ...boundsOf(curve, family)].map(power);
  const bottom = Math.floor(Math.min(...powers));
  const top = Math.max(bottom + 1, Math.ceil(Math.max(...powers)));
  const topShare = niceShare(Math.max(0, ...curve.map(({ laterCut }) => laterShare(laterCut) ?? 0)));
  const xOf = (rules: number): number => (most === least ? width / 2 : ((rules - least) / (most - least)) * width);
  const yOf = (openness: number): number => height - ((power(openness) - bottom) / (top - bottom)) * height;
  const bounds = boundsOf(curve, family);
  const points = curve.map(
    ({ rules, openness, laterCut }, index): PlacedPoint => ({
      index,
      x: xOf(rules),
      y: yOf(openness[family]),
      boundY: yOf(bounds[index] ?? 0),
      laterHeight: ((laterShare(laterCut) ?? 0) / topShare) * height * LATER_PART,
    }),
  );
  return {
    points,
    todayY: yOf(now[family]),
    ticksY: everyPower(bottom, top).map((exponent) => ({ value: 10 ** exponent, y: yOf(10 ** exponent) })),
    ticksX: everyRules(least, most, Math.max(2, Math.floor(width / PIXELS_PER_TICK_X))).map((rules) => ({
      rules,
      x: xOf(rules),
    })),
    topShare,
    nearest: (rules) => nearestOf(curve, ({ rules: own }) => Math.abs(own - rules)),
    at: (x) => nearestOf(points, (point) => Math.abs(point.x - x)),
  };
};

/** What more rules cannot reach, fewer cannot either. */
const boundsOf = (curve: readonly CurvePointAnswer[], family: Family): readonly number[] => {
  let most = 0;
  return curve
    .toReversed()
    .map(({ bound }) => {
      most = Math.max(most, bound[family]);
      return most;
    })
    .reverse();
};

const nearestOf = <T>(items: readonly T[], distance: (item: T) => number): number =>
  items.reduce((best, item, index) => (distance(item) < distance(items[best] as T) ? index : best), 0);

const everyPower = (bottom: number, top: number): readonly number[] => {
  const step = Math.max(1, Math.ceil((top - bottom) / MAX_TICKS_Y));
  return Array.from({ length: Math.floor((top - bottom) / step) + 1 }, (_, index) => bottom + index * step);
};

const STEPS = [1, 2, 5];

/** Round numbers of rules, at most `count` of them. */
const everyRules = (first: number, last: number, count: number): readonly number[] => {
  let step = 1;
  for (let index = 0; Math.floor(last / step) - Math.ceil(first / step) + 1 > count; index += 1) {
    step = (STEPS[index % STEPS.length] as number) * 10 ** Math.floor(index / STEPS.length);
  }
  const start = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, index) => start + index * step);
};

const SHARES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

const niceShare = (share: number): number => SHARES.find((one) => one >= share) ?? 1;

/** Index of the point with so many rules. */
export const indexByRules = (curve: readonly CurvePointAnswer[], rules: number | null, otherwise: number): number => {
  const found = curve.findIndex((point) => point.rules === rules);
  return found < 0 ? otherwise : found;
};
