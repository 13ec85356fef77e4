/** The certificate of a replay, as `flowfit verify` reads it, and with the connections that it rests on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentText, type ReplayPredicate, ruleSetDigests, toStatement } from '@flowfit/core/certificate/statement';
import type { ChangeSet } from '@flowfit/core/change/change-set';
import { formatTime } from '@flowfit/core/filter/time';
import { writeBundle } from '@flowfit/lake/certificate/bundle';
import { gatherEvidence, toSpanDocument } from '@flowfit/lake/certificate/evidence';
import { sha256 } from '@flowfit/lake/certificate/lines';
import { hashOfFile } from '@flowfit/lake/durable';
import type { Span } from '@flowfit/lake/queries/span';
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

/** Replays the change and says what came of it. @throws FlowfitError `certificate-no-records`, `certificate-not-rolled-up` */
export const certify = async (certified: Certified, withBundle: boolean): Promise<readonly NamedBytes[]> => {
  const { lake, window, change, signal } = certified;
  const { replay, window: span } = await replayLake(lake, window, change, signal);
  const evidence = await gatherEvidence(lake, span, replay.connections, signal);
  const bundle = withBundle ? await bundleOf(lake, span) : null;
  const predicate: ReplayPredicate = {
    product: { name: 'flowfit', version: certified.version },
    created: formatTime(Math.floor(lake.now().getTime() / 1000)),
    command: ['serve'],
    window: toSpanDocument(span),
    change,
    ruleSets: ruleSetDigests(change, sha256),
    ...evidence,
    bundle: bundle === null ? null : { bytes: bundle.content.length, sha256: bundle.sha256 },
  };
  const content = Buffer.from(documentText(toStatement(predicate, sha256)));
  return [{ name: NAME, content }, ...(bundle === null ? [] : [{ name: BUNDLE, content: bundle.content }])];
};

const bundleOf = async (
  lake: LakeState,
  window: Span,
): Promise<{ readonly content: Buffer; readonly sha256: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-bundle-'));
  try {
    const path = join(folder, BUNDLE);
    await writeBundle(lake, window, path);
    return { content: await readFile(path), sha256: await hashOfFile(path) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
