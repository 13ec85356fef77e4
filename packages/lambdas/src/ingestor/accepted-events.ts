/**
 * Memory of what a failed invocation had already delivered.
 *
 * An invocation that fails is invoked again with the same envelope. The log events that Firehose had accepted the first
 * time would then be delivered twice; the retry usually meets the same execution environment, which remembers them here.
 * Another environment does not: delivery is at least once, and this only makes the repeat rare.
 */
export class AcceptedEvents {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Oldest ids give way: a retry comes within minutes or not at all. */
  remember(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#ids.add(id);
      if (this.#ids.size > this.#capacity) this.#ids.delete(this.#ids.values().next().value as string);
    }
  }

  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.delete(id);
  }
}
