/**
 * Large work on states of the lake, done once and shared: several ask for the same. The latest few results are kept.
 * Work goes on while somebody waits for it, and is stopped when all have gone.
 */
import type { LakeState } from '@flowfit/lake/state';
import type { Access } from './access.ts';
import type { Asker } from './asker.ts';
import { SharedWork } from './shared.ts';
import type { State } from './state.ts';

export class KeptWork<T> {
  readonly #access: Access;
  readonly #keptAtMost: number;
  readonly #known = new Map<string, SharedWork<T>>();

  constructor(access: Access, keptAtMost: number) {
    this.#access = access;
    this.#keptAtMost = keptAtMost;
  }

  /**
   * @param question tells work apart from other work on the same state
   * @throws ApiError `server-busy`, `query-too-long`, and what the work throws
   */
  async of(
    state: State,
    question: string,
    asker: Asker,
    work: (lake: LakeState, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    asker.signal.throwIfAborted();
    const key = keyOf(state, question);
    const kept = this.#known.get(key);
    const known = kept === undefined || kept.isStopped ? this.#begin(key, state, asker, work) : kept;
    // The one asked for last goes last.
    this.#known.delete(key);
    this.#known.set(key, known);
    return await known.join(asker);
  }

  /** Whether it is done or under way. */
  has(state: State, question: string): boolean {
    return this.#known.get(keyOf(state, question))?.isStopped === false;
  }

  #begin(
    key: string,
    state: State,
    asker: Asker,
    work: (lake: LakeState, signal: AbortSignal) => Promise<T>,
  ): SharedWork<T> {
    const begun: SharedWork<T> = new SharedWork(asker, async (clients, signal) => {
      try {
        return await this.#access.queryOf(state, 'large', { clients, signal }, (task) =>
          this.#access.rolledUp(task, (lake) => work(lake, task.signal)),
        );
      } catch (error) {
        // A failure is told to those who wait for it, and not kept.
        if (this.#known.get(key) === begun) this.#known.delete(key);
        throw error;
      }
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#keptAtMost && oldest !== undefined) this.#known.delete(oldest);
    return begun;
  }
}

const keyOf = (state: State, question: string): string => `${state.lake.manifest.version} ${question}`;
