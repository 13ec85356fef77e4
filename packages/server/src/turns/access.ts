/**
 * The one way to the lake: a request gets the lake in one state for as long as it works on it, and a turn, so that few
 * work at once. Whoever leaves or takes too long is stopped; turn and state are given back when the work has ended.
 */
import { Readable } from 'node:stream';
import type { Lake } from '@flowfit/lake/lake';
import { LAKE_SCHEMA } from '@flowfit/lake/manifest';
import { Resident, type ResidentTable } from '@flowfit/lake/resident/resident';
import { finishRollUp } from '@flowfit/lake/rollup/finish';
import type { LakeState } from '@flowfit/lake/state';
import { ApiError } from '../errors.ts';
import type { Asker } from './asker.ts';
import { Lane, type Ticket } from './lane.ts';
import { ShownStates } from './shown.ts';
import { type OpenState, openState, type State } from './state.ts';

/** What work is given: the lake, and when to stop. */
export interface Task {
  readonly lake: LakeState;
  readonly signal: AbortSignal;
}

/**
 * `large` reads as much of the lake as is asked for, `small` little of it. A request runs one statement at a time, and
 * statements run on the four threads of libuv: two large ones and a small one leave one for reading files.
 */
export type Size = 'large' | 'small';

const QUEUE = { waitingAtMost: 256, waitingOfOneClient: 64 } as const;
const AT_ONCE = { large: 2, small: 1 } as const;
/** Each holds its sorted records in DuckDB until the client has read them. */
const EXPORTS_AT_ONCE = 4;
/** Characters or bytes of an export that are made in one turn: a slow reader must not keep the turn. */
const EXPORT_PART = 1024 * 1024;

export const DEFAULT_QUERY_SECONDS = 120;

export interface AccessOptions {
  /** What a query may take. */
  readonly querySeconds?: number | undefined;
  /** What conversations may take in memory; none are kept there unless told. */
  readonly residentBytes?: number | undefined;
  /** Told why conversations could not be kept in memory. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export class Access {
  readonly #lake: Lake;
  /** What a query may take. */
  readonly querySeconds: number;
  readonly #lanes: Readonly<Record<Size, Lane>>;
  readonly #exports: Lane;
  readonly #shown = new ShownStates();

  readonly #resident: Resident | null;

  constructor(lake: Lake, { querySeconds = DEFAULT_QUERY_SECONDS, residentBytes = 0, onFailure }: AccessOptions = {}) {
    const lane = (atOnce: number): Lane => new Lane({ ...QUEUE, atOnce, waitSeconds: querySeconds });
    this.#lake = lake;
    this.querySeconds = querySeconds;
    this.#lanes = { large: lane(AT_ONCE.large), small: lane(AT_ONCE.small) };
    this.#exports = lane(EXPORTS_AT_ONCE);
    this.#resident = residentBytes > 0 ? new Resident(lake.db, { limit: residentBytes, onFailure }) : null;
  }

  /** Begins to load what is kept in memory, so that it is there when somebody asks. */
  async begin(): Promise<void> {
    await this.files({ revision: null }, async () => undefined);
  }

  /** Resolves when what is being loaded into memory is there. */
  async loaded(): Promise<ResidentTable | null> {
    await this.#resident?.settled();
    return this.#resident?.table ?? null;
  }

