/** `flowfit failures`: bringing back what the delivery stream could not deliver. */
import type { FailureStore } from '@flowfit/aws/failures/objects';
import type { ReplayEffects, ReplayReport } from '@flowfit/aws/failures/replay';
import { DEFAULT_LAYOUT, parseFormat } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import type { Command } from 'commander';
import { EXIT, usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { httpUrl } from '../options/url.ts';
import { escapeControls } from '../output/control-characters.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { withFailures } from '../streaming/failure-store.ts';
import { createRefusals } from '../streaming/refusals.ts';
import { ANY_TARGET, withTargets } from '../streaming/replay-targets.ts';
import { formatReplay } from '../views/failures.ts';

interface ReplayOptions extends GlobalOptions {
  readonly stream?: string;
  readonly opensearch?: string;
  readonly includeRefused?: boolean;
  readonly dryRun?: boolean;
  readonly format?: string;
}

export const failuresCommand: Registration = (program, shell) => {
  const failures = program
    .command('failures')
    .summary('what the delivery stream could not deliver')
    .description('Works on the error objects that the delivery stream leaves in its failure bucket.');
  failures
    .command('replay')
    .summary('send failed records again')
    .description(
      'Puts records that the function did not bring further to the stream again, and writes documents that found no ' +
        'room in the cluster under the ids they had. Records that would only come back are kept, with the reason. ' +
        'Objects are moved to replayed/ beside them, what was kept to kept/; nothing is deleted. Exits with 3 when an ' +
        'object could not be replayed or something was refused again.',
    )
    .argument('<place>', 'folder or s3://bucket/prefix/ with the error objects')
    .option('--stream <name>', 'delivery stream that records are put to')
    .option('--opensearch <url>', 'address of the cluster that documents are written to', httpUrl)
    .option('--include-refused', 'also write documents that the mapping refused: after it was corrected')
    .option('--dry-run', 'only show what would be done')
    .option('--format <fields>', "format of the flow log as in its LogFormat (default: AWS's default format)")
    .addHelpText(
      'after',
      examples(
        ['flowfit failures replay s3://flowfit-storage-failures/ --dry-run', 'what is there, and what would be done'],
        [
          'flowfit failures replay s3://flowfit-storage-failures/ --stream "$STREAM" --opensearch "$OPENSEARCH_URL"',
          'bring all back',
        ],
        [
          'flowfit failures replay ./failures --opensearch http://localhost:9200 --include-refused',
          'from a folder, after the mapping was corrected',
        ],
      ),
    )
    .action((place: string, _options: unknown, action: Command) =>
      runReplay(shell, place, action.optsWithGlobals<ReplayOptions>()),
    );
};

const runReplay = async (shell: Shell, place: string, options: ReplayOptions): Promise<void> => {
  const { stream, opensearch, dryRun = false } = options;
  if (!dryRun && stream === undefined && opensearch === undefined) {
    throw usageError(
      'no-target',
      'Neither --stream nor --opensearch is given: nothing could be sent.',
      'Name what the records are for, or see with --dry-run what is there.',
    );
  }
  const refusals = createRefusals();
  const replay = (store: FailureStore, effects: ReplayEffects) => replayObjects(shell, store, effects, options);
  const report = await withFailures(shell, place, (store) =>
    dryRun
      ? replay(store, ANY_TARGET)
      : withTargets(shell, { stream, opensearch }, refusals, (effects) => replay(store, effects)),
  );
  const document = { dryRun, ...report, refusals: refusals.list() };
  if (options.json) await shell.printJson({ schema: 'flowfit.failures-replay/1', ...document });
  else await shell.print(formatReplay(place, document, shell));
  if (report.failed.length + document.refusals.length > 0) shell.exitCode = EXIT.notAsItShouldBe;
};

/** Shows the name of the object at hand on a terminal. */
const replayObjects = async (
  { effects: { stderr } }: Shell,
  store: FailureStore,
  effects: ReplayEffects,
  { format, includeRefused = false, dryRun = false }: ReplayOptions,
): Promise<ReplayReport> => {
  const parser = createLineParser(format === undefined ? DEFAULT_LAYOUT : parseFormat(format));
  const { replayFailures } = await import('@flowfit/aws/failures/replay');
  const onObject = (name: string) => {
    if (stderr.isTTY) stderr.write(`\r\u001b[K${escapeControls(name)}`);
  };
  try {
    return await replayFailures(store, effects, { parser, includeRefused, dryRun, onObject });
  } finally {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  }
};
