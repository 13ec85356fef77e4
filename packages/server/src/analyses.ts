/**
 * Analyses of the lake, made once and shared: every page about rules asks for the same few windows. The latest ones
 * are kept until the lake changes. One goes on while somebody waits for it, and is stopped when all have gone.
 */
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import type { ScopeQuery } from './contract/common.ts';
import { ApiError } from './errors.ts';
import type { Access } from './turns/access.ts';
import type { Asker } from './turns/asker.ts';
import { SharedWork } from './turns/shared.ts';
import type { State } from './turns/state.ts';

const KEPT = 4;

type WindowQuery = Pick<ScopeQuery, 'from' | 'to'>;

export class Analyses {
  readonly #access: Access;
  readonly #known = new Map<string, SharedWork<Analysis>>();

  constructor(access: Access) {
    this.#access = access;
  }

  /** @throws ApiError `window-invalid`, `server-busy`, `query-too-long` */
  async of(state: State, { from, to }: WindowQuery, asker: Asker): Promise<Analysis> {
    if (from !== undefined && to !== undefined && from >= to) {
      throw new ApiError(400, 'window-invalid', 'The window is empty: "from" has to be before "to".');
    }
    asker.signal.throwIfAborted();
    const key = `${state.lake.manifest.version} ${from}-${to}`;
    const kept = this.#known.get(key);
    const known = kept === undefined || kept.isStopped ? this.#begin(key, state, { from, to }, asker) : kept;
    // The one asked for last goes last.
    this.#known.delete(key);
    this.#known.set(key, known);
    return await known.join(asker);
  }

  #begin(key: string, state: State, { from, to }: WindowQuery, asker: Asker): SharedWork<Analysis> {
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const begun: SharedWork<Analysis> = new SharedWork(asker, async (clients, signal) => {
      try {
        return await this.#access.queryOf(state, 'large', { clients, signal }, (task) =>
          this.#access.rolledUp(task, (lake) => analyse(lake, window, task.signal)),
        );
      } catch (error) {
        // A failure is told to those who wait for it, and not kept.
        if (this.#known.get(key) === begun) this.#known.delete(key);
        throw error;
      }
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size >= KEPT && oldest !== undefined) this.#known.delete(oldest);
    return begun;
  }
}
