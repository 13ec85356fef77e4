/** What a certificate is held against: the lake, a bundle, both, or nothing but itself. */
import type { Span } from '@flowfit/core/analysis/coverage';
import { type Check, unchecked } from '@flowfit/core/certificate/compare';
import type { ReplayPredicate } from '@flowfit/core/certificate/statement';
import { FlowfitError } from '@flowfit/core/errors';
import type { LakeState } from '@flowfit/lake/state';
import { CliError } from '../errors.ts';
import { readLake } from '../options/lake.ts';
import type { GlobalOptions, Shell } from '../shell.ts';
import { type ProofDocument, prove } from './proof.ts';
import { checkAgainst, checkBundleFile, uncheckedEvidence } from './verify.ts';

export interface SourceOptions extends GlobalOptions {
  readonly bundle?: string;
}

/** @throws CliError `bundle-missing`; FlowfitError `lake-missing` where one is named, `bundle-invalid` */
export const checkSources = async (
  shell: Shell,
  options: SourceOptions,
  predicate: ReplayPredicate,
  signal: AbortSignal,
): Promise<Check[]> => {
  const { readSpan } = await import('@flowfit/lake/certificate/evidence');
  const window = readSpan(predicate.window);
  if (window === null) return uncheckedEvidence('there is nothing in the window');
  const asked = { predicate, window, signal };
  if (options.bundle === undefined) return await checkLake(shell, options, asked);
  const ofBundle = await checkBundle(shell, options, options.bundle, asked);
  if (options.lake === undefined) return ofBundle;
  const ofLake = await checkLake(shell, options, asked);
  return [...named(ofBundle, 'bundle'), ...named(ofLake, 'lake')];
};

/** Proof of one conversation, from the bundle where one is named, else from the lake. @throws as `prove` and `checkSources` */
export const proveFromSource = async (
  shell: Shell,
  options: SourceOptions,
  predicate: ReplayPredicate,
  wanted: string,
  signal: AbortSignal,
): Promise<ProofDocument> => {
  const { asCertified, readSpan } = await import('@flowfit/lake/certificate/evidence');
  const window = readSpan(predicate.window) ?? { from: 0, to: 0 };
  const proveIn = (state: LakeState) => prove(predicate, window, asCertified(state, predicate), wanted, signal);
  return options.bundle === undefined
    ? await readLake(shell, options, proveIn)
    : await readBundle(shell, options, options.bundle, window, proveIn);
};

interface Asked {
  readonly predicate: ReplayPredicate;
  readonly window: Span;
  readonly signal: AbortSignal;
}

/** Both say something of the same parts. */
const named = (checks: readonly Check[], source: string): Check[] =>
  checks.map((one) => (one.what === source ? one : { ...one, what: `${one.what} (${source})` }));

const checkLake = async (
  shell: Shell,
  options: GlobalOptions,
  { predicate, window, signal }: Asked,
): Promise<Check[]> => {
  try {
    return await readLake(shell, options, (state) =>
      checkAgainst(predicate, window, state, { place: 'the lake', hasObjects: true, signal }),
    );
  } catch (error) {
    const isAway = error instanceof FlowfitError && error.code === 'lake-missing' && options.lake === undefined;
    if (!isAway) throw error;
    return uncheckedEvidence('no lake here; name one with --lake, or a bundle with --bundle');
  }
};

const checkBundle = async (
  shell: Shell,
  options: GlobalOptions,
  bundle: string,
  { predicate, window, signal }: Asked,
): Promise<Check[]> => {
  const path = shell.path(bundle);
  const file = await checkBundleFile(predicate, path, shell.shownPath(path)).catch(throwMissing(shell, path));
  try {
    const checks = await readBundle(shell, options, bundle, window, (state) =>
      checkAgainst(predicate, window, state, { place: 'the bundle', hasObjects: false, signal }),
    );
    return [file, ...checks];
  } catch (error) {
    const isDamaged = file.holds === false && error instanceof FlowfitError && error.code === 'bundle-invalid';
    if (!isDamaged) throw error;
    return [file, ...uncheckedEvidence('the bundle cannot be read'), unchecked('bundle content', error.message)];
  }
};

const readBundle = async <T>(
  shell: Shell,
  options: GlobalOptions,
  bundle: string,
  window: Span,
  work: (state: LakeState) => Promise<T>,
): Promise<T> => {
  const { openBundle } = await import('@flowfit/lake/certificate/bundle');
  const storage = { now: shell.effects.now, spillTo: shell.spillTo(options), spillLimit: shell.spillLimit(options) };
  const opened = await openBundle(shell.path(bundle), window, storage);
  try {
    return await work(opened.lake);
  } finally {
    await opened.close();
  }
};

const throwMissing =
  (shell: Shell, path: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw new CliError('bundle-missing', `The bundle ${shell.shownPath(path)} cannot be read (${error.code}).`, {
      remedy: 'Name the file that "flowfit replay … --bundle FILE" wrote.',
    });
  };
