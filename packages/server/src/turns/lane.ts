/**
 * Work of one kind: a few at once, the others in a bounded queue, client by client. The client whose last turn is
 * longest ago comes next, so that one with many requests keeps nobody else from his.
 */
import { ApiError } from '../errors.ts';

export interface LaneLimits {
  readonly atOnce: number;
  readonly waitingAtMost: number;
  /** Of one client, so that a single one cannot fill the queue. */
  readonly waitingOfOneClient: number;
  readonly waitSeconds: number;
}

export interface Ticket {
  /** Those who wait for the work; more may join while it waits. */
  readonly clients: () => Iterable<string>;
  readonly signal: AbortSignal;
  /** Work that was let in before goes on: it is not refused where the queue is full. */
  readonly goesOn?: boolean;
}

interface Waiter {
  readonly clients: Ticket['clients'];
  readonly begin: () => void;
}

export class Lane {
  readonly #limits: LaneLimits;
  readonly #waiting: Waiter[] = [];
  /** Number of the last turn of each client, while others wait. */
  readonly #lastTurns = new Map<string, number>();
  readonly #onIdle: (() => void)[] = [];
  #running = 0;
  #turns = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /**
   * Does the work when its turn has come. The turn lasts until the work has ended, which may be after its signal.
   *
   * @throws ApiError `server-busy` when the queue is full or the turn does not come in time
   */
  async run<T>(ticket: Ticket, work: () => Promise<T>): Promise<T> {
    const giveBack = await this.take(ticket);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }

  /** As `run`, for work that does not end in one place: what is returned gives the turn back. */
  async take(ticket: Ticket): Promise<() => void> {
    ticket.signal.throwIfAborted();
    if (this.#running < this.#limits.atOnce) this.#begin(ticket);
    else await this.#wait(ticket);
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      this.#end();
    };
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async #wait(ticket: Ticket): Promise<void> {
    if (ticket.goesOn !== true) this.#checkRoom(ticket);
    await new Promise<void>((resolve, reject) => {
      const stop = (error: unknown): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        settle();
        reject(error);
      };
      const leave = (): void => stop(ticket.signal.reason);
      const timer = ticket.goesOn
        ? undefined
        : setTimeout(() => stop(busy('The server was busy for too long.')), this.#limits.waitSeconds * 1000);
      const settle = (): void => {
        clearTimeout(timer);
        ticket.signal.removeEventListener('abort', leave);
      };
      const waiter: Waiter = {
        clients: ticket.clients,
        begin: () => {
          settle();
          resolve();
        },
      };
      ticket.signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #checkRoom(ticket: Ticket): void {
    const { waitingAtMost, waitingOfOneClient } = this.#limits;
    if (this.#waiting.length >= waitingAtMost) throw busy('Too many requests wait for their turn.');
    const own = new Set(ticket.clients());
    const waiting = this.#waiting.filter(({ clients }) => [...clients()].some((client) => own.has(client)));
    if (waiting.length >= waitingOfOneClient) throw busy('Too many of your requests wait for their turn.');
  }

  #begin({ clients }: Pick<Ticket, 'clients'>): void {
    this.#running += 1;
    this.#turns += 1;
    for (const client of clients()) this.#lastTurns.set(client, this.#turns);
  }

  #end(): void {
    this.#running -= 1;
    const next = this.#next();
    if (next !== undefined) {
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#begin(next);
      next.begin();
    } else {
      this.#lastTurns.clear();
      if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** Of those whose turn is longest ago, the one who came first. */
  #next(): Waiter | undefined {
    let next: Waiter | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) {
      const last = Math.min(...[...waiter.clients()].map((client) => this.#lastTurns.get(client) ?? 0));
      if (last < least) [next, least] = [waiter, last];
    }
    return next;
  }
}

const busy = (what: string): ApiError =>
  new ApiError(503, 'server-busy', `${what} Ask again after as many seconds as the header Retry-After says.`);
