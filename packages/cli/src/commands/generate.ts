/** `flowfit generate`: a simulated account, as files or as a stream. */
import { readdir } from 'node:fs/promises';
import type { Account, Format } from '@flowfit/testkit/account/account';
import type { LogLayout } from '@flowfit/testkit/account/destination';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import type { WrittenAccount } from '@flowfit/testkit/account/write';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { decimalNumber, wholeNumber } from '../options/number.ts';
import { formatFacts } from '../output/facts.ts';
import { formatCount, formatQuantity, formatTime, toIso } from '../output/humanise.ts';
import { createProgressBar } from '../output/progress.ts';
import { paced } from '../paced.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';

interface GenerateOptions extends GlobalOptions {
  readonly out: string;
  readonly seed: number;
  readonly days: number;
  readonly records?: number;
  readonly start?: string;
  readonly interval: '60' | '600';
  readonly sites: number;
  readonly peers: 'documentation' | 'geographic';
  readonly format: Format;
  readonly layout: LogLayout;
  readonly compress: 'gzip' | 'none';
  readonly parallelFiles: number;
  readonly rate?: number;
}

const NAMED_FORMATS = ['v2', 'v3', 'v5', 'all', 'alphabetical'];

export const generateCommand: Registration = (program, shell) => {
  program
    .command('generate')
    .summary('simulate an account: logs, inventory and the truth about them')
    .description(
      'Simulates an AWS account with stateful security groups and writes its flow logs, the inventory as the AWS CLI ' +
        'prints it, and truth.ndjson: which rules admitted which connection, and who opened it. The same options always ' +
        'give the same files. With --rate it writes nothing but a stream of records to stdout.',
    )
    .option('--out <path>', 'directory to write to', 'flowfit-account')
    .option('--seed <n>', 'another number gives another account', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--days <n>', 'duration; may be a fraction', decimalNumber(0.001, 3660), 1)
    .option(
      '--records <n>',
      'about how many records, such as 5M (default: 3 per interface and interval)',
      wholeNumber(1, 1e12),
    )
    .option('--start <time>', 'begin, a whole hour (default: 2026-06-01; with --rate the current hour)')
    .addOption(new Option('--interval <seconds>', 'aggregation interval').choices(['60', '600']).default('60'))
    .option('--sites <n>', 'pairs of account and region', wholeNumber(1, 4), 1)
    .addOption(
      new Option('--peers <kind>', 'addresses of the internet; those for documentation have no geography')
        .choices(['documentation', 'geographic'])
        .default('documentation'),
    )
    .option('--format <fields>', `${NAMED_FORMATS.join(', ')}, or names of fields`, readFormat, 'v5')
    .addOption(
      new Option('--layout <layout>', 'numbered files, or names as AWS gives them in S3')
        .choices(['files', 'awslogs', 'hive'])
        .default('files'),
    )
    .addOption(new Option('--compress <kind>', 'compression of the logs').choices(['gzip', 'none']).default('gzip'))
    .option('--parallel-files <n>', 'log files written side by side', wholeNumber(1, 64), 1)
    .option('--rate <n>', 'write records to stdout, n a second; 0 = as fast as they are read', wholeNumber(0, 1e9))
    .addHelpText(
      'after',
      examples(
        ['flowfit generate --out sample --days 2 --layout awslogs', 'two days, in the folders of S3'],
        ['flowfit generate --records 10M --compress none --parallel-files 8', 'much, for measuring'],
        ['flowfit generate --format v2 --interval 600 --seed 7', 'logs without TCP flags, which are harder to read'],
        ["flowfit generate --rate 1000 --format '${srcaddr} ${dstaddr} ${dstport} ${action}'", 'a live stream'],
      ),
    )
    .action((_options: unknown, action: Command) => runGenerate(shell, action.optsWithGlobals<GenerateOptions>()));
};

const runGenerate = async (shell: Shell, options: GenerateOptions): Promise<void> => {
  if (options.rate !== undefined) return await streamRecords(shell, options, options.rate);
  const directory = shell.path(options.out);
  const account = await simulate(toAccountOptions(options));
  await makeEmptyFolder(directory);
  const written = await generateAccount(shell, account, directory, options);
  if (options.json) await shell.printJson(written);
  else await shell.print(formatWritten(written, shell.shownPath(directory), shell));
};

/** Writes an account with a progress bar. */
export const generateAccount = async (
  shell: Shell,
  account: Account,
  directory: string,
  options: Pick<GenerateOptions, 'format' | 'layout' | 'compress' | 'parallelFiles'>,
): Promise<WrittenAccount> => {
  const { writeAccount } = await import('@flowfit/testkit/account/write');
  const { format, layout, compress, parallelFiles } = options;
  const bar = createProgressBar(shell.effects.stderr);
  const began = shell.effects.now().getTime();
  try {
    return await writeAccount(account, directory, {
      format,
      layout,
      parallelFiles,
      compression: compress,
      onProgress: ({ records, share }) => {
        const seconds = (shell.effects.now().getTime() - began) / 1000;
        bar.update({ phase: 'simulate', done: share, total: 1, records, seconds });
      },
    });
  } finally {
    bar.stop();
  }
};

/** The simulation checks its own options and names the one that cannot be met. */
export const simulate = async (options: AccountOptions): Promise<Account> => {
  const { simulateAccount } = await import('@flowfit/testkit/account/account');
  try {
    return simulateAccount(options);
  } catch (error) {
    throw error instanceof RangeError ? usageError('account-options', `${error.message}.`) : error;
  }
};

const toAccountOptions = ({ seed, days, records, start, interval, sites, peers }: GenerateOptions): AccountOptions => ({
  seed,
  days,
  sites,
  publicPeers: peers,
  aggregationInterval: interval === '600' ? 600 : 60,
  ...(records === undefined ? {} : { records }),
  ...(start === undefined ? {} : { start }),
});

const streamRecords = async (shell: Shell, options: GenerateOptions, rate: number): Promise<void> => {
  const { effects } = shell;
  const currentHour = Math.floor(effects.now().getTime() / 3_600_000) * 3600;
  const account = await simulate({ start: toIso(currentHour), ...toAccountOptions(options), truth: 'summary' });
  for await (const text of paced(account.lines(options.format), rate, effects)) await shell.write(text);
};

/** Stale logs among new ones would make neither the old nor the new account. */
const makeEmptyFolder = async (directory: string): Promise<void> => {
  const { makeFolders } = await import('@flowfit/lake/folders');
  const names = await makeFolders(directory)
    .then(() => readdir(directory))
    .catch((error: Error) => {
      throw new CliError('out-unusable', `${directory} cannot be used: ${error.message}.`, {
        remedy: 'Name a new folder with --out.',
      });
    });
  if (names.length === 0) return;
  throw new CliError('out-not-empty', `${directory} is not empty.`, { remedy: 'Name a new folder with --out.' });
};

const readFormat = (text: string): Format => {
  if (NAMED_FORMATS.includes(text)) return text as Format;
  const names = text.split(/[\s,]+/).map((name) => name.replace(/^\$\{(.*)\}$/, '$1'));
  const unknown = names.find((name) => !/^[a-z][a-z0-9-]*$/.test(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`Neither ${NAMED_FORMATS.join(', ')} nor names of fields.`);
};

const formatWritten = (
  { totals, files, inventory, rules, options }: WrittenAccount,
  directory: string,
  shell: Shell,
) => {
  const end = options.start + options.days * 86_400;
  const facts = formatFacts(
    [
      { label: 'records', value: formatCount(totals.records), remark: `in ${formatQuantity(files, 'file')}` },
      { label: 'no data', value: formatCount(totals.noData), remark: 'of them: intervals without traffic' },
      { label: 'connections', value: formatCount(totals.connections) },
      { label: 'rules', value: formatCount(rules.versions), remark: `${formatCount(rules.unused)} of them unused` },
      {
        label: 'inventory',
        value: formatCount(inventory.length),
        remark: 'captures: at the start, right before and after each change, at the end',
      },
      { label: 'window', value: `${formatTime(options.start)} to ${formatTime(end)} UTC` },
    ],
    shell.colours,
  );
  return [
    `Wrote a simulated account to ${directory}.`,
    '',
    facts,
    'Next:',
    ...inventory.map(({ at, path }) => `  flowfit inventory add ${directory}/${path} --at ${at}`),
    `  flowfit ingest ${directory}/logs`,
  ].join('\n');
};
