/**
 * The conversations that a server keeps in memory: those of one state of a lake, loaded in the background. A question
 * about any other state, or about hours that found no room, is answered from the files.
 */
import type { Database } from '../database.ts';
import { isKnownToRollUp } from '../queries/source.ts';
import type { Selection } from '../queries/window.ts';
import type { LakeState } from '../state.ts';
import { dropConversations, type LoadedConversations, loadConversations, signatureOf } from './load.ts';

export interface ResidentOptions {
  /** Bytes that the conversations of one state may take; those of the state before go first where both have no room. */
  readonly limit: number;
  /** Told of what kept conversations from being loaded; the files answer then. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** A state, and how to keep it for as long as its files are read. */
export interface Followed {
  readonly lake: LakeState;
  share(): () => Promise<void>;
}

/** Conversations in memory, while somebody asks them. */
export interface ResidentTable extends LoadedConversations {
  readonly signature: string;
}

interface Held extends ResidentTable {
  users: number;
  isDropped: boolean;
}

interface Loading {
  readonly signature: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Of what DuckDB may take: questions, analyses and roll-ups need the rest, and what is resident is not spilled. */
const LARGEST_SHARE = 0.4;

/** Longer waits for a state that stays help nobody. */
const LONGEST_WAIT_MS = 30_000;

const residents = new WeakMap<Database, Resident>();

export class Resident {
  readonly #db: Database;
  readonly #options: ResidentOptions;
  #held: Held | null = null;
  #loading: Loading | null = null;
  /** Of the newest state that was followed. */
  #version = 0;
  /** What was loaded last, or found no room. */
  #settled: string | null = null;
  #lastLoadMs = 0;
  #isClosed = false;

  constructor(db: Database, options: ResidentOptions) {
    this.#db = db;
    this.#options = options;
    residents.set(db, this);
  }

  /** What is in memory; null while nothing is. */
  get table(): ResidentTable | null {
    return this.#held;
  }

  /** Resolves when what is being loaded is there. */
  async settled(): Promise<void> {
    while (this.#loading !== null) await this.#loading.done;
  }

  /**
   * Loads a state's conversations, in the background, unless they are there or the state is not the newest. Where commits
   * follow each other quickly, a state is waited for that stays as long as loading takes.
   */
  follow(state: Followed): void {
    const signature = signatureOf(state.lake);
    const { version } = state.lake.manifest;
    if (this.#isClosed || version < this.#version) return;
    this.#version = version;
    if (signature === (this.#loading?.signature ?? this.#settled)) return;
    const before = this.#loading;
    before?.stop.abort();
    const stop = new AbortController();
    const done = this.#load(state, signature, stop.signal, before?.done).finally(() => {
      if (this.#loading?.stop === stop) this.#loading = null;
    });
    this.#loading = { signature, stop, done };
  }

  /** Asks what is in memory of a state; null where the files have to be asked. */
  async ask<T>(
    lake: LakeState,
    covers: (table: ResidentTable) => boolean,
    work: (table: ResidentTable) => Promise<T>,
  ): Promise<T | null> {
    const held = this.#held;
    if (held === null || held.signature !== signatureOf(lake) || !covers(held)) return null;
    held.users += 1;
    try {
      return await work(held);
    } finally {
      held.users -= 1;
      if (held.isDropped && held.users === 0) await dropConversations({ db: this.#db }, held.schema);
    }
  }

  /** Stops loading, and frees the memory. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#loading?.stop.abort();
    await this.settled();
    await this.#drop();
    residents.delete(this.#db);
  }

  async #load(state: Followed, signature: string, signal: AbortSignal, before?: Promise<void>): Promise<void> {
    const release = state.share();
    try {
      await before;
      if (this.#settled !== null) await pause(Math.min(this.#lastLoadMs, LONGEST_WAIT_MS), signal);
      signal.throwIfAborted();
      const limit = Math.min(this.#options.limit, LARGEST_SHARE * (await this.#db.memoryBytes()));
      if (this.#held !== null && 2 * this.#held.bytes > limit) await this.#drop();
      const begun = performance.now();
      const loaded = await loadConversations(state.lake, limit, signal);
      this.#lastLoadMs = performance.now() - begun;
      await this.#drop();
      this.#settled = signature;
      this.#held = loaded === null ? null : { ...loaded, signature, users: 0, isDropped: false };
    } catch (error) {
      if (signal.aborted) return;
      this.#settled = signature;
      this.#options.onFailure?.(error);
    } finally {
      await release();
    }
  }

  async #drop(): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    held.isDropped = true;
    if (held.users === 0) await dropConversations({ db: this.#db }, held.schema);
  }
}

/**
 * Asks the conversations in memory, where they are of this state and answer exactly what conversations in files would.
 *
 * @param fields to group by or show, besides those of the filter
 * @param stepSeconds what time is cut into
 * @returns null where the files have to be asked
 */
export const askResident = async <T>(
  lake: LakeState,
  selections: readonly Selection[],
  fields: readonly string[],
  stepSeconds: number,
  work: (table: ResidentTable) => Promise<T>,
): Promise<T | null> => {
  const resident = residents.get(lake.db);
  if (resident === undefined) return null;
  if (!selections.every((selection) => isKnownToRollUp(lake, selection, fields, stepSeconds))) return null;
  const covers = ({ from }: ResidentTable): boolean =>
    from === null || selections.every((selection) => selection.from !== undefined && selection.from >= from);
  return await resident.ask(lake, covers, work);
};

const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
};
