/** `flowfit lake`: the state of a lake, and its upkeep. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { CliError } from '../errors.ts';
import { examples } from '../help.ts';
import { readLake, withLake } from '../options/lake.ts';
import { readDay } from '../options/time.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatCompaction, formatExport, formatPruning, formatRepair, formatStatus } from '../views/lake.ts';

export const lakeCommand: Registration = (program, shell) => {
  const lake = program
    .command('lake')
    .summary('the state of the lake, and its upkeep')
    .description('Says what the lake holds and whether it is whole, mends it, and keeps it small.');
  addStatus(lake, shell);
  addRepair(lake, shell);
  addPrune(lake, shell);
  addCompact(lake, shell);
  addExport(lake, shell);
};

const addStatus = (lake: Command, shell: Shell): void => {
  lake
    .command('status')
    .summary('what the lake holds, and whether it is whole')
    .description(
      'Shows size, days, objects, days without records, the reach of the inventory, and the health of the files. ' +
        'Exits with 1 where the lake is damaged.',
    )
    .option('--check', 'look at every byte, not at sizes and times alone')
    .addHelpText('after', examples(['flowfit lake status --check', 'before a decision that depends on it']))
    .action((_: unknown, action: Command) => runStatus(shell, action.optsWithGlobals()));
};

const runStatus = async (shell: Shell, options: GlobalOptions & { readonly check?: boolean }): Promise<void> => {
  const { countReaders, lakeStatus } = await import('@flowfit/lake/maintenance/status');
  const status = await withLake(shell, options, async (lake) => {
    const readers = await countReaders(lake);
    const state = await lake.pin();
    try {
      return await lakeStatus(state, { isThorough: options.check === true, readers });
    } finally {
      await state.release();
    }
  });
  if (options.json) await shell.printJson(status);
  else await shell.print(formatStatus(status, shell));
  if (status.health.isWhole) return;
  throw new CliError('lake-damaged', `The lake ${shell.shownPath(status.lake)} is damaged.`, {
    remedy: 'Run "flowfit lake repair".',
  });
};

const addRepair = (lake: Command, shell: Shell): void => {
  lake
    .command('repair')
    .summary('take out what is damaged, so that it can be ingested again')
    .description(
      'Checks every byte, moves damaged files to set-aside/, forgets the objects that were in them, and rolls up what ' +
        'depends on them. Names the objects to ingest again.',
    )
    .addHelpText(
      'after',
      examples(['flowfit lake repair && flowfit ingest logs/', 'repairs, and brings back what was lost']),
    )
    .action((_: unknown, action: Command) => runRepair(shell, action.optsWithGlobals()));
};

const runRepair = async (shell: Shell, options: GlobalOptions): Promise<void> => {
  const { repairLake } = await import('@flowfit/lake/maintenance/repair');
  const report = await repairLake(shell.lakeDir(options), {
    now: shell.effects.now,
    spillTo: shell.spillTo(options),
    spillLimit: shell.spillLimit(options),
  });
  if (options.json) await shell.printJson(report);
  else await shell.print(formatRepair(report, shell));
};

interface PruneOptions extends GlobalOptions {
  readonly before: number;
  readonly dryRun?: boolean;
}

const addPrune = (lake: Command, shell: Shell): void => {
  lake
    .command('prune')
    .summary('take old days out of the lake')
    .description(
      'Deletes the records of all days before one, UTC, and what is derived from them. Says first which rules are judged ' +
        'otherwise without them. Captures of the inventory stay, and so does the ledger: what was pruned is not ingested again.',
    )
    .addOption(
      new Option('--before <day>', 'the first day that stays, YYYY-MM-DD or -90d')
        .argParser(readDay(shell))
        .makeOptionMandatory(),
    )
    .option('--dry-run', 'say what would go and what verdicts would lose, and delete nothing')
    .addHelpText('after', examples(['flowfit lake prune --before -90d --dry-run', 'what would be lost']))
    .action((_: unknown, action: Command) => runPrune(shell, action.optsWithGlobals<PruneOptions>()));
};

const runPrune = async (shell: Shell, { before, dryRun = false, ...options }: PruneOptions): Promise<void> => {
  const [{ pruneLake }, { finishRollUp }] = await Promise.all([
    import('@flowfit/lake/maintenance/prune'),
    import('@flowfit/lake/rollup/finish'),
  ]);
  const report = await withLake(shell, options, async (lake) => {
    await finishRollUp(lake);
    return await pruneLake(lake, before, { isDryRun: dryRun });
  });
  if (options.json) await shell.printJson(report);
  else await shell.print(formatPruning(report, shell));
};

const addCompact = (lake: Command, shell: Shell): void => {
  lake
    .command('compact')
    .summary('put many small files into few')
    .description('Puts the small files of each day together. What the lake says stays the same; it is asked faster.')
    .action((_: unknown, action: Command) => runCompact(shell, action.optsWithGlobals()));
};

const runCompact = async (shell: Shell, options: GlobalOptions): Promise<void> => {
  const { compactLake } = await import('@flowfit/lake/maintenance/compact');
  const report = await withLake(shell, options, (lake) => compactLake(lake));
  if (options.json) await shell.printJson(report);
  else await shell.print(formatCompaction(report));
};

const addExport = (lake: Command, shell: Shell): void => {
  lake
    .command('export')
    .argument('<folder>', 'a folder that is empty, or not there yet')
    .summary('copy the lake to another folder, also while a writer works')
    .description('Copies one state of the lake, checked, as a lake of its own.')
    .addHelpText('after', examples(['flowfit lake export /backup/lake', 'a backup']))
    .action((folder: string, _: unknown, action: Command) => runExport(shell, folder, action.optsWithGlobals()));
};

const runExport = async (shell: Shell, folder: string, options: GlobalOptions): Promise<void> => {
  const { exportLake } = await import('@flowfit/lake/maintenance/export');
  const report = await readLake(shell, options, (_, lake) => exportLake(lake, shell.path(folder)));
  if (options.json) await shell.printJson(report);
  else await shell.print(formatExport(report, shell));
};
