/** `flowfit demo`: a ready example, and what to type next. */
import type { Command } from 'commander';
import { demoReport } from '../demo/report.ts';
import { ensureSample } from '../demo/sample.ts';
import { openGeography } from '../geography.ts';
import { examples } from '../help.ts';
import { readLake } from '../options/lake.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatDemo } from '../views/demo.ts';
import { runServe } from './serve.ts';

interface DemoOptions extends GlobalOptions {
  readonly serve: boolean;
}

/** Apart from the default lake, so that one's own logs never meet the sample. */
const DEMO_LAKE = 'flowfit-lake-demo';

export const demoCommand: Registration = (program, shell) => {
  program
    .command('demo')
    .summary('a ready example, and what to do next')
    .description(
      'Simulates an AWS account on first use, reads its flow logs and inventory into a lake of its own ' +
        `(default: $FLOWFIT_LAKE, else ./${DEMO_LAKE}), and shows what is in it. On a terminal it opens the web app then.`,
    )
    .option('--no-serve', 'print the summary and end')
    .addHelpText(
      'after',
      examples(['flowfit demo', 'the example'], ['flowfit demo --no-serve --json', 'for a program']),
    )
    .action((_options: unknown, action: Command) => runDemo(shell, action.optsWithGlobals<DemoOptions>()));
};

const runDemo = async (shell: Shell, options: DemoOptions): Promise<void> => {
  const lakeDir = shell.path(options.lake ?? (shell.effects.env.FLOWFIT_LAKE || DEMO_LAKE));
  await ensureSample(shell, lakeDir);
  const report = await readLake(shell, { lake: lakeDir }, demoReport);
  if (options.json) return await shell.printJson(report);
  await shell.print(formatDemo(report, (await openGeography()).info, shell));
  // A script that runs the demo wants it to end.
  if (options.serve && shell.effects.stdout.isTTY === true) await runServe(shell, { lake: lakeDir });
};
