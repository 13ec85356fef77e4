/** `flowfit inventory`: what the account looked like, capture by capture. */

import { summariseInventory } from '@flowfit/core/inventory/summary';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import type { Lake } from '@flowfit/lake/lake';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { examples } from '../help.ts';
import { formatProblems } from '../inventory/problem-lines.ts';
import { readSnapshots } from '../inventory/snapshots.ts';
import { readLake, withLake } from '../options/lake.ts';
import { parseTime, TIME_SYNTAX } from '../options/time.ts';
import { toIso } from '../output/humanise.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatAddedCaptures, formatInventory } from '../views/inventory.ts';
import { captureCommand } from './inventory-capture.ts';

interface AddOptions extends GlobalOptions {
  readonly at?: number;
  readonly strict?: boolean;
}

interface ShowOptions extends GlobalOptions {
  readonly at?: number;
}

export const inventoryCommand: Registration = (program, shell) => {
  const inventory = program
    .command('inventory')
    .summary('interfaces, security groups and rules over time')
    .description('Adds captures of the account to the lake and shows what they hold.');
  addCommand(inventory, shell);
  showCommand(inventory, shell);
  captureCommand(inventory, shell);
};

const addCommand = (inventory: Command, shell: Shell): void => {
  inventory
    .command('add')
    .summary("add the AWS CLI's JSON to the lake")
    .description(
      "Reads what the AWS CLI's describe commands print, recognised by content, and adds it as a capture. Records that " +
        'are in the lake are given its facts. Folders named after a time, such as 2026-06-01T0800Z, are captures of it.',
    )
    .argument('<path...>', 'files or directories')
    .option(
      '--at <time>',
      `when it was captured (default: the folder's name, else its newest file): ${TIME_SYNTAX}`,
      (text) => parseTime(text, shell.effects.now),
    )
    .option('--strict', 'exit with 3 when a file could not be read as a whole')
    .addHelpText(
      'after',
      examples(
        ['flowfit inventory add inventory/2026-06-01', 'a capture of the time that its folder names'],
        ['flowfit inventory add inventory --at 2026-06-01T08:00Z', 'a capture of a given time'],
      ),
    )
    .action((paths: string[], _options: unknown, action: Command) =>
      runAdd(shell, paths, action.optsWithGlobals<AddOptions>()),
    );
};

const runAdd = async (shell: Shell, paths: readonly string[], options: AddOptions): Promise<void> => {
  const { snapshots, captures, problems } = await readSnapshots(paths, options.at);
  const [{ storeSnapshots }, { rollUp }] = await Promise.all([
    import('@flowfit/lake/inventory/store'),
    import('@flowfit/lake/rollup/roll-up'),
  ]);
  const addAll = (lake: Lake) =>
    lake.write(async () => {
      await storeSnapshots(lake, snapshots);
      // Once for all of them: it may touch every day of the lake.
      await rollUp(lake);
    });
  await withLake(shell, options, addAll, { create: true });
  if (options.json) await shell.printJson({ schema: 'flowfit.inventory-add/1', captures, problems });
  else {
    for (const line of formatProblems(problems, shell.errorColours)) await shell.note(line);
    await shell.print(formatAddedCaptures(captures, shell));
  }
  if (options.strict && problems.length > 0) shell.exitCode = EXIT.notAsItShouldBe;
};

const showCommand = (inventory: Command, shell: Shell): void => {
  inventory
    .command('show')
    .summary('show what the inventory holds and lacks')
    .description('Shows the captures in the lake, the account as they tell it, and what is missing for firm verdicts.')
    .option('--at <time>', `as of a time (default: the newest capture): ${TIME_SYNTAX}`, (text) =>
      parseTime(text, shell.effects.now),
    )
    .addHelpText('after', examples(['flowfit inventory show --at 2026-06-01', 'the account on a day']))
    .action((_options: unknown, action: Command) => runShow(shell, action.optsWithGlobals<ShowOptions>()));
};

const runShow = async (shell: Shell, options: ShowOptions): Promise<void> => {
  const { loadSnapshots } = await import('@flowfit/lake/inventory/store');
  const timeline = createTimeline(await readLake(shell, options, async (lake) => loadSnapshots(lake)));
  const captures = timeline.epochs.map(toIso);
  const at = options.at ?? timeline.epochs.at(-1);
  const summary = at === undefined ? null : summariseInventory(timeline.snapshotAt(at));
  if (options.json) await shell.printJson({ schema: 'flowfit.inventory-show/1', captures, inventory: summary });
  else await shell.print(formatInventory(captures, summary, shell));
};
