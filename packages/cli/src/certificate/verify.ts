/** Computing again what a certificate says, from a lake, a bundle, or neither. */
import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Span } from '@flowfit/core/analysis/coverage';
import {
  type Check,
  check,
  checkEvidence,
  checkStatement,
  checkToday,
  unchecked,
} from '@flowfit/core/certificate/compare';
import type { ReplayPredicate } from '@flowfit/core/certificate/statement';
import type { LakeState } from '@flowfit/lake/state';
import { isSignedBy, keyIdOf } from './keys.ts';
import type { Certificate } from './read.ts';

/** What can be said of the file alone. */
export const checkFile = async (certificate: Certificate, key: KeyObject | null): Promise<Check[]> => {
  const { sha256 } = await import('@flowfit/lake/certificate/lines');
  return [
    check('form', certificate.faultsOfForm, 'byte for byte as Flowfit writes it'),
    checkSignature(certificate, key),
    ...checkStatement(certificate.statement, sha256),
    checkClaims(certificate),
  ];
};

const checkSignature = ({ envelope }: Certificate, key: KeyObject | null): Check => {
  if (envelope === null) {
    return key === null
      ? unchecked('signature', 'nobody signed it: whoever can change the file can make it anew')
      : check('signature', ['it is not signed, and a key was given to check it with'], '');
  }
  const ids = envelope.signatures.map(({ keyid }) => keyid);
  if (key === null) return unchecked('signature', `by key ${ids.join(', ')}, as it says; give the key with --key`);
  const id = keyIdOf(key);
  return check(
    'signature',
    [
      ...(isSignedBy(envelope, key) ? [] : [`key ${id} did not sign this text`]),
      ...(ids.includes(id) ? [] : [`the certificate names key ${ids.join(', ')}, and this one is ${id}`]),
    ],
    `by key ${id}`,
  );
};

/** Nothing computes these again. */
const checkClaims = ({ statement: { predicate }, envelope }: Certificate): Check => {
  const { product, created, command } = predicate;
  const by = envelope === null ? 'nobody vouches for it' : 'who signed it vouches for it';
  return unchecked('made', `by flowfit ${product.version} at ${created}: flowfit ${command.join(' ')} (${by})`);
};

/** What cannot be said without evidence. */
export const uncheckedEvidence = (because: string): Check[] =>
  ['state before', 'objects', 'captures', 'conversations', 'coverage', 'replay'].map((what) =>
    unchecked(what, because),
  );

/** @param place of the evidence, for people: `the lake` */
export const checkAgainst = async (
  predicate: ReplayPredicate,
  window: Span,
  state: LakeState,
  { place, hasObjects, signal }: { readonly place: string; readonly hasObjects: boolean; readonly signal: AbortSignal },
): Promise<Check[]> => {
  const [{ asCertified, captureDigests, gatherEvidence }, { sha256 }, { replayLake }] = await Promise.all([
    import('@flowfit/lake/certificate/evidence'),
    import('@flowfit/lake/certificate/lines'),
    import('@flowfit/lake/replay'),
  ]);
  const then = asCertified(state, predicate);
  const { replay, today } = await replayLake(then, window, predicate.change, signal);
  const found = await gatherEvidence(then, window, replay.connections, signal);
  return [
    checkToday(predicate.change, today, sha256),
    ...checkEvidence(
      predicate,
      { ...found, captures: captureDigests(state), objects: hasObjects ? found.objects : null },
      place,
    ),
  ];
};

/** Whether the bundle is the one that was written with the certificate. */
export const checkBundleFile = async ({ bundle }: ReplayPredicate, path: string, shown: string): Promise<Check> => {
  if (bundle === null) return unchecked('bundle', 'the certificate was written without one');
  const { hashOfFile } = await import('@flowfit/lake/durable');
  const [{ size }, sha256] = [await stat(path), await hashOfFile(path)];
  const isSame = size === bundle.bytes && sha256 === bundle.sha256;
  return check('bundle', isSame ? [] : [`${shown} is not the file that was written with the certificate`], shown);
};
