import { InvalidArgumentError } from 'commander';

/** A parser for whole numbers of a range; `20k`, `5M` and digit groups as in `1_000_000` are understood. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const match = /^(\d[\d_]*)([kM]?)$/.exec(text);
    const factor = { '': 1, k: 1000, M: 1_000_000 }[match?.[2] ?? ''] as number;
    const value = match === null ? Number.NaN : Number(match[1]?.replaceAll('_', '')) * factor;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Not a whole number from ${least} to ${most}.`);
  };

/** A parser for numbers of a range, fractions allowed. */
export const decimalNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Not a number from ${least} to ${most}.`);
  };
