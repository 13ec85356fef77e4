/** Numbers of the Tighten pages in words that say what is counted. */
import { formatPairs } from '@flowfit/core/recommend/pairs';
import type { LaterCutAnswer } from '@flowfit/server/contract/tighten';
import { formatCount, formatPlural, formatShare } from '../format/number.ts';

/** `0 of 5,321 later connections cut`; without later connections that is said instead. */
export const laterCutInWords = ({ connections, of }: LaterCutAnswer): string =>
  of === 0
    ? 'no later connections to hold it against'
    : `${formatCount(connections)} of ${formatPlural(of, 'later connection')} cut`;

/** 0 to 1; null where there was nothing to hold it against. */
export const laterShare = ({ connections, of }: LaterCutAnswer): number | null => (of === 0 ? null : connections / of);

/** `0 %`, `0.4 %`, `–` */
export const formatLaterShare = ({ connections, of }: LaterCutAnswer): string =>
  of === 0 ? '–' : connections === 0 ? '0 %' : formatShare(connections, of);

/** `÷ 1,200,000`, `−37 %`, `no change`: how much less is open. */
export const formatLess = (now: number, proposed: number): string => {
  if (proposed === now) return 'as today';
  if (proposed > now) return `${formatPairs(proposed - now)} more than today`;
  if (proposed === 0) return 'nothing left open';
  const ratio = now / proposed;
  return ratio >= 10 ? `${formatPairs(Math.floor(ratio))} times less` : `${formatShare(now - proposed, now)} less`;
};

/** `1`, `1–17`, `2, 5–7`; of what lies in many places only how many there are. */
export const formatNumbers = (numbers: readonly number[]): string => {
  const ranges: [first: number, last: number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  if (ranges.length > MAX_RANGES) return `${numbers.length} rules`;
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
};

const MAX_RANGES = 2;
