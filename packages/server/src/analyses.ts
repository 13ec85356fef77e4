/**
 * Analyses of the lake, made once and shared: every page about rules asks for the same few windows. The latest ones
 * are kept until the lake changes. A client that goes away does not stop one, as the next will ask for it again.
 */
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import type { Lake } from '@flowfit/lake/lake';
import type { ScopeQuery } from './contract/common.ts';
import { ApiError } from './errors.ts';
import { trafficRevisionOf } from './revision.ts';

const KEPT = 4;

export class Analyses {
  readonly #lake: Lake;
  readonly #known = new Map<string, Promise<Analysis>>();
  #revision = '';

  constructor(lake: Lake) {
    this.#lake = lake;
  }

  /** @throws ApiError `window-invalid` */
  async of({ from, to }: Pick<ScopeQuery, 'from' | 'to'>): Promise<Analysis> {
    if (from !== undefined && to !== undefined && from >= to) {
      throw new ApiError(400, 'window-invalid', 'The window is empty: "from" has to be before "to".');
    }
    const revision = await trafficRevisionOf(this.#lake);
    if (revision !== this.#revision) this.#known.clear();
    this.#revision = revision;
    const key = `${from}-${to}`;
    const known = this.#known.get(key) ?? this.#begin(key, { from, to });
    // The one asked for last goes last.
    this.#known.delete(key);
    this.#known.set(key, known);
    return await known;
  }

  #begin(key: string, { from, to }: Pick<ScopeQuery, 'from' | 'to'>): Promise<Analysis> {
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const begun = analyse(this.#lake, window);
    // A failure is told to those who wait for it, and not kept.
    begun.catch(() => this.#known.delete(key));
    const [oldest] = this.#known.keys();
    if (this.#known.size >= KEPT && oldest !== undefined) this.#known.delete(oldest);
    return begun;
  }
}
