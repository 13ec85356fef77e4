/** Writing the certificate of a replay, signed where a key is given, and the bundle beside it. */
import type { KeyObject } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import { documentText } from '@flowfit/core/certificate/statement';
import type { Replayed } from '@flowfit/lake/certificate/certify';
import type { LakeState } from '@flowfit/lake/state';
import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { writeNamed } from '../named-file.ts';
import type { Shell } from '../shell.ts';
import { VERSION } from '../version.ts';
import { readPrivateKey, signText } from './keys.ts';

export interface CertificateOptions {
  readonly certificate?: string;
  readonly signWith?: string;
  readonly bundle?: string;
}

/** Adds `--certificate`, `--sign-with` and `--bundle`. */
export const withCertificate = (command: Command): Command =>
  command
    .option('--certificate <file>', 'write a certificate that "flowfit verify" checks')
    .option('--sign-with <key>', 'sign it with a key of "flowfit keygen"')
    .option('--bundle <file>', 'write what the replay rests on as Parquet, for whoever lacks the lake')
    .hook('preAction', (_program, action) => {
      const { certificate, signWith, bundle } = action.opts<CertificateOptions>();
      if (certificate !== undefined || (signWith ?? bundle) === undefined) return;
      throw usageError(
        'certificate-needed',
        `${signWith === undefined ? '--bundle' : '--sign-with'} goes with a certificate.`,
        'Name its file with --certificate.',
      );
    });

/** To be read before the replay, which takes long. Null where nothing is to be signed. @throws CliError `key-invalid` */
export const readSigningKey = async (shell: Shell, { signWith }: CertificateOptions): Promise<KeyObject | null> =>
  signWith === undefined ? null : await readPrivateKey(shell.path(signWith));

/**
 * Does nothing where no certificate is asked for.
 *
 * @throws CliError `output-unwritable`; FlowfitError as `certify`
 */
export const writeCertificate = async (
  shell: Shell,
  { certificate, bundle }: CertificateOptions,
  key: KeyObject | null,
  { state, ...replayed }: Replayed & { readonly state: LakeState },
): Promise<void> => {
  if (certificate === undefined) return;
  const { certify } = await import('@flowfit/lake/certificate/certify');
  const bundlePath = bundle === undefined ? undefined : shell.path(bundle);
  const command = shell.words.map(withoutFolder);
  const statement = await certify(state, replayed, { version: VERSION, command, bundle: bundlePath });
  if (bundlePath !== undefined) await shell.note(`Wrote ${shell.shownPath(bundlePath)}.`);
  const text = documentText(statement);
  await writeNamed(shell, certificate, {
    what: 'The certificate',
    text: key === null ? text : documentText(signText(text, key)),
    remedy: 'Name another file with --certificate.',
  });
};

/** Nothing of where things are on this machine. */
const withoutFolder = (word: string): string => {
  const [, option, value] = /^(--[^=]+=)?(.*)$/s.exec(word) as unknown as [string, string | undefined, string];
  return isAbsolute(value) ? `${option ?? ''}${basename(value)}` : word;
};
