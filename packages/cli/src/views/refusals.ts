/** What others refused, and why, as a list. */
import type { Colors } from 'picocolors/types';
import { formatCount } from '../output/humanise.ts';
import { toOneLine } from '../output/table.ts';
import type { Refusal } from '../streaming/refusals.ts';

export const formatRefusals = (what: string, refusals: readonly Refusal[], colours: Colors): string => {
  if (refusals.length === 0) return '';
  const lines = refusals.map(({ reason, count }) => `  ${formatCount(count)}: ${colours.yellow(toOneLine(reason))}\n`);
  return `${what}, by reason:\n${lines.join('')}`;
};
