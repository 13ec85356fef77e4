/** Reading threads: objects go in, batches with the codes of this thread's dictionaries come out. */
import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Dictionaries, FlowBatch } from '@flowfit/core/flow/batch';
import { fieldOf } from '@flowfit/core/flow/fields';
import type { Layout } from '@flowfit/core/flow/format';
import type Tinypool from 'tinypool';
import type { ReadOptions, TextObject } from '../read.ts';
import { ADDRESS_TEXTS, type ReadMessage, type ReadTask } from './messages.ts';

export interface PoolReadOptions extends Omit<ReadOptions, 'dictionaries'> {
  readonly layout: Layout;
  readonly codes: CodeTranslator;
  readonly generation: number;
}

/** From the codes of reading threads to those of one set of dictionaries. */
export class CodeTranslator {
  readonly #dictionaries: Dictionaries;
  /** By thread and dictionary: the code here of each code there. */
  readonly #codes = new Map<string, number[]>();

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  learn({ thread, texts }: ReadMessage): void {
    for (const [name, added] of texts) {
      const dictionary = name === ADDRESS_TEXTS ? this.#dictionaries.addresses : this.#dictionaries.of(name);
      const codes = this.#codesOf(thread, name);
      for (const text of added) codes.push(text === '' ? 0 : dictionary.codeOf(text));
    }
  }

  /** Changes the codes of a batch, in place. */
  translate(thread: number, batch: FlowBatch): void {
    for (const [index, column] of batch.columns.entries()) {
      if (column.holds !== 'codes') continue;
      const field = batch.fields[index] as string;
      const here = this.#codesOf(thread, fieldOf(field)?.type === 'address' ? ADDRESS_TEXTS : field);
      const { codes } = column;
      for (let row = 0; row < batch.length; row++) codes[row] = here[codes[row] as number] as number;
    }
  }

  #codesOf(thread: number, name: string): number[] {
    const key = `${thread} ${name}`;
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const codes: number[] = [];
    this.#codes.set(key, codes);
    return codes;
  }
}

export class ReaderPool {
  readonly #pool: Tinypool;
  /** What a thread died of. */
  readonly #broken = new AbortController();

  private constructor(pool: Tinypool) {
    this.#pool = pool;
    pool.on('error', (error: unknown) => this.#broken.abort(error));
  }

  static async open(): Promise<ReaderPool> {
    const { Tinypool } = await import('tinypool');
    return new ReaderPool(
      new Tinypool({
        filename: WORKER,
        name: 'read',
        runtime: 'worker_threads',
        minThreads: 0,
        maxThreads: THREADS,
        // Between two batches there is nothing to read.
        idleTimeout: IDLE_MS,
      }),
    );
  }

  /** How many objects are read at a time. */
  get threads(): number {
    return THREADS;
  }

  async *read(object: TextObject, options: PoolReadOptions): AsyncGenerator<FlowBatch> {
    const { port1, port2 } = new MessageChannel();
    const { layout, generation } = options;
    const task: ReadTask = { object, layout, generation, port: port2 };
    const failed = new AbortController();
    const done = this.#pool.run(task, { transferList: [port2] });
    // What a thread fails with ends the wait for its messages too.
    done.catch((error: unknown) => failed.abort(error));
    try {
      for await (const message of messagesOf(port1, AbortSignal.any([failed.signal, this.#broken.signal]))) {
        options.codes.learn(message);
        for (const line of message.setAside) options.onSetAside(line);
        if (message.damage !== null) options.onDamage(message.damage);
        for (const batch of message.batches) {
          options.codes.translate(message.thread, batch);
          yield batch;
        }
        if (message.isLast) break;
        port1.postMessage('taken');
      }
      await done;
    } finally {
      port1.close();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

const messagesOf = async function* (port: MessagePort, signal: AbortSignal): AsyncGenerator<ReadMessage> {
  try {
    for await (const [message] of on(port, 'message', { signal })) yield message as ReadMessage;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

/** A thread that is ended has to learn its trade anew: what is compiled in it is lost. */
const IDLE_MS = 300_000;

const THREADS = Math.max(1, availableParallelism());

/** Beside this file once it is built. */
const WORKER = ((): string => {
  const built = new URL('read-worker.mjs', import.meta.url);
  return (existsSync(built) ? built : new URL('from-source.mjs', import.meta.url)).href;
})();
