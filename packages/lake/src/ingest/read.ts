/** From the bytes of an object to batches of records: the one way that all objects go, on whatever thread. */
import { createReadStream } from 'node:fs';
import { messageOf } from '@flowfit/core/errors';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import type { ReaderDictionaries } from '@flowfit/core/flow/dictionaries';
import type { Layout } from '@flowfit/core/flow/format';
import { ObjectReader, type SetAside } from '@flowfit/core/flow/object-reader';
import { gunzipped } from './gzip.ts';

/** Why reading stopped before the end. */
export interface Damage {
  readonly code: string;
  readonly message: string;
}

export interface TextObject {
  readonly path: string;
  readonly source: string;
  readonly compression: 'gzip' | 'none';
}

export interface ReadOptions {
  /** Layout of text without a header. */
  readonly layout: Layout;
  readonly dictionaries: ReaderDictionaries;
  /** A line that is no record. */
  readonly onSetAside: (line: SetAside) => void;
  /** Why it could not be read to its end; what was read before counts. */
  readonly onDamage: (damage: Damage) => void;
}

/** Decompressed at a time. Of damaged data the last step is lost, so that these are read again in small ones. */
const STEP = 1 << 18;
const SMALL_STEP = 1 << 14;

/** Reads text or JSON. */
export const readText = async function* (object: TextObject, options: ReadOptions): AsyncGenerator<FlowBatch> {
  const { reader, take } = openReader(options);
  let given = 0;
  try {
    for await (const part of bytesOf(object)) {
      given += part.length;
      reader.push(part);
      yield* take();
    }
    reader.end();
  } catch (error) {
    if (object.compression === 'gzip') {
      for await (const part of behind(gunzipped(object.path, SMALL_STEP), given)) reader.push(part);
    }
    reader.end({ isCutOff: true });
    options.onDamage(damageOf(object, error));
  }
  yield* take();
};

/** A reader, and what takes the batches that it has made since. */
export const openReader = ({ layout, dictionaries, onSetAside }: ReadOptions) => {
  let made: FlowBatch[] = [];
  const sink = { batch: (batch: FlowBatch) => void made.push(batch), setAside: onSetAside };
  const take = (): FlowBatch[] => {
    const batches = made;
    made = [];
    return batches;
  };
  return { reader: new ObjectReader({ layout, dictionaries, sink }), take };
};

const bytesOf = ({ path, compression }: TextObject): AsyncIterable<Buffer> =>
  compression === 'gzip' ? gunzipped(path, STEP) : createReadStream(path, { highWaterMark: STEP });

/** What comes behind the first bytes, up to where it fails again. */
const behind = async function* (parts: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let passed = 0;
  try {
    for await (const part of parts) {
      const from = Math.max(0, count - passed);
      passed += part.length;
      if (from < part.length) yield part.subarray(from);
    }
  } catch {
    // Of the damage it is known already.
  }
};

const damageOf = ({ source, compression }: TextObject, error: unknown): Damage => {
  const code = compression === 'gzip' ? 'gzip-damaged' : 'input-unreadable';
  const what = compression === 'gzip' ? 'its gzip data are damaged or cut off' : 'it could not be read to its end';
  return {
    code,
    message: `${source}: ${what} (${messageOf(error)}). What was readable is kept; ingest the object again once it is repaired.`,
  };
};
