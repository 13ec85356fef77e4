/**
 * Aggregation windows. In real captures all records of an interface in one interval have the same start and end, both
 * directions of a connection always, and intervals of an interface begin at a time of its own. A window of step k lies
 * within [k, k + 1.5) intervals; a change that comes with step k comes before all windows of step k.
 */
import type { Host } from './host.ts';
import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';
import type { Window } from './sink.ts';

/** One of 2,000 intervals of an interface is not delivered in full. */
const SKIP_SHARE = 1 / 2000;

export interface HostWindow extends Window {
  readonly step: number;
  /** AWS dropped records of this window. */
  readonly isSkipped: boolean;
  hasRecords: boolean;
}

export class Windows {
  readonly #options: ResolvedOptions;
  readonly #random: Random;
  readonly #current: (HostWindow | undefined)[] = [];

  constructor(options: ResolvedOptions, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  /** The window of an interface in a step; steps only go forward. */
  of(host: Host, step: number): HostWindow {
    const current = this.#current[host.index];
    if (current !== undefined && current.step === step) return current;
    const { start, aggregationInterval, features } = this.#options;
    const offset = start + Math.floor((host.phase * aggregationInterval) / 2);
    const bits = this.#random.uint32();
    const opened: HostWindow = {
      step,
      start: offset + step * aggregationInterval + (bits % 6),
      end: offset + (step + 1) * aggregationInterval - ((bits >>> 8) % 8),
      isSkipped: features.skipData && this.#random.chance(SKIP_SHARE),
      hasRecords: false,
      startText: null,
      endText: null,
      target: undefined,
    };
    this.#current[host.index] = opened;
    return opened;
  }

  /** A moment of the step that lies in the windows of all interfaces. */
  moment(step: number): number {
    const { start, aggregationInterval: interval } = this.#options;
    const first = Math.floor(interval / 2) + 6;
    return start + step * interval + first + this.#random.below(interval - 8 - first);
  }
}

/** 7 % of real records had times of their own: longer than the interval, a few with no length at all. */
export function specialTimes(window: Window, began: number, interval: number, random: Random): Window | null {
  const draw = random.next();
  if (draw >= 0.07) return null;
  const isInstant = draw < 0.006;
  const start = isInstant ? began : window.start;
  const end = isInstant ? began : window.end + 1 + random.below(interval - 2);
  return { start, end, startText: null, endText: null, target: undefined };
}
