/** Whether a lake changed: a text that is equal as long as nothing was ingested, rolled up, captured or dismissed. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { LakeState } from '@flowfit/lake/state';

export const revisionOf = async (lake: LakeState): Promise<string> =>
  digest([lake.manifest.version, (await stat(lake.paths.dismissals).catch(() => null))?.mtimeMs ?? 0]);

const digest = (state: unknown): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 16);
