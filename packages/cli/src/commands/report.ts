/** `flowfit report`: groups, rules, findings and traffic as a file to send. */
import { type Command, Option } from 'commander';
import { withAnalysis } from '../analysis/analyse.ts';
import { openGeography } from '../geography.ts';
import { examples } from '../help.ts';
import { writeNamed } from '../named-file.ts';
import { toWindow, type WindowOptions, withWindow } from '../options/where.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { VERSION } from '../version.ts';

interface ReportOptions extends GlobalOptions, WindowOptions {
  readonly html?: boolean;
  readonly markdown?: boolean;
  readonly csv?: boolean;
  readonly output?: string;
}

export const reportCommand: Registration = (program, shell) => {
  const command = program
    .command('report')
    .summary('a file to send')
    .description(
      'Writes groups, rules, findings and traffic as one document: HTML that needs nothing else (default), Markdown, ' +
        'or the rules as CSV. It goes to stdout, or to a file with --output.',
    )
    .addOption(new Option('--html', 'one self-contained HTML file').conflicts(['markdown', 'csv']))
    .addOption(new Option('--markdown', 'Markdown, for tickets and wikis').conflicts(['html', 'csv']))
    .addOption(new Option('--csv', 'the rules with their verdicts as CSV').conflicts(['html', 'markdown']))
    .option('--output <file>', 'write to this file');
  withWindow(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit report --output report.html', 'for a person without the app'],
        ['flowfit report --markdown --from -7d', 'the last week, for a ticket'],
        ['flowfit report --csv > rules.csv', 'rules and verdicts for a spreadsheet'],
      ),
    )
    .action((_options: unknown, action: Command) => runReport(shell, action.optsWithGlobals<ReportOptions>()));
};

const runReport = async (shell: Shell, options: ReportOptions): Promise<void> =>
  await withAnalysis(shell, options, async (analysis, lake) => {
    const { renderReport } = await import('@flowfit/server/report/render');
    const { name, buildDate, attribution, link } = (await openGeography()).info;
    const text = await renderReport(lake, analysis, {
      format: options.csv ? 'csv' : options.markdown ? 'markdown' : 'html',
      version: VERSION,
      notices: [{ name, buildDate, attribution: attribution ?? `Geography from ${name}`, url: link }],
      ...toWindow(options),
    });
    if (options.output === undefined) await shell.write(text);
    else {
      await writeNamed(shell, options.output, {
        what: 'The report',
        text,
        remedy: 'Name another file with --output, or leave it out to write to stdout.',
      });
    }
  });
