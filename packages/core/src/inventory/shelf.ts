/** Objects by id, out of answers that may describe one of them twice. */
import { canonicalJson } from './json.ts';

interface Placed<T> {
  readonly value: T;
  readonly source: string;
  /** Canonical JSON, only made when an id occurs twice. */
  text: string | null;
}

/**
 * Which answer wins must not depend on the order in which files and pages are read: the source last by name does,
 * within one source the answer last by its canonical text.
 */
export class Shelf<T extends { readonly id: string }> {
  readonly #placed = new Map<string, Placed<T>>();
  /** By id: the sources that disagree. */
  readonly #conflicts = new Map<string, Set<string>>();

  put(source: string, value: T): void {
    const other = this.#placed.get(value.id);
    const mine: Placed<T> = { value, source, text: null };
    if (other === undefined) {
      this.#placed.set(value.id, mine);
      return;
    }
    mine.text = canonicalJson(value);
    other.text ??= canonicalJson(other.value);
    if (mine.text !== other.text) {
      const sources = this.#conflicts.get(value.id) ?? new Set();
      this.#conflicts.set(value.id, sources.add(source).add(other.source));
    }
    const wins = mine.source === other.source ? mine.text > other.text : mine.source > other.source;
    if (wins) this.#placed.set(value.id, mine);
  }

  get(id: string): T | undefined {
    return this.#placed.get(id)?.value;
  }

  get size(): number {
    return this.#placed.size;
  }

  /** Sorted by id. */
  values(): T[] {
    return [...this.#placed.values()].map(({ value }) => value).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Ids described differently, by the sources that disagree (joined, sorted). */
  conflicts(): Map<string, string[]> {
    const bySources = new Map<string, string[]>();
    for (const [id, sources] of [...this.#conflicts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const key = [...sources].sort().join(', ');
      bySources.set(key, [...(bySources.get(key) ?? []), id]);
    }
    return bySources;
  }
}
