/**
 * The states that pages show. A page asks many questions, each in a request of its own, and all of them are to be of the
 * state whose revision it was told: that one is kept until nobody has asked for it for a while.
 */
import type { State } from './state.ts';

/** Pages look for a new revision every five seconds. */
const KEPT_MS = 20_000;
/** More are kept by pages only where writers commit faster than pages ask. */
const KEPT_AT_MOST = 4;

interface Shown {
  readonly state: State;
  readonly release: () => Promise<void>;
  timer: NodeJS.Timeout;
}

export class ShownStates {
  readonly #shown = new Map<string, Shown>();

  /** Keeps the state of a revision that a page is told of. */
  async show(revision: string, state: State): Promise<void> {
    if (this.find(revision) !== null) return;
    this.#shown.set(revision, { state, release: state.share(), timer: this.#forgetLater(revision) });
    for (const oldest of [...this.#shown.keys()].slice(0, -KEPT_AT_MOST)) await this.#forget(oldest);
  }

  /** The state of a revision, kept for longer; null where it is kept no more. */
  find(revision: string): State | null {
    const shown = this.#shown.get(revision);
    if (shown === undefined) return null;
    clearTimeout(shown.timer);
    shown.timer = this.#forgetLater(revision);
    return shown.state;
  }

  async close(): Promise<void> {
    for (const revision of [...this.#shown.keys()]) await this.#forget(revision);
  }

  #forgetLater(revision: string): NodeJS.Timeout {
    return setTimeout(() => void this.#forget(revision), KEPT_MS).unref();
  }

  async #forget(revision: string): Promise<void> {
    const shown = this.#shown.get(revision);
    if (shown === undefined) return;
    clearTimeout(shown.timer);
    this.#shown.delete(revision);
    await shown.release();
  }
}
