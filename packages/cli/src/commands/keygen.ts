/** `flowfit keygen`: a key to sign certificates with. */
import { rm, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { examples } from '../help.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';

export const keygenCommand: Registration = (program, shell) => {
  program
    .command('keygen')
    .summary('a key to sign certificates with')
    .description(
      'Makes an Ed25519 key for "flowfit replay --sign-with". FILE is the private key, for its owner alone; FILE.pub is ' +
        'for whoever verifies. Files that are there are left alone.',
    )
    .argument('<file>', 'where to write the private key')
    .addHelpText('after', examples(['flowfit keygen team.key', 'team.key to sign with, team.key.pub to give away']))
    .action((file: string, _options: unknown, action: Command) =>
      runKeygen(shell, file, action.optsWithGlobals<GlobalOptions>()),
    );
};

const runKeygen = async (shell: Shell, file: string, { json }: GlobalOptions): Promise<void> => {
  const { generateKeys, keyIdOf, readPublicKey } = await import('../certificate/keys.ts');
  const { privateKey, publicKey } = generateKeys();
  const path = shell.path(file);
  const publicPath = `${path}.pub`;
  await save(path, privateKey, 0o600);
  await save(publicPath, publicKey, 0o644).catch(async (error: unknown) => {
    // A private key without its public one, beside the public key of another, would mislead.
    await rm(path);
    throw error;
  });
  const keyId = keyIdOf(await readPublicKey(publicPath));
  const [privateShown, publicShown] = [shell.shownPath(path), shell.shownPath(publicPath)];
  if (json) {
    await shell.printJson({ schema: 'flowfit.keygen/1', privateKey: privateShown, publicKey: publicShown, keyId });
    return;
  }
  await shell.print(
    `${privateShown}: the private key. Keep it to yourself.\n${publicShown}: the public key, for "flowfit verify --key".\nkey id ${keyId}`,
  );
};

const save = async (path: string, text: string, mode: number): Promise<void> => {
  await writeFile(path, text, { mode, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') {
      throw new CliError('key-exists', `${path} is there already, and is left as it is.`, {
        remedy: 'Name another file, or move the old key away.',
      });
    }
    throw new CliError('output-unwritable', `The key cannot be written to ${path} (${error.code}).`, {
      remedy: 'Name a file in a folder that you may write to.',
    });
  });
};
