/** `flowfit rules`: every security-group rule with its verdict. */
import { toRuleDocument, toWindowDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import { type Command, Option } from 'commander';
import { withAnalysis } from '../analysis/analyse.ts';
import { findGroups } from '../analysis/lookup.ts';
import { examples } from '../help.ts';
import { type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatRules } from '../views/rules.ts';

interface RulesOptions extends GlobalOptions, WindowOptions {
  readonly group?: string;
  readonly verdict?: RuleVerdict['verdict'];
}

export const rulesCommand: Registration = (program, shell) => {
  const command = program
    .command('rules')
    .summary('which rules the traffic used')
    .description(
      'Judges every rule of the newest inventory: used (it admitted a connection), unused (it admitted none, and was ' +
        'watched all the time), or undecided, with the reasons and what would decide it. A rule that admitted traffic is ' +
        'never called unused.',
    )
    .option('--group <group>', 'only rules of a group, by id or name')
    .addOption(new Option('--verdict <verdict>', 'only rules with a verdict').choices(['used', 'unused', 'undecided']));
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit rules --verdict unused', 'what could go'],
        ['flowfit rules --group web --from -30d', 'one group, the last 30 days'],
        ['flowfit rules --json | jq \'.rules[] | select(.verdict == "unused") | .ruleId\'', 'for a program'],
      ),
    )
    .action((_options: unknown, action: Command) => runRules(shell, action.optsWithGlobals<RulesOptions>()));
};

const runRules = async (shell: Shell, options: RulesOptions): Promise<void> =>
  await withAnalysis(shell, options, async ({ snapshot, verdicts, timeline, coverage }) => {
    const { group, verdict } = options;
    const groupIds = group === undefined ? null : new Set(findGroups(snapshot.groups, group).map(({ id }) => id));
    const rules = verdicts.rules
      .filter((rule) => groupIds === null || groupIds.has(rule.group.id))
      .filter((rule) => verdict === undefined || rule.verdict === verdict)
      .map(toRuleDocument);
    const window = toWindowDocument(coverage.window);
    const lacks = lacksOf(verdicts.rules, timeline, coverage);
    if (options.json) await shell.printJson({ schema: 'flowfit.rules/1', window, lacks, rules });
    else await shell.print(formatRules(rules, window, lacks, shell));
  });
