/** A stream of lines at a given rate. */
import type { Effects } from './effects.ts';

/** How often a paced stream writes. */
const TICK_MILLISECONDS = 50;

/**
 * Lines at `rate` a second, in portions of a tick. What is late is made up for: the rate holds over the whole, also
 * where the reader stalls now and then. 0 = as they come.
 *
 * @param chunks texts of whole lines
 */
export async function* paced(
  chunks: Iterable<string>,
  rate: number,
  { now, sleep }: Pick<Effects, 'now' | 'sleep'>,
): AsyncGenerator<string> {
  if (rate === 0) {
    yield* chunks;
    return;
  }
  const began = now().getTime();
  let written = 0;
  for (const lines of portions(chunks, Math.max(1, Math.round((rate * TICK_MILLISECONDS) / 1000)))) {
    const due = began + (written / rate) * 1000;
    const early = due - now().getTime();
    if (early > 0) await sleep(early);
    yield lines.join('');
    written += lines.length;
  }
}

function* portions(chunks: Iterable<string>, size: number): Generator<string[]> {
  let portion: string[] = [];
  for (const chunk of chunks) {
    for (const line of chunk.split(/(?<=\n)/)) {
      portion.push(line);
      if (portion.length < size) continue;
      yield portion;
      portion = [];
    }
  }
  if (portion.length > 0) yield portion;
}
