/** A thread that reads objects into columns. What it gives is sent in pieces, as the other thread takes them. */
import { once } from 'node:events';
import { type TransferListItem, threadId } from 'node:worker_threads';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import { createDictionaries, type ReaderDictionaries } from '@flowfit/core/flow/dictionaries';
import { fieldOf } from '@flowfit/core/flow/fields';
import type { SetAside } from '@flowfit/core/flow/object-reader';
import { type Damage, readText } from '../read.ts';
import { ADDRESS_TEXTS, MESSAGES_AHEAD, type ReadMessage, type ReadTask } from './messages.ts';

/** The dictionaries of a generation, and how much of each the other thread has. */
class Vocabulary {
  readonly dictionaries: ReaderDictionaries = createDictionaries();
  readonly #sent = new Map<string, number>();

  /** Texts that are new, in the dictionaries of some fields. */
  newTexts(fields: readonly string[]): Map<string, string[]> {
    const texts = new Map<string, string[]>();
    for (const name of new Set(fields.map((field) => (fieldOf(field)?.type === 'address' ? ADDRESS_TEXTS : field)))) {
      const all = name === ADDRESS_TEXTS ? this.dictionaries.addresses.texts : this.dictionaries.of(name).texts;
      const sent = this.#sent.get(name) ?? 0;
      if (all.length > sent) texts.set(name, all.slice(sent));
      this.#sent.set(name, all.length);
    }
    return texts;
  }
}

let vocabulary = new Vocabulary();
let generation = 0;

export const read = async ({ object, layout, generation: asked, port }: ReadTask): Promise<void> => {
  if (asked !== generation) vocabulary = new Vocabulary();
  generation = asked;
  let setAside: SetAside[] = [];
  let damage: Damage | null = null;
  let ahead = 0;
  port.on('message', () => ahead--);
  const send = async (batches: readonly FlowBatch[], isLast: boolean): Promise<void> => {
    const texts = vocabulary.newTexts(batches.flatMap(codedFields));
    const message: ReadMessage = { thread: threadId, batches, texts, setAside, damage, isLast };
    setAside = [];
    damage = null;
    port.postMessage(message, batches.flatMap(buffersOf));
    ahead++;
    while (ahead >= MESSAGES_AHEAD && !isLast) await once(port, 'message');
  };
  const options = {
    layout,
    dictionaries: vocabulary.dictionaries,
    onSetAside: (line: SetAside) => void setAside.push(line),
    onDamage: (found: Damage) => {
      damage = found;
    },
  };
  for await (const batch of readText(object, options)) await send([batch], false);
  await send([], true);
  port.close();
};

const codedFields = ({ fields, columns }: FlowBatch): string[] =>
  fields.filter((_, index) => columns[index]?.holds === 'codes');

const buffersOf = ({ kinds, columns, hashes }: FlowBatch): TransferListItem[] => [
  kinds.buffer as ArrayBuffer,
  hashes.buffer as ArrayBuffer,
  ...columns.map((column) => (column.holds === 'codes' ? column.codes : column.values).buffer as ArrayBuffer),
];
