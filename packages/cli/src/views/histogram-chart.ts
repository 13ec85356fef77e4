/** Traffic over time as bars of text: one line a bucket, accepted and rejected side by side. */
import type { Histogram, Measure } from '@flowfit/lake/queries/histogram';
import { formatBar } from '../output/bar.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from '../output/humanise.ts';
import { toOneLine } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { formatValue } from './value.ts';

const TIME_WIDTH = 'YYYY-MM-DD HH:MM:SS'.length;
const WIDEST_BAR = 60;
const NARROWEST_BAR = 10;
/** Values of a field that get a bar of their own; the rest is added up as "other". */
const MOST_SERIES = 6;

/** @param field what the series are values of */
export const formatHistogram = (histogram: Histogram, field: string, measure: Measure, shell: Shell): string => {
  if (histogram.rows.length === 0) return 'No record matches.';
  const series = seriesOf(histogram, field, measure);
  const times = timesOf(histogram);
  const totals = times.map((time) => sum(series.map(({ at }) => at.get(time) ?? 0)));
  const largest = Math.max(...totals);
  const format = measure === 'bytes' ? formatBytes : formatCount;
  const numberWidth = Math.max(measure.length, ...totals.map((total) => format(total).length));
  const barWidth = Math.min(WIDEST_BAR, Math.max(NARROWEST_BAR, shell.width - TIME_WIDTH - numberWidth - 4));
  const paints = paintsOf(series, shell);
  const lines = times.map((time, index) => {
    const bars = series.map(({ at }, n) =>
      paint(paints[n] as Paint, at.get(time) ?? 0, largest, barWidth, series.length),
    );
    return `${formatTime(time)}  ${format(totals[index] as number).padStart(numberWidth)}  ${bars.join('')}`.trimEnd();
  });
  const step = `${formatDuration(histogram.stepSeconds)} a line`;
  const legend = series.map(({ name, total }, n) => {
    const { style, cell } = paints[n] as Paint;
    return `${style(cell)} ${toOneLine(name)} ${format(total)}`;
  });
  const heading = `${'start (UTC)'.padEnd(TIME_WIDTH)}  ${measure.padStart(numberWidth)}  ${step}`;
  return [shell.colours.dim(heading), ...lines, '', legend.join('   ')].join('\n');
};

interface Series {
  readonly name: string;
  readonly total: number;
  readonly at: ReadonlyMap<number, number>;
}

/** How a series is drawn: by colour where there is any, else by density. */
interface Paint {
  readonly style: (text: string) => string;
  readonly cell: string;
}

/** Largest first. */
const seriesOf = ({ rows }: Histogram, field: string, measure: Measure): Series[] => {
  const byName = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const name = formatValue(field, row.series);
    const at = byName.get(name) ?? new Map<number, number>();
    at.set(row.time, (at.get(row.time) ?? 0) + row[measure]);
    byName.set(name, at);
  }
  const all = [...byName].map(([name, at]) => ({ name, at, total: sum([...at.values()]) }));
  all.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  if (all.length <= MOST_SERIES) return all;
  return [...all.slice(0, MOST_SERIES - 1), merge(all.slice(MOST_SERIES - 1))];
};

const merge = (series: readonly Series[]): Series => {
  const at = new Map<number, number>();
  for (const one of series) for (const [time, value] of one.at) at.set(time, (at.get(time) ?? 0) + value);
  return { name: `${formatCount(series.length)} others`, at, total: sum([...at.values()]) };
};

/** Every bucket from the first to the last with traffic, empty ones too. */
const timesOf = ({ rows, stepSeconds }: Histogram): number[] => {
  const times = rows.map(({ time }) => time);
  const first = Math.min(...times);
  const count = Math.round((Math.max(...times) - first) / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => first + index * stepSeconds);
};

/** Alone a series may use eighths of a cell; beside others only whole cells join without gaps. */
const paint = ({ style, cell }: Paint, value: number, largest: number, width: number, series: number): string => {
  if (series === 1) return style(formatBar(value, largest, width));
  return value === 0 ? '' : style(cell.repeat(Math.max(1, Math.round((value / largest) * width))));
};

const DENSITIES = ['█', '░', '▒', '▓', '◦', '·'] as const;

const paintsOf = (series: readonly Series[], { colours }: Shell): Paint[] => {
  const others = [colours.cyan, colours.magenta, colours.yellow, colours.blue, colours.green, colours.dim];
  return series.map(({ name }, index) => {
    const own = { ACCEPT: colours.green, REJECT: colours.red }[name];
    const style = own ?? (others[index % others.length] as Paint['style']);
    return { style, cell: colours.isColorSupported ? '█' : (DENSITIES[index % DENSITIES.length] as string) };
  });
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
