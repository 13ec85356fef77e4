/** `flowfit ingest`: logs into the lake. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { IngestProgress, IngestReport } from '@flowfit/lake/ingest/ingest';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { openGeography } from '../geography.ts';
import { examples } from '../help.ts';
import { interruptible } from '../interrupt.ts';
import { formatProblems } from '../inventory/problem-lines.ts';
import { readSnapshots } from '../inventory/snapshots.ts';
import { withLake } from '../options/lake.ts';
import { collect } from '../options/list.ts';
import { formatCount } from '../output/humanise.ts';
import { createProgressBar } from '../output/progress.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatIngestReport } from '../views/ingest-report.ts';

interface IngestOptions extends GlobalOptions {
  readonly inventory?: readonly string[];
  readonly format?: string;
  readonly geoip?: string;
  readonly strict?: boolean;
}

export const ingestCommand: Registration = (program, shell) => {
  program
    .command('ingest')
    .summary('read flow logs into the lake')
    .description(
      'Reads VPC flow logs into the lake: text, gzip, Parquet or JSON lines, recognised by content. ' +
        'Objects that are in the lake already are left out, so the same command can be run again at any time.',
    )
    .argument('<path...>', 'files, directories (read recursively), globs, or - for stdin')
    .option('--inventory <path>', "file or directory of the AWS CLI's JSON; may be given several times", collect)
    .option('--format <fields>', 'fields of logs without a header, as LogFormat of describe-flow-logs shows them')
    .option('--geoip <file>', 'your own MMDB file in place of the geography database that is installed')
    .option('--strict', 'exit with 3 when a line was rejected or an object failed')
    .addHelpText(
      'after',
      examples(
        ['flowfit ingest ./logs --inventory ./inventory', 'a folder of logs, and what the account looked like'],
        ["flowfit ingest 'AWSLogs/**/2026/06/*/*.log.gz'", 'one month of the tree that AWS writes to S3'],
        [
          "flowfit ingest export.log --format '${interface-id} ${srcaddr} ${dstaddr} ${action} ${start} ${end}'",
          'a custom format without header',
        ],
        ['aws s3 cp s3://my-flow-logs/flow.log.gz - | flowfit ingest -', 'from a pipe'],
        ['flowfit ingest ./logs --geoip GeoLite2-City.mmdb', 'with your own geography'],
      ),
    )
    .action((paths: string[], _options: unknown, command: Command) =>
      runIngest(shell, paths, command.optsWithGlobals<IngestOptions>()),
    );
};

const runIngest = async (shell: Shell, paths: readonly string[], options: IngestOptions): Promise<void> => {
  const report = await ingestPaths(shell, paths, options);
  if (options.json) await shell.printJson(report);
  else await shell.print(formatIngestReport(report, shell.lakeDir(options), shell));
  shell.exitCode = exitCodeFor(report, options.strict === true);
};

/** Reads the paths into the lake with a progress bar; Ctrl-C stops between two batches. */
export const ingestPaths = async (
  shell: Shell,
  paths: readonly string[],
  { inventory = [], format, geoip, ...options }: Omit<IngestOptions, 'strict'>,
): Promise<IngestReport> => {
  const snapshots = inventory.length === 0 ? [] : await readInventoryOf(shell, inventory);
  const [{ ingest }, geo] = await Promise.all([import('@flowfit/lake/ingest/ingest'), openGeography(geoip)]);
  const bar = createProgressBar(shell.effects.stderr);
  const onProgress = ({ phase, bytesDone, bytesTotal, records, seconds }: IngestProgress) =>
    bar.update({ phase, done: bytesDone, total: bytesTotal, bytesDone, records, seconds });
  const lakes: string[] = [];
  const onLeftOut = ({ lake, files }: { readonly lake: string; readonly files: number }) =>
    void lakes.push(
      `note: left out ${formatCount(files)} files of the lake ${lake}: they hold what was ingested already.`,
    );
  const stdin = shell.effects.stdin;
  try {
    return await interruptible(shell, (signal) =>
      withLake(
        shell,
        options,
        (lake) => ingest(lake, paths, { geo, snapshots, format, signal, onProgress, onLeftOut, stdin }),
        { create: true },
      ),
    );
  } finally {
    bar.stop();
    for (const line of lakes) await shell.note(line);
  }
};

const readInventoryOf = async (shell: Shell, paths: readonly string[]): Promise<readonly InventorySnapshot[]> => {
  const { snapshots, problems } = await readSnapshots(paths);
  for (const line of formatProblems(problems, shell.errorColours)) await shell.note(line);
  return snapshots;
};

const exitCodeFor = ({ objects, records }: IngestReport, strict: boolean): number => {
  const nothingCouldBeRead = objects.failed.length > 0 && objects.read === 0 && objects.alreadyIngested === 0;
  if (nothingCouldBeRead) return EXIT.failed;
  const isWhole = objects.failed.length === 0 && Object.keys(records.rejected).length === 0;
  return strict && !isWhole ? EXIT.notAsItShouldBe : EXIT.done;
};