  /**
   * Queries the lake when the turn has come.
   *
   * @throws ApiError `server-busy`, `query-too-long`
   */
  async query<T>(size: Size, asker: Asker, work: (task: Task) => Promise<T>): Promise<T> {
    const ticket: Ticket = { clients: () => [asker.client], signal: asker.signal };
    return await this.#lanes[size].run(ticket, () =>
      this.#withinTime(ticket.signal, (signal) => this.files(asker, ({ lake }) => work({ lake, signal }))),
    );
  }

  /** As `query`, on the state of the request that began it, which may end before. */
  async queryOf<T>(state: State, size: Size, ticket: Ticket, work: (task: Task) => Promise<T>): Promise<T> {
    const release = state.share();
    try {
      return await this.#lanes[size].run(ticket, () =>
        this.#withinTime(ticket.signal, (signal) => work({ lake: state.lake, signal })),
      );
    } finally {
      await release();
    }
  }

  /** Without a turn: for files of the lake, and for what takes its turn by itself. */
  async files<T>(asker: Pick<Asker, 'revision'>, work: (state: State) => Promise<T>): Promise<T> {
    const state = await this.#stateFor(asker);
    try {
      return await work(state);
    } finally {
      await state.release();
    }
  }

  /** On the state after the roll-ups that a writer left undone. */
  async rolledUp<T>({ lake, signal }: Task, work: (lake: LakeState) => Promise<T>): Promise<T> {
    if (isRolledUp(lake)) return await work(lake);
    await finishRollUp(this.#lake, signal);
    return await this.files({ revision: null }, (state) => work(state.lake));
  }

  /** Work that writes: on the lake as it is now. */
  async change<T>(work: (lake: Lake) => Promise<T>): Promise<T> {
    return await work(this.#lake);
  }

  /**
   * What `write` yields, made part by part as the client reads it, each in a turn of its own. The first is made before
   * this resolves, so that what is wrong with the question is answered as an error.
   *
   * @throws ApiError `server-busy`, `query-too-long`
   */
  async stream(asker: Asker, write: (task: Task) => AsyncIterable<string | Buffer>): Promise<Readable> {
    const ticket: Ticket = { clients: () => [asker.client], signal: asker.signal };
    const leave = await this.#exports.take(ticket);
    let state: OpenState | undefined;
    let pieces: AsyncIterator<string | Buffer> | undefined;
    const end = async (): Promise<void> => {
      try {
        await pieces?.return?.();
      } finally {
        await state?.release();
        leave();
      }
    };
    try {
      state = await this.#stateFor(asker);
      const stop = new AbortController();
      const signal = AbortSignal.any([asker.signal, stop.signal]);
      const source = write({ lake: state.lake, signal })[Symbol.asyncIterator]();
      pieces = source;
      const nextPart = (goesOn: boolean): Promise<Buffer> =>
        this.#lanes.large.run({ ...ticket, goesOn }, () => this.#stoppedInTime(stop, () => readPart(source)));
      const first = await nextPart(false);
      asker.signal.throwIfAborted();
      return toReadable(first, () => nextPart(true), asker.signal, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Keeps the state of a revision for what is asked of it next. */
  async show(revision: string, state: State): Promise<void> {
    await this.#shown.show(revision, state);
  }

  /** Resolves when nothing works on the lake any more. */
  async idle(): Promise<void> {
    await this.#shown.close();
    await this.#resident?.close();
    await Promise.all([this.#lanes.large, this.#lanes.small, this.#exports].map((lane) => lane.idle()));
  }

  /** That of the page that asks, else the newest. */
  async #stateFor({ revision }: Pick<Asker, 'revision'>): Promise<OpenState> {
    const shown = revision === null ? null : this.#shown.find(revision);
    if (shown !== null) return { ...shown, release: shown.share() };
    const newest = await openState(this.#lake);
    this.#resident?.follow(newest);
    return newest;
  }

  async #withinTime<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    return await this.#stoppedInTime(stop, () => work(AbortSignal.any([signal, stop.signal])));
  }

  async #stoppedInTime<T>(stop: AbortController, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => stop.abort(tooLong(this.querySeconds)), this.querySeconds * 1000);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }
}

export const isRolledUp = ({ manifest }: LakeState): boolean =>
  manifest.schema === LAKE_SCHEMA && manifest.dirty.length === 0;

/** Empty at the end. */
const readPart = async (pieces: AsyncIterator<string | Buffer>): Promise<Buffer> => {
  const part: Buffer[] = [];
  for (let size = 0; size < EXPORT_PART; ) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    const piece = Buffer.from(value);
    part.push(piece);
    size += piece.length;
  }
  return Buffer.concat(part);
};

const toReadable = (
  first: Buffer,
  next: () => Promise<Buffer>,
  signal: AbortSignal,
  end: () => Promise<void>,
): Readable => {
  const parts = async function* (): AsyncGenerator<Buffer> {
    for (let part = first; part.length > 0; part = await next()) yield part;
  };
  const readable = Readable.from(parts());
  // Also where nobody began to read.
  signal.addEventListener('abort', () => readable.destroy(), { once: true });
  readable.once('close', () => void end());
  return readable;
};

const tooLong = (seconds: number): ApiError =>
  new ApiError(
    504,
    'query-too-long',
    `The query was stopped after ${seconds} seconds. Ask for less time or with a narrower filter, or start the server with a larger --query-seconds.`,
    { querySeconds: seconds },
  );
