/** Writing the certificate of a replay, signed where a key is given, and the bundle beside it. */
import { writeFile } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { documentText } from '@flowfit/core/certificate/statement';
import type { Replayed } from '@flowfit/lake/certificate/certify';
import type { LakeState } from '@flowfit/lake/state';
import type { Command } from 'commander';
import { CliError, usageError } from '../errors.ts';
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

/**
 * Does nothing where no certificate is asked for.
 *
 * @throws CliError `key-invalid`, `output-unwritable`; FlowfitError as `certify`
 */
export const writeCertificate = async (
  shell: Shell,
  { certificate, signWith, bundle }: CertificateOptions,
  { state, ...replayed }: Replayed & { readonly state: LakeState },
): Promise<void> => {
  if (certificate === undefined) return;
  const key = signWith === undefined ? null : await readPrivateKey(shell.path(signWith));
  const { certify } = await import('@flowfit/lake/certificate/certify');
  const bundlePath = bundle === undefined ? undefined : shell.path(bundle);
  const command = shell.words.map(withoutFolder);
  const statement = await certify(state, replayed, { version: VERSION, command, bundle: bundlePath });
  if (bundlePath !== undefined) await shell.note(`Wrote ${shell.shownPath(bundlePath)}.`);
  const text = documentText(statement);
  await save(shell, certificate, key === null ? text : documentText(signText(text, key)));
};

/** Nothing of where things are on this machine. */
const withoutFolder = (word: string): string => {
  const [, option, value] = /^(--[^=]+=)?(.*)$/s.exec(word) as unknown as [string, string | undefined, string];
  return isAbsolute(value) ? `${option ?? ''}${basename(value)}` : word;
};

const save = async (shell: Shell, file: string, text: string): Promise<void> => {
  const path = shell.path(file);
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('output-unwritable', `The certificate cannot be written to ${path} (${error.code}).`, {
      remedy: 'Name another file with --certificate.',
    });
  });
  await shell.note(`Wrote ${shell.shownPath(path)}.`);
};
