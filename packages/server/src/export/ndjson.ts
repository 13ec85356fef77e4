import { streamFlows } from '@flowfit/lake/queries/flows';
import type { Selection } from '@flowfit/lake/queries/window';
import type { LakeState } from '@flowfit/lake/state';

/** Records as the objects of `flowfit flows --ndjson`, one a line. */
export const ndjsonLines = async function* (lake: LakeState, selection: Selection): AsyncGenerator<string> {
  for await (const flow of streamFlows(lake, selection)) yield `${JSON.stringify(flow)}\n`;
};
