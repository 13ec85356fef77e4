/** `flowfit top`: the most frequent values of a field. */
import type { Measure, TopRow } from '@flowfit/lake/queries/top';
import { Argument, type Command, Option } from 'commander';
import { isGeographyField, noteAttribution } from '../geography.ts';
import { examples } from '../help.ts';
import { readField } from '../options/field.ts';
import { readLake } from '../options/lake.ts';
import { wholeNumber } from '../options/number.ts';
import { toSelection, type WhereOptions, withWhere } from '../options/where.ts';
import { formatBar } from '../output/bar.ts';
import { formatBytes, formatCount } from '../output/humanise.ts';
import { formatTable } from '../output/table.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatValue } from '../views/value.ts';

const MEASURES: readonly Measure[] = ['flows', 'packets', 'bytes'];

interface TopOptions extends GlobalOptions, WhereOptions {
  readonly limit: number;
  readonly by: Measure;
}

export const topCommand: Registration = (program, shell) => {
  const command = program
    .command('top')
    .summary('the most frequent values of a field')
    .description('Counts flows, packets and bytes by the values of a field, and shows the largest.')
    .addArgument(new Argument('<field>', 'a field of the record or one that was added').argParser(readField))
    .option('--limit <n>', 'how many values', wholeNumber(1, 100_000), 10)
    .addOption(new Option('--by <measure>', 'what is counted').choices(MEASURES).default('flows'));
  withWhere(command, shell)
    .addHelpText(
      'after',
      examples(
        ["flowfit top srcaddr --where 'action = REJECT'", 'who is turned away most'],
        ['flowfit top service-port --by bytes', 'which services carry the bytes'],
        ["flowfit top source-country-name --where 'direction = inbound' --from -7d", 'where traffic came from lately'],
        ['flowfit top security-group-ids --json', 'traffic by security group, for a program'],
      ),
    )
    .action((field: string, _options: unknown, action: Command) =>
      runTop(shell, field, action.optsWithGlobals<TopOptions>()),
    );
};

const runTop = async (shell: Shell, field: string, options: TopOptions): Promise<void> => {
  const { queryTop } = await import('@flowfit/lake/queries/top');
  const { limit, by } = options;
  const rows = await readLake(shell, options, (lake) => queryTop(lake, { field, limit, by, ...toSelection(options) }));
  if (options.json) await shell.printJson({ schema: 'flowfit.top/1', field, rows });
  else {
    await shell.print(formatTop(rows, field, by, shell));
    if (isGeographyField(field) && rows.some(({ value }) => value !== null)) await noteAttribution(shell);
  }
};

const BAR_WIDTH = 20;

export const formatTop = (rows: readonly TopRow[], field: string, by: Measure, { colours, width }: Shell): string => {
  if (rows.length === 0) return 'No record matches.';
  const largest = Math.max(...rows.map((row) => row[by]));
  return formatTable(
    rows,
    [
      { heading: field, cell: ({ value }) => formatValue(field, value), shrinks: true },
      { heading: 'flows', align: 'right', cell: ({ flows }) => formatCount(flows) },
      { heading: 'packets', align: 'right', cell: ({ packets }) => formatCount(packets) },
      { heading: 'bytes', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
      {
        heading: `by ${by}`,
        cell: (row) => formatBar(row[by], largest, BAR_WIDTH),
        style: (text) => colours.cyan(text),
      },
    ],
    { colours, width },
  );
};
