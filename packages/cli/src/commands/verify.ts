/** `flowfit verify`: does a certificate hold? */
import { type Command, Option } from 'commander';
import type { SourceOptions } from '../certificate/sources.ts';
import { EXIT } from '../errors.ts';
import { examples } from '../help.ts';
import { interruptible } from '../interrupt.ts';
import type { Registration, Shell } from '../shell.ts';
import { formatVerification } from '../views/verify.ts';

interface VerifyOptions extends SourceOptions {
  readonly key?: string;
  readonly prove?: string;
  readonly proof?: string;
}

export const verifyCommand: Registration = (program, shell) => {
  program
    .command('verify')
    .summary('check the certificate of a replay')
    .description(
      'Computes again what a certificate of "flowfit replay --certificate" says: its digests, the signature, the ' +
        'conversations of its window, and the replay itself, from the lake or from the bundle. Says line by line what ' +
        'holds, what does not, and what cannot be looked at here. Exit code 3 where anything does not hold.',
    )
    .argument('<file>', 'the certificate')
    .option('--key <file>', 'public key of whom you expect to have signed it')
    .option('--bundle <file>', 'the bundle that came with it, for those who lack the lake')
    .addOption(
      new Option(
        '--prove <conversation>',
        'print the proof that a conversation is among them: its number, or a text in it',
      ).conflicts(['key', 'proof']),
    )
    .option('--proof <file>', 'check such a proof as well')
    .addHelpText(
      'after',
      examples(
        ['flowfit verify change.json', 'against the lake of this folder'],
        ['flowfit verify change.json --key team.key.pub --bundle change.parquet', 'what a colleague has sent'],
        [
          `flowfit verify change.json --prove '"peer_address":"203.0.113.7"' > proof.json`,
          'that one conversation was looked at, without showing the others',
        ],
      ),
    )
    .action((file: string, _options: unknown, action: Command) =>
      runVerify(shell, file, action.optsWithGlobals<VerifyOptions>()),
    );
};

const runVerify = async (shell: Shell, file: string, options: VerifyOptions): Promise<void> => {
  const [{ readCertificate }, { readPublicKey }, { checkFile }, { checkProof }, sources] = await Promise.all([
    import('../certificate/read.ts'),
    import('../certificate/keys.ts'),
    import('../certificate/verify.ts'),
    import('../certificate/proof.ts'),
    import('../certificate/sources.ts'),
  ]);
  const path = shell.path(file);
  const certificate = await readCertificate(path, shell.shownPath(path));
  const { predicate } = certificate.statement;
  const { prove, proof } = options;
  if (prove !== undefined) {
    const document = await interruptible(shell, (signal) =>
      sources.proveFromSource(shell, options, predicate, prove, signal),
    );
    await shell.printJson(document);
    return;
  }
  const key = options.key === undefined ? null : await readPublicKey(shell.path(options.key));
  const checks = [
    ...(await checkFile(certificate, key)),
    ...(proof === undefined ? [] : [await checkProof(predicate, shell.path(proof), proof)]),
    ...(await interruptible(shell, (signal) => sources.checkSources(shell, options, predicate, signal))),
  ];
  const holds = checks.every((check) => check.holds !== false);
  if (!holds) shell.exitCode = EXIT.notAsItShouldBe;
  if (options.json) await shell.printJson({ schema: 'flowfit.verify/1', holds, checks });
  else await shell.print(formatVerification(predicate, checks, shell));
};
