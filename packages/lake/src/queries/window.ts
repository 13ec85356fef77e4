/** A part of the lake's time. */
import type { Filter } from '@flowfit/core/filter/tree';

/** Unix seconds, `from` inclusive, `to` exclusive; absent = unbounded. */
export interface Window {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** What part of the traffic a query is about. */
export interface Selection extends Window {
  readonly filter?: Filter | undefined;
  /** Ends the query early. */
  readonly signal?: AbortSignal | undefined;
}

export const SECONDS_PER_HOUR = 3600;

/** Whether the roll-up, which knows hours only, can answer for a window exactly. */
export const isHourly = ({ from, to }: Window): boolean =>
  (from ?? 0) % SECONDS_PER_HOUR === 0 && (to ?? 0) % SECONDS_PER_HOUR === 0;
