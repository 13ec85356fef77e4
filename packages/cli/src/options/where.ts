/** `--where FILTER`, `--from T`, `--to T`: which part of the traffic a command looks at. */
import { parseFilter } from '@flowfit/core/filter/parse';
import type { Filter } from '@flowfit/core/filter/tree';
import type { Command } from 'commander';
import { type CliError, usageError } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseTime, TIME_SYNTAX } from './time.ts';

export interface WindowOptions {
  /** Unix seconds; the window holds `from` and ends before `to`. */
  readonly from?: number;
  readonly to?: number;
}

export interface WhereOptions extends WindowOptions {
  readonly where?: Filter;
}

/** Adds `--from` and `--to`. */
export const withWindow = (command: Command, { effects }: Shell): Command =>
  command
    .option('--from <time>', `begin of the window: ${TIME_SYNTAX}`, (text) => parseTime(text, effects.now))
    .option('--to <time>', 'end of the window, itself not in it', (text) => parseTime(text, effects.now))
    .hook('preAction', (_program, action) => checkWindow(action.opts<WindowOptions>()));

/** Adds `--where`, `--from` and `--to`. */
export const withWhere = (command: Command, shell: Shell): Command =>
  withWindow(command.option('--where <filter>', 'only records for which the filter holds', readFilter), shell);

/** What queries take: absent parts are left out. */
export const toSelection = ({ where, from, to }: WhereOptions) => ({
  ...(where === undefined ? {} : { filter: where }),
  ...toWindow({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
});

export const toWindow = ({ from, to }: WindowOptions) => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

const readFilter = (text: string): Filter => {
  const parsed = parseFilter(text);
  if (parsed.ok) return parsed.tree;
  throw filterError(text, parsed.error);
};

/** Shows the place: the filter, and a mark below what is wrong. */
const filterError = (text: string, error: { column: number; length: number; message: string }): CliError => {
  const line = text.replace(/[\t\r\n]/g, ' ');
  const mark = `${' '.repeat(error.column - 1)}${'^'.repeat(Math.max(1, error.length))}`;
  return usageError('filter', `column ${error.column}: ${error.message}`, `${line}\n${mark}`);
};

const checkWindow = ({ from, to }: WindowOptions): void => {
  if (from === undefined || to === undefined || from < to) return;
  throw usageError('window-empty', '--from is not before --to.', 'The window holds --from and ends before --to.');
};
