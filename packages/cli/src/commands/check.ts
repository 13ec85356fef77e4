/** `flowfit check`: the gate in CI. What would a plan do to the traffic that was observed? */
import { type Checked, isPassed, toCheckDocument } from '@flowfit/core/plan/document';
import { FAILING_KINDS, gateOf } from '@flowfit/core/plan/gate';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withEvidence } from '../analysis/analyse.ts';
import { EXIT, usageError } from '../errors.ts';
import { examples } from '../help.ts';
import { writeNamed } from '../named-file.ts';
import { toWindow, type WindowOptions, withWindow } from '../options/where.ts';
import { type PlanFiles, readPlanFile, withPlanContext } from '../plan/plan-file.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatGithub } from '../views/check/github.ts';
import { formatJunit } from '../views/check/junit.ts';
import { formatMarkdown } from '../views/check/markdown.ts';
import { formatSarif } from '../views/check/sarif.ts';
import { formatCheck } from '../views/check/table.ts';

const FORMATS: Readonly<Record<string, (checked: Checked, shell: Shell) => string>> = {
  table: formatCheck,
  json: (checked) => `${JSON.stringify(toCheckDocument(checked), null, 2)}\n`,
  sarif: formatSarif,
  junit: formatJunit,
  github: formatGithub,
  markdown: formatMarkdown,
};

interface CheckOptions extends GlobalOptions, WindowOptions, PlanFiles {
  readonly format?: string;
  readonly output?: string;
  readonly failOn: readonly string[];
}

export const checkCommand: Registration = (program, shell) => {
  const command = program
    .command('check')
    .summary('what a Terraform or CloudFormation plan would cut')
    .description(
      'Applies a plan to the newest inventory and replays the observed traffic. Reads the JSON of "terraform show -json" ' +
        'and "tofu show -json", CloudFormation templates (JSON or YAML) and change sets. Exits with 3 if the plan would ' +
        'cut observed traffic, or does what else --fail-on names.',
    )
    .requiredOption('--plan <file>', 'the plan');
  withPlanContext(command)
    .option('--fail-on <kinds>', `what to exit with 3 for: ${FAILING_KINDS.join(', ')}, by commas`, readKinds, ['cut'])
    .addOption(new Option('--format <format>', 'how to write it (default: table)').choices(Object.keys(FORMATS)))
    .option('--output <file>', 'write to this file');
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['terraform show -json plan.out > plan.json && flowfit check --plan plan.json', 'before you apply it'],
        ['flowfit check --plan plan.json --fail-on cut,open --format github', 'in GitHub Actions'],
        ['flowfit check --plan template.yaml --stack web --format markdown', 'for a pull request'],
      ),
    )
    .action((_options: unknown, action: Command) => runCheck(shell, action.optsWithGlobals<CheckOptions>()));
};

const readKinds = (text: string): readonly string[] => {
  const kinds = text.split(',').map((kind) => kind.trim());
  const known: readonly string[] = FAILING_KINDS;
  const wrong = kinds.find((kind) => !known.includes(kind));
  if (wrong === undefined) return [...new Set(kinds)];
  throw new InvalidArgumentError(`"${wrong}" is none of ${known.join(', ')}.`);
};

const runCheck = async (shell: Shell, options: CheckOptions): Promise<void> => {
  const format = formatOf(options);
  await withEvidence(shell, options, async (state) => {
    const [{ newestInventory }, { replayLake }, { directoryOf }] = await Promise.all([
      import('@flowfit/lake/observed'),
      import('@flowfit/lake/replay'),
      import('@flowfit/server/directory'),
    ]);
    const read = await readPlanFile(shell, options, newestInventory(state));
    const { replay, window, today, pendingDays } = await replayLake(state, toWindow(options), read.change);
    if (pendingDays > 0) await shell.note(`${shell.errorColours.yellow('warning[roll-up-pending]:')} ${PENDING}`);
    const directory = await directoryOf(state);
    const gate = gateOf(read, replay, today, (text) => directory.nameOf(text) ?? directory.ownerOf(text));
    const checked: Checked = { plan: options.plan, window, read, replay, gate, failOn: options.failOn };
    await give(shell, options, format, checked);
    if (!isPassed(checked)) shell.exitCode = EXIT.notAsItShouldBe;
  });
};

const PENDING =
  'some days have records that are not rolled up yet, since another command writes to the lake: they were not looked at.';

const formatOf = ({ json, format }: CheckOptions): string => {
  if (json && format !== undefined && format !== 'json') {
    throw usageError(
      'check-format',
      `--json and --format ${format} ask for different things.`,
      'Leave one of them out.',
    );
  }
  return format ?? (json ? 'json' : 'table');
};

const give = async (shell: Shell, { output }: CheckOptions, format: string, checked: Checked): Promise<void> => {
  if (output === undefined) {
    if (format === 'json') await shell.printJson(toCheckDocument(checked));
    else await shell.print((FORMATS[format] as (typeof FORMATS)[string])(checked, shell));
    return;
  }
  await writeNamed(shell, output, {
    what: 'The result',
    text: (FORMATS[format] as (typeof FORMATS)[string])(checked, shell),
    remedy: 'Name another file with --output, or leave it out to write to stdout.',
  });
};
