/** `flowfit histogram`: traffic over time. */
import type { Histogram, Measure } from '@flowfit/lake/queries/histogram';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples } from '../help.ts';
import { readField } from '../options/field.ts';
import { readLake } from '../options/lake.ts';
import { wholeNumber } from '../options/number.ts';
import { toSelection, type WhereOptions, withWhere } from '../options/where.ts';
import { toIso } from '../output/humanise.ts';
import type { GlobalOptions, Registration, Shell } from '../shell.ts';
import { formatHistogram } from '../views/histogram-chart.ts';

interface HistogramOptions extends GlobalOptions, WhereOptions {
  readonly buckets?: number;
  readonly step?: number;
  readonly by?: string;
  readonly measure: Measure;
}

export const histogramCommand: Registration = (program, shell) => {
  const command = program
    .command('histogram')
    .summary('traffic over time')
    .description('Adds up flows, packets and bytes by time, accepted and rejected apart.')
    .option('--buckets <n>', 'about how many buckets (default: 48)', wholeNumber(1, 10_000))
    .option('--step <duration>', 'length of a bucket: 60s, 5m, 1h, 1d', readStep)
    .option('--by <field>', 'a series for each value of a field (default: action)', readField)
    .addOption(
      new Option('--measure <measure>', 'what the bars show').choices(['flows', 'packets', 'bytes']).default('flows'),
    );
  withWhere(command, shell)
    .addHelpText(
      'after',
      examples(
        ['flowfit histogram --from 2026-06-01 --to 2026-06-02 --step 1h', 'a day by the hour'],
        ["flowfit histogram --where 'dstport = 22' --measure bytes", 'bytes of SSH over time'],
        ['flowfit histogram --by direction --json', 'series of another field, for a program'],
      ),
    )
    .action((_options: unknown, action: Command) => runHistogram(shell, action.optsWithGlobals<HistogramOptions>()));
};

const runHistogram = async (shell: Shell, options: HistogramOptions): Promise<void> => {
  const { queryHistogram } = await import('@flowfit/lake/queries/histogram');
  const { step, by } = options;
  const buckets = options.buckets ?? (step === undefined ? 48 : undefined);
  const histogram = await readLake(shell, options, (lake) =>
    queryHistogram(lake, {
      ...toSelection(options),
      ...(buckets === undefined ? {} : { buckets }),
      ...(step === undefined ? {} : { stepSeconds: step }),
      ...(by === undefined ? {} : { by }),
    }),
  );
  if (options.json) await shell.printJson(toDocument(histogram, by ?? 'action'));
  else await shell.print(formatHistogram(histogram, by ?? 'action', options.measure, shell));
};

const toDocument = ({ stepSeconds, from, to, rows }: Histogram, field: string) => ({
  schema: 'flowfit.histogram/1',
  field,
  stepSeconds,
  window: { from: from === null ? null : toIso(from), to: to === null ? null : toIso(to) },
  rows: rows.map((row) => ({ ...row, time: toIso(row.time) })),
});

const STEP_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const readStep = (text: string): number => {
  const match = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Not a duration. Write 60s, 5m, 1h or 1d.');
  return Number(match[1]) * (STEP_UNITS[match[2] as string] as number);
};
