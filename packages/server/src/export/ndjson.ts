import type { Lake } from '@flowfit/lake/lake';
import { streamFlows } from '@flowfit/lake/queries/flows';
import type { Selection } from '@flowfit/lake/queries/window';

/** Records as the objects of `flowfit flows --ndjson`, one a line. */
export const ndjsonLines = async function* (lake: Lake, selection: Selection): AsyncGenerator<string> {
  for await (const flow of streamFlows(lake, selection)) yield `${JSON.stringify(flow)}\n`;
};
