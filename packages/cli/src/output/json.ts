/** Long lists as JSON, written while they are read, so that their length does not matter. */
import type { Shell } from '../shell.ts';

/** Characters gathered before a write. */
const CHUNK = 65_536;

/** One object a line. */
export const writeNdjson = async (shell: Shell, rows: AsyncIterable<unknown>): Promise<void> => {
  let text = '';
  for await (const row of rows) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < CHUNK) continue;
    await shell.print(text);
    text = '';
  }
  if (text !== '') await shell.print(text);
};

/** One document: the members of `head`, then `name` with the rows, a row a line. */
export const writeJsonList = async (
  shell: Shell,
  head: Readonly<Record<string, unknown>>,
  name: string,
  rows: AsyncIterable<unknown>,
): Promise<void> => {
  let text = `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(name)}:[`;
  let separator = '\n';
  for await (const row of rows) {
    text += separator + JSON.stringify(row);
    separator = ',\n';
    if (text.length < CHUNK) continue;
    await shell.write(text);
    text = '';
  }
  await shell.print(`${text}]}`);
};
