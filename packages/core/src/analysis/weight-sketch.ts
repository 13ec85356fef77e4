/**
 * Estimates of the weights of keys within fixed memory, whatever their number: Count Sketch (M. Charikar, K. Chen,
 * M. Farach-Colton, "Finding frequent items in data streams", 2002). Every key adds its weight to one counter of each
 * row, or takes it away, by its hash; what others did to those counters cancels out on average. The result is a sum,
 * so that it does not depend on the order in which weights came.
 */
import { mix32 } from './distinct-count.ts';

/** Odd numbers without a pattern: one for each row. */
const ROW_SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

export class WeightSketch {
  readonly #mask: number;
  readonly #rows: readonly Float64Array[];

  /** `width`: counters of a row, a power of two. The error is about the weight of all light keys over its root. */
  constructor(width: number) {
    this.#mask = width - 1;
    this.#rows = ROW_SEEDS.map(() => new Float64Array(width));
  }

  add(hash: number, weight: number): void {
    for (let row = 0; row < ROW_SEEDS.length; row++) {
      const mixed = mix32(hash ^ (ROW_SEEDS[row] as number));
      const counters = this.#rows[row] as Float64Array;
      const at = mixed & this.#mask;
      counters[at] = (counters[at] as number) + (mixed < 0x8000_0000 ? weight : -weight);
    }
  }

  /** The middle one of what the rows say. */
  estimate(hash: number): number {
    const estimates = ROW_SEEDS.map((seed, row) => {
      const mixed = mix32(hash ^ seed);
      const counter = (this.#rows[row] as Float64Array)[mixed & this.#mask] as number;
      return mixed < 0x8000_0000 ? counter : -counter;
    });
    return estimates.sort((a, b) => a - b)[ROW_SEEDS.length >> 1] as number;
  }
}
