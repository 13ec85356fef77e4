/** Lines of the default layout for tests that count them. */
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';

export const HEADER = DEFAULT_LAYOUT.fields.join(' ');

const START = 1_767_225_600;

/** The n-th of many different records, a minute apart. */
export const line = (n: number): string =>
  `2 111122223333 eni-1 192.0.2.${n % 250} 10.0.0.1 ${20_000 + (n % 40_000)} 443 6 1 40 ${START + 60 * n} ${START + 60 * n + 59} ACCEPT OK`;

export const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => line(from + index));

/** A text file: the lines, each ended. */
export const text = (...all: readonly string[]): string => all.map((one) => `${one}\n`).join('');
