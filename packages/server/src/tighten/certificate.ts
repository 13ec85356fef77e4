/** The certificate of a replay, as `flowfit verify` reads it, and with the connections that it rests on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentText } from '@flowfit/core/certificate/statement';
import type { ChangeSet } from '@flowfit/core/change/change-set';
import { certify } from '@flowfit/lake/certificate/certify';
import type { Window } from '@flowfit/lake/queries/window';
import { replayLake } from '@flowfit/lake/replay';
import type { LakeState } from '@flowfit/lake/state';
import type { NamedBytes } from './archive.ts';

export interface Certified {
  readonly lake: LakeState;
  readonly window: Window;
  readonly change: ChangeSet;
  /** Of the product. */
  readonly version: string;
  readonly signal: AbortSignal;
}

const NAME = 'flowfit-certificate.json';
const BUNDLE = 'flowfit-bundle.parquet';

/** Replays the change and says what came of it. @throws FlowfitError as `certify` */
export const certificateFiles = async (certified: Certified, withBundle: boolean): Promise<readonly NamedBytes[]> => {
  const { lake, window, change, version, signal } = certified;
  const replayed = { ...(await replayLake(lake, window, change, signal)), change };
  const certificateOf = async (bundle?: string): Promise<NamedBytes> => {
    const statement = await certify(lake, replayed, { version, command: ['serve'], bundle, signal });
    return { name: NAME, content: Buffer.from(documentText(statement)) };
  };
  if (!withBundle) return [await certificateOf()];
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-bundle-'));
  try {
    const path = join(folder, BUNDLE);
    const certificate = await certificateOf(path);
    return [certificate, { name: BUNDLE, content: await readFile(path) }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
