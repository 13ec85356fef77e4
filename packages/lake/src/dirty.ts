/** Days whose roll-up is older than their records. A marker is an empty file, so that it commits with the records. */
import { join } from 'node:path';
import { namesIn } from './commit.ts';
import { dayFolder, dayOfFolder, type LakePaths } from './paths.ts';

export const dirtyMarker = (paths: LakePaths, day: number | null): string => join(paths.dirty, dayFolder(day));

/** Ascending; records without time last. */
export const dirtyDays = async (paths: LakePaths): Promise<(number | null)[]> =>
  (await namesIn(paths.dirty))
    .filter((name) => name.startsWith('day='))
    .map(dayOfFolder)
    .sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
