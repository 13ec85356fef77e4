/** `flowfit groups`: every security group with its verdict. */
import { toGroupDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { GroupVerdict } from '@flowfit/core/analysis/verdict';
import { type Command, Option } from 'commander';
import { withAnalysis } from '../analysis/analyse.ts';
import { examples } from '../help.ts';
import { type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatGroups } from '../views/groups.ts';

interface GroupsOptions extends GlobalOptions, WindowOptions {
  readonly verdict?: GroupVerdict['verdict'];
}

export const groupsCommand: Registration = (program, shell) => {
  const command = program
    .command('groups')
    .summary('which security groups are in use')
    .description(
      'Judges every security group of the newest inventory: active (a rule of it admitted traffic), silent (none did), ' +
        'or unattached (no interface has it). References from other groups are listed.',
    )
    .addOption(
      new Option('--verdict <verdict>', 'only groups with a verdict').choices(['active', 'silent', 'unattached']),
    );
  withWindow(command, shell)
    .addHelpText('after', examples(['flowfit groups --verdict unattached', 'groups that no interface has']))
    .action((_options: unknown, action: Command) => runGroups(shell, action.optsWithGlobals<GroupsOptions>()));
};

const runGroups = async (shell: Shell, options: GroupsOptions): Promise<void> =>
  await withAnalysis(shell, options, async ({ verdicts, timeline, coverage }) => {
    const groups = verdicts.groups
      .filter(({ verdict }) => options.verdict === undefined || verdict === options.verdict)
      .map(toGroupDocument);
    const lacks = lacksOf(verdicts.rules, timeline, coverage);
    if (options.json) await shell.printJson({ schema: 'flowfit.groups/1', lacks, groups });
    else await shell.print(formatGroups(groups, lacks, shell));
  });
