/**
 * Weights by key within bounded memory. Exact until twice `limit` keys have gathered; then the lighter half is dropped,
 * and `isExact` says so. From then on it samples and holds (C. Estan, G. Varghese, "New directions in traffic
 * measurement and accounting", 2002): one newcomer in eight is let in, and counted from there, so that a heavy key
 * gets in soon while crowds of light ones cost little. Fed in the same order, it gives the same result.
 */
/** One newcomer in so many is let in when keys have been dropped. */
const SAMPLE = 8;

export class TopTally {
  readonly #limit: number;
  readonly #weights = new Map<string, number>();
  #newcomers = 0;
  #exact = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: string, weight: number): void {
    const known = this.#weights.get(key);
    if (known !== undefined) this.#weights.set(key, known + weight);
    else if (this.#exact || this.#newcomers++ % SAMPLE === 0) {
      this.#weights.set(key, weight);
      if (this.#weights.size > 2 * this.#limit) this.#prune();
    }
  }

  /** Whether no key was ever dropped. */
  get isExact(): boolean {
    return this.#exact;
  }

  /** Keys held: how many there are, if exact. */
  get size(): number {
    return this.#weights.size;
  }

  keys(): IterableIterator<string> {
    return this.#weights.keys();
  }

  entries(): IterableIterator<[key: string, weight: number]> {
    return this.#weights.entries();
  }

  /** Heaviest first; equal weights by key. */
  top(count: number): [key: string, weight: number][] {
    return [...this.#weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, count);
  }

  /** Keeps the `limit` heaviest; of those that tie at the border the ones that came first. */
  #prune(): void {
    const weights = Float64Array.from(this.#weights.values()).sort();
    const border = weights[weights.length - this.#limit] as number;
    let room = this.#limit - weights.filter((weight) => weight > border).length;
    for (const [key, weight] of this.#weights) {
      if (weight < border || (weight === border && room-- <= 0)) this.#weights.delete(key);
    }
    this.#exact = false;
  }
}
