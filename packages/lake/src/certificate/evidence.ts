/** What a lake has to say about a replay: everything in a certificate that can be computed again. */
import { basename } from 'node:path';
import { type Coverage, CoverageFold, type Span } from '@flowfit/core/analysis/coverage';
import { hexDigest } from '@flowfit/core/certificate/digest';
import type {
  CaptureDigest,
  CoverageDocument,
  Evidence,
  ObjectDigest,
  SpanDocument,
} from '@flowfit/core/certificate/statement';
import { FlowfitError } from '@flowfit/core/errors';
import { formatTime, parseTime } from '@flowfit/core/filter/time';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { loadSnapshots } from '../inventory/timeline.ts';
import { readLedger } from '../ledger.ts';
import { dayOfFolder } from '../paths.ts';
import { streamCoverage } from '../queries/coverage.ts';
import { currentTimeline } from '../queries/facts.ts';
import { lakeSpan } from '../queries/span.ts';
import { daysOf, dirtyWithin, SECONDS_PER_DAY } from '../relations.ts';
import { filesIn, type LakeState } from '../state.ts';
import { digestLines, sha256, wholeHours } from './lines.ts';

/**
 * @param connections counts of the replay over the window
 * @throws FlowfitError `certificate-no-records`, `certificate-not-rolled-up`
 */
export const gatherEvidence = async (
  state: LakeState,
  window: Span,
  connections: Evidence['connections'],
  signal?: AbortSignal,
): Promise<Evidence> => {
  const hours = wholeHours(window);
  if (dirtyWithin(state, daysOf(hours.from, hours.to)).length > 0) {
    throw new FlowfitError(
      'certificate-not-rolled-up',
      `Records of the window are not rolled up yet in ${state.dir}, as somebody writes to it. Run the command again afterwards.`,
    );
  }
  return {
    objects: sourceObjects(state),
    captures: captureDigests(state),
    conversations: await digestLines(state, window, signal),
    coverage: await coverageOf(state, window, signal),
    connections,
  };
};

/** Every object of the ledger, by digest. */
const sourceObjects = (state: LakeState): ObjectDigest[] => {
  const objects = readLedger(state).entries.map(({ source, bytes, sha256: digest }) => ({
    name: basename(source.replaceAll('\\', '/')),
    bytes,
    sha256: digest,
  }));
  const byDigest = new Map(objects.map((one) => [one.sha256, one]));
  return [...byDigest.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
};

const captureDigest = (snapshot: InventorySnapshot): string => hexDigest(serializeSnapshot(snapshot), sha256);

/** By time and digest. */
export const captureDigests = (state: LakeState): CaptureDigest[] =>
  loadSnapshots(state)
    .map((snapshot) => ({
      capturedAt: formatTime(Math.floor(Date.parse(snapshot.capturedAt) / 1000)),
      sha256: captureDigest(snapshot),
    }))
    .sort((a, b) => (`${a.capturedAt} ${a.sha256}` < `${b.capturedAt} ${b.sha256}` ? -1 : 1));

const coverageOf = async (state: LakeState, window: Span, signal?: AbortSignal): Promise<CoverageDocument> => {
  const logs = await lakeSpan(state);
  if (logs === null) {
    throw new FlowfitError(
      'certificate-no-records',
      `${state.dir} has no records with a time, so nothing can be certified. Ingest logs whose format has "start".`,
    );
  }
  const fold = new CoverageFold();
  for await (const row of streamCoverage(state, wholeHours(window), signal)) fold.add(row);
  return toCoverageDocument(fold.result(window, currentTimeline(state)), logs.from);
};

const toCoverageDocument = ({ tellsSilence, interfaces }: Coverage, logsBegin: number): CoverageDocument => ({
  logsBegin: formatTime(logsBegin),
  tellsSilence,
  interfaces: [...interfaces.values()].map(({ interfaceId, observedSeconds, gaps, skipped, trafficType }) => ({
    interfaceId,
    observedSeconds,
    gaps: gaps.map(toSpanDocument),
    skipped: skipped.map(toSpanDocument),
    trafficType,
  })),
});

export const toSpanDocument = ({ from, to }: Span): SpanDocument => ({ from: formatTime(from), to: formatTime(to) });

/** Null where a time is none, or nothing is between the two. */
export const readSpan = ({ from, to }: SpanDocument): Span | null => {
  const [first, last] = [parseTime(from), parseTime(to)];
  return first === null || last === null || first >= last ? null : { from: first, to: last };
};

/**
 * A lake as it was when something was certified, as far as can be told: without captures that came later, and without
 * logs from before those that it had.
 */
export const asCertified = (
  state: LakeState,
  { captures, coverage }: Pick<Evidence, 'captures' | 'coverage'>,
): LakeState => {
  const known = new Set(captures.map(({ sha256: digest }) => digest));
  const snapshots = loadSnapshots(state);
  const later = new Set(
    filesIn(state, 'inventory')
      .filter((_, index) => !known.has(captureDigest(snapshots[index] as InventorySnapshot)))
      .map(({ path }) => path),
  );
  const firstDay = Math.floor((parseTime(coverage.logsBegin) ?? 0) / SECONDS_PER_DAY);
  const isEarlier = (path: string): boolean => {
    const day = /^(?:flows|coverage|conversations|connections)\/(day=[^/]+)\//.exec(path)?.[1];
    const number = day === undefined ? null : dayOfFolder(day);
    return number !== null && number < firstDay;
  };
  const files = state.manifest.files.filter(({ path }) => !later.has(path) && !isEarlier(path));
  const { dir, paths, db, now, checker, manifest } = state;
  return { dir, paths, db, now, checker, manifest: { ...manifest, files } };
};
