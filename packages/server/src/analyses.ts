/** Analyses of the lake, made once and shared: every page about rules asks for the same few windows. */
import { type Analysis, analyse } from '@flowfit/lake/analysis';
import type { Window } from '@flowfit/lake/queries/window';
import type { ScopeQuery } from './contract/common.ts';
import { ApiError } from './errors.ts';
import type { Access } from './turns/access.ts';
import type { Asker } from './turns/asker.ts';
import { KeptWork } from './turns/kept.ts';
import type { State } from './turns/state.ts';

const KEPT = 4;

export type WindowQuery = Pick<ScopeQuery, 'from' | 'to'>;

/** @throws ApiError `window-invalid` */
export const toWindow = ({ from, to }: WindowQuery): Window => {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new ApiError(400, 'window-invalid', 'The window is empty: "from" has to be before "to".');
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
};

export class Analyses {
  readonly #kept: KeptWork<Analysis>;

  constructor(access: Access) {
    this.#kept = new KeptWork(access, KEPT);
  }

  /** @throws ApiError `window-invalid`, `server-busy`, `query-too-long` */
  async of(state: State, query: WindowQuery, asker: Asker): Promise<Analysis> {
    const window = toWindow(query);
    return await this.#kept.of(state, `${window.from}-${window.to}`, asker, (lake, signal) =>
      analyse(lake, window, signal),
    );
  }
}
