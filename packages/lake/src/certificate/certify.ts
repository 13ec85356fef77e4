/** From a replay to its certificate: whoever writes one (the command, the server) does it here. */
import { ruleSetDigests, type Statement, toStatement } from '@flowfit/core/certificate/statement';
import type { ChangeSet } from '@flowfit/core/change/change-set';
import { formatTime } from '@flowfit/core/filter/time';
import type { Replay } from '@flowfit/core/replay/model';
import type { Span } from '../queries/span.ts';
import type { LakeState } from '../state.ts';
import { writeBundle } from './bundle.ts';
import { gatherEvidence, toSpanDocument } from './evidence.ts';
import { sha256 } from './lines.ts';

export interface Replayed {
  /** What was replayed, Unix seconds. */
  readonly window: Span;
  readonly change: ChangeSet;
  readonly replay: Pick<Replay, 'connections'>;
}

export interface Making {
  /** Of the product. */
  readonly version: string;
  /** Without anything of where things are on this machine. */
  readonly command: readonly string[];
  /** Where to write the bundle; absent = none is wanted. */
  readonly bundle?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws FlowfitError `bundle-unwritable`, `certificate-no-records`, `certificate-not-rolled-up` */
export const certify = async (
  state: LakeState,
  { window, change, replay }: Replayed,
  { version, command, bundle, signal }: Making,
): Promise<Statement> => {
  const evidence = await gatherEvidence(state, window, replay.connections, signal);
  const predicate = {
    product: { name: 'flowfit', version },
    created: formatTime(Math.floor(state.now().getTime() / 1000)),
    command,
    window: toSpanDocument(window),
    change,
    ruleSets: ruleSetDigests(change, sha256),
    ...evidence,
    bundle: bundle === undefined ? null : await writeBundle(state, window, bundle),
  } as const;
  return toStatement(predicate, sha256);
};
