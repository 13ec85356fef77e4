/** Work that several wait for: it goes on while one of them does, and is stopped when the last has gone. */
import type { Asker } from './asker.ts';

type Waiter = Pick<Asker, 'client' | 'signal'>;

export class SharedWork<T> {
  readonly #askers = new Set<Waiter>();
  readonly #stop = new AbortController();
  readonly #result: Promise<T>;

  constructor(first: Waiter, begin: (clients: () => Iterable<string>, signal: AbortSignal) => Promise<T>) {
    this.#askers.add(first);
    const clients = (): string[] => [...this.#askers].map(({ client }) => client);
    this.#result = begin(clients, this.#stop.signal);
    // Told to those who wait, who may all have gone.
    this.#result.catch(() => undefined);
  }

  /** Nobody waited any longer: who comes now has to begin again. */
  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async join(asker: Waiter): Promise<T> {
    const { signal } = asker;
    this.#askers.add(asker);
    return await new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#askers.delete(asker);
        if (this.#askers.size === 0) this.#stop.abort(signal.reason);
        reject(signal.reason);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#result.then(resolve, reject).finally(() => {
        this.#askers.delete(asker);
        signal.removeEventListener('abort', leave);
      });
    });
  }
}
