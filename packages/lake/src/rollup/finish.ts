/** What an interrupted writer left to be rolled up. */
import { FlowfitError } from '@flowfit/core/errors';
import type { Lake } from '../lake.ts';
import { LAKE_SCHEMA } from '../manifest.ts';
import { rollUp } from './roll-up.ts';

/**
 * Rolls up what an older version or an interrupted ingest left, before questions are asked. A lake that is being written,
 * or cannot be, is asked as it is: what is not rolled up is then looked up among the records, and rules stay undecided.
 */
export const finishRollUp = async (lake: Lake, signal?: AbortSignal): Promise<void> => {
  await lake.refresh();
  const { schema, dirty } = lake.manifest;
  if (schema === LAKE_SCHEMA && dirty.length === 0) return;
  try {
    await lake.write(() => rollUp(lake, { signal }));
  } catch (error) {
    const isKeptOut =
      error instanceof FlowfitError &&
      ['lake-locked', 'lake-unwritable', 'lake-unlockable', 'disk-full'].includes(error.code);
    // Roll-ups of schema 1 mean something else.
    if (schema === 1 || !isKeptOut) throw error;
  }
};
