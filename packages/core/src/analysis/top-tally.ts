/**
 * The heaviest keys within bounded memory. Exact while there are at most `limit` keys; beyond, an estimate, and
 * `isExact` says so. What was added decides the result, never its order: databases give rows in any.
 *
 * Beyond the limit it keeps a sample of `limit` keys, the heavier the likelier (N. Duffield, C. Lund, M. Thorup,
 * "Priority sampling for estimation of arbitrary subset sums", 2007), and estimates their weights from a sketch of all
 * keys. Every addition draws a number by the hash of what it is, divided by its weight; a key counts by its lowest
 * draw, and the keys with the lowest draws are the sample.
 */
import { hash32, mix32 } from './distinct-count.ts';
import { WeightSketch } from './weight-sketch.ts';

interface Entry {
  weight: number;
  draw: number;
}

/** Counters of the sketch for each key of the sample. */
const COUNTERS_PER_KEY = 2;

const textOf = (key: string | (() => string)): string => (typeof key === 'string' ? key : key());

export class TopTally {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  /** Weights, once there are more keys than the limit. */
  #sketch: WeightSketch | null = null;
  /** A higher draw does not belong to the sample. */
  #highestDraw = Number.POSITIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * `occasion` tells additions of one key apart, and is the same wherever the same addition comes: such as the hash of
   * a time. `hash` is that of the key, which is asked for only where it may belong to the sample.
   */
  add(key: string | (() => string), weight: number, occasion: number, hash = hash32(textOf(key))): void {
    const draw = (mix32(hash ^ occasion) + 1) / Math.max(weight, 1);
    this.#sketch?.add(hash, weight);
    if (draw > this.#highestDraw) return;
    const text = textOf(key);
    const entry = this.#entries.get(text);
    if (entry) {
      entry.weight += weight;
      if (draw < entry.draw) entry.draw = draw;
      return;
    }
    this.#entries.set(text, { weight, draw });
    if (this.#entries.size <= this.#limit) return;
    this.#sketch ??= this.#sketchEntries();
    if (this.#entries.size >= 2 * this.#limit) this.#keepSample();
  }

  /** Whether every key is held with its weight. */
  get isExact(): boolean {
    return this.#sketch === null;
  }

  /** How many keys there are, if exact. */
  get size(): number {
    return this.#entries.size;
  }

  /** All keys, if exact. */
  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Heaviest first; equal weights by key. */
  top(count: number): [key: string, weight: number][] {
    const sketch = this.#sketch;
    if (sketch !== null) this.#keepSample();
    const weights = Array.from(this.#entries, ([key, { weight }]): [string, number] => [
      key,
      sketch === null ? weight : Math.max(1, sketch.estimate(hash32(key))),
    ]);
    return weights.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, count);
  }

  #sketchEntries(): WeightSketch {
    const sketch = new WeightSketch(2 ** Math.ceil(Math.log2(COUNTERS_PER_KEY * this.#limit)));
    for (const [key, { weight }] of this.#entries) sketch.add(hash32(key), weight);
    return sketch;
  }

  /** Keeps the `limit` lowest draws; equal ones by key. */
  #keepSample(): void {
    const draws = Float64Array.from(this.#entries.values(), ({ draw }) => draw).sort();
    const highest = draws[this.#limit - 1] as number;
    for (const [key, { draw }] of this.#entries) if (draw > highest) this.#entries.delete(key);
    const surplus = this.#entries.size - this.#limit;
    if (surplus > 0) {
      const ties = [...this.#entries].filter(([, { draw }]) => draw === highest).map(([key]) => key);
      for (const key of ties.sort().slice(-surplus)) this.#entries.delete(key);
    }
    this.#highestDraw = Math.min(this.#highestDraw, highest);
  }
}
