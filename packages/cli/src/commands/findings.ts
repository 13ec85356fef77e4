/** `flowfit findings`: what a person should look at, and what was set aside. */
import { applyDismissals, checkFindingExists } from '@flowfit/core/analysis/dismissals';
import { FINDING_KINDS, findAll, SEVERITIES } from '@flowfit/core/analysis/findings/registry';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import { type Command, Option } from 'commander';
import { withAnalysis } from '../analysis/analyse.ts';
import { CliError } from '../errors.ts';
import { examples } from '../help.ts';
import { withLake } from '../options/lake.ts';
import { type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { type FindingRow, formatFindings } from '../views/findings.ts';

interface FindingsOptions extends GlobalOptions, WindowOptions {
  readonly kind?: string;
  readonly severity?: (typeof SEVERITIES)[number];
  readonly dismissed?: boolean;
}

interface DismissOptions extends GlobalOptions, WindowOptions {
  readonly reason: string;
}

export const findingsCommand: Registration = (program, shell) => {
  const kinds = FINDING_KINDS.map(({ kind }) => kind);
  const findings = program
    .command('findings')
    .summary('what a person should look at')
    .description('Lists findings, the gravest first. Each has a stable id, evidence, and what to do about it.')
    .addOption(new Option('--kind <kind>', 'only findings of a kind').choices(kinds))
    .addOption(new Option('--severity <severity>', 'only findings of a severity').choices(SEVERITIES))
    .option('--dismissed', 'also those that were dismissed');
  withWindow(findings, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit findings --severity high', 'the gravest'],
        ['flowfit findings --kind unused-rule --json', 'for a program'],
        ['flowfit findings dismiss unused-rule:sgr-0123456789abcdef0 --reason "Disaster recovery"', 'set one aside'],
      ),
    )
    .action((_options: unknown, action: Command) => runFindings(shell, action.optsWithGlobals<FindingsOptions>()));
  const dismiss = findings
    .command('dismiss')
    .summary('set a finding aside, with the reason')
    .description(
      'Sets a finding aside. Name the window in which it was listed. Dismissals are in dismissals.json of the lake, a ' +
        'plain file to be reviewed.',
    )
    .argument('<id>', 'id of the finding')
    .requiredOption('--reason <text>', 'why nobody needs to act on it');
  withWindow(dismiss, shell).action((id: string, _options: unknown, action: Command) =>
    runDismiss(shell, id, action.optsWithGlobals<DismissOptions>()),
  );
  findings
    .command('restore')
    .summary('take a dismissal back')
    .description('Takes a dismissal back: the finding is listed again.')
    .argument('<id>', 'id of the finding')
    .action((id: string, _options: unknown, action: Command) =>
      runRestore(shell, id, action.optsWithGlobals<GlobalOptions>()),
    );
};

const runFindings = async (shell: Shell, options: FindingsOptions): Promise<void> =>
  await withAnalysis(shell, options, async (analysis, lake) => {
    const { loadDismissals } = await import('@flowfit/lake/findings');
    const { open, dismissed } = applyDismissals(findAll(analysis), await loadDismissals(lake));
    const isWanted = ({ finding }: FindingRow): boolean =>
      (options.kind === undefined || finding.kind === options.kind) &&
      (options.severity === undefined || finding.severity === options.severity);
    const aside: FindingRow[] = dismissed.filter(isWanted);
    const rows = [...open.map((finding) => ({ finding, dismissal: null })), ...(options.dismissed ? aside : [])].filter(
      isWanted,
    );
    const lacks = lacksOf(analysis.verdicts.rules, analysis.timeline, analysis.coverage);
    if (options.json) {
      const findings = rows.map(({ finding, dismissal }) => ({ ...finding, dismissed: dismissal }));
      await shell.printJson({ schema: 'flowfit.findings/1', lacks, findings });
    } else {
      await shell.print(formatFindings(rows, options.dismissed ? 0 : aside.length, lacks, shell));
    }
  });

const runDismiss = async (shell: Shell, id: string, options: DismissOptions): Promise<void> => {
  if (options.reason.trim() === '') {
    throw new CliError('reason-empty', 'The reason is empty.', {
      remedy: 'Say why nobody needs to act on it.',
      exitCode: 2,
    });
  }
  const { dismiss, loadDismissals } = await import('@flowfit/lake/findings');
  const dismissal = { id, reason: options.reason.trim(), at: shell.effects.now().toISOString() };
  await withAnalysis(shell, options, async (analysis, state, lake) => {
    checkFindingExists(id, findAll(analysis), await loadDismissals(state));
    await dismiss(lake, dismissal);
  });
  if (options.json) await shell.printJson({ schema: 'flowfit.dismissal/1', id, dismissed: dismissal });
  else await shell.print(`Dismissed ${id}.`);
};

const runRestore = async (shell: Shell, id: string, options: GlobalOptions): Promise<void> => {
  const { loadDismissals, restore } = await import('@flowfit/lake/findings');
  await withLake(shell, options, async (lake) => {
    const dismissals = await loadDismissals(lake);
    if (!dismissals.some((dismissal) => dismissal.id === id)) {
      throw new CliError('not-dismissed', `The finding ${id} is not dismissed.`, {
        remedy: '"flowfit findings --dismissed" lists those that are.',
      });
    }
    await restore(lake, id);
  });
  if (options.json) await shell.printJson({ schema: 'flowfit.dismissal/1', id, dismissed: null });
  else await shell.print(`Restored ${id}.`);
};
