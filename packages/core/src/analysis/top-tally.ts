/**
 * Weights by key within bounded memory. Exact up to `limit` keys; beyond, whenever twice as many have gathered, the
 * lighter ones are dropped, and `isExact` says so. Fed in the same order, it gives the same result.
 */
export class TopTally {
  readonly #limit: number;
  #weights = new Map<string, number>();
  #exact = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: string, weight: number): void {
    this.#weights.set(key, (this.#weights.get(key) ?? 0) + weight);
    if (this.#weights.size > 2 * this.#limit) this.#prune();
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

  #prune(): void {
    this.#weights = new Map(this.top(this.#limit));
    this.#exact = false;
  }
}
