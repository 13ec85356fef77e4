/** What a reading thread and the thread that stores say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import type { Layout } from '@flowfit/core/flow/format';
import type { SetAside } from '@flowfit/core/flow/object-reader';
import type { Damage, TextObject } from '../read.ts';

export interface ReadTask {
  readonly object: TextObject;
  /** Layout of text without a header. */
  readonly layout: Layout;
  /** Of a thread, the tasks of one number have their dictionaries in common. */
  readonly generation: number;
  readonly port: MessagePort;
}

/** The dictionary of all address fields goes by this name, any other by that of its field. */
export const ADDRESS_TEXTS = 'address';

export interface ReadMessage {
  /** Which thread it is: codes are its own. */
  readonly thread: number;
  readonly batches: readonly FlowBatch[];
  /** Texts that got a code since the last message of the thread, in the order of their codes, by dictionary. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly setAside: readonly SetAside[];
  readonly damage: Damage | null;
  readonly isLast: boolean;
}

/** Messages that may be on their way: so a quick reader waits for a slow writer. */
export const MESSAGES_AHEAD = 3;
