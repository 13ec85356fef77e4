/** Objects by id, out of answers that may describe one of them twice. */
import { canonicalJson } from './json.ts';

interface Placed<T> {
  value: T;
  source: string;
  /** Canonical JSON, only made when an id occurs twice. */
  text: string | null;
  /** All sources that describe the object. */
  readonly sources: Set<string>;
  /** Whether they disagree. */
  differ: boolean;
}

/**
 * Which answer wins must not depend on the order in which files and pages are read: the source last by name does,
 * within one source the answer last by its canonical text.
 */
export class Shelf<T extends { readonly id: string }> {
  readonly #placed = new Map<string, Placed<T>>();

  put(source: string, value: T): void {
    const placed = this.#placed.get(value.id);
    if (placed === undefined) {
      this.#placed.set(value.id, { value, source, text: null, sources: new Set([source]), differ: false });
      return;
    }
    placed.sources.add(source);
    placed.text ??= canonicalJson(placed.value);
    const text = canonicalJson(value);
    placed.differ ||= text !== placed.text;
    const wins = source === placed.source ? text > placed.text : source > placed.source;
    if (wins) Object.assign(placed, { value, source, text });
  }

  get(id: string): T | undefined {
    return this.#placed.get(id)?.value;
  }

  /** Sorted by id. */
  values(): T[] {
    return [...this.#placed.values()].map(({ value }) => value).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Ids described differently, by their sources (sorted, joined by commas). */
  conflicts(): Map<string, string[]> {
    const bySources = new Map<string, string[]>();
    for (const [id, { sources, differ }] of this.#placed) {
      if (!differ) continue;
      const key = [...sources].sort().join(', ');
      bySources.set(key, [...(bySources.get(key) ?? []), id].sort());
    }
    return bySources;
  }
}
