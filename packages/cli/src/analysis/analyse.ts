/** Analysis for one command: the lake is checked first, so that an empty answer is never a silent one. */

import type { Analysis } from '@flowfit/lake/analysis';
import type { Lake } from '@flowfit/lake/lake';
import type { Overview } from '@flowfit/lake/queries/summary';
import type { LakeState } from '@flowfit/lake/state';
import { CliError } from '../errors.ts';
import { readLake } from '../options/lake.ts';
import { toWindow, type WindowOptions } from '../options/where.ts';
import { formatTime } from '../output/humanise.ts';
import type { GlobalOptions, Shell } from '../shell.ts';

/**
 * Analyses the window and hands the result to `work`, while the lake is open.
 *
 * @throws CliError `lake-empty`, `inventory-none`, `window-outside`
 */
export const withAnalysis = async <T>(
  shell: Shell,
  options: GlobalOptions & WindowOptions,
  work: (analysis: Analysis, state: LakeState, lake: Lake) => Promise<T>,
): Promise<T> => {
  const { analyse } = await import('@flowfit/lake/analysis');
  return await withEvidence(shell, options, async (state, lake) =>
    work(await analyse(state, toWindow(options)), state, lake),
  );
};

/**
 * Opens a lake that has records of the window and an inventory.
 *
 * @throws CliError `lake-empty`, `inventory-none`, `window-outside`
 */
export const withEvidence = async <T>(
  shell: Shell,
  options: GlobalOptions & WindowOptions,
  work: (state: LakeState, lake: Lake) => Promise<T>,
): Promise<T> => {
  const { queryOverview } = await import('@flowfit/lake/queries/summary');
  return await readLake(shell, options, async (state, lake) => {
    const overview = await queryOverview(state);
    checkContents(overview, shell.shownPath(state.dir));
    checkWindow(overview, options);
    await warnOfMissingTime(shell, overview);
    return await work(state, lake);
  });
};

const checkContents = ({ records, inventory }: Overview, lake: string): void => {
  if (records.stored + records.noData + records.skipData === 0) {
    throw new CliError('lake-empty', `The lake ${lake} holds no records.`, {
      remedy: 'Read some with "flowfit ingest PATH…".',
    });
  }
  if (inventory === null) {
    throw new CliError('inventory-none', `The lake ${lake} has no inventory, so it knows no rules.`, {
      remedy: 'Add one with "flowfit inventory add PATH": docs/how-to/get-logs-and-inventory.md.',
    });
  }
};

/** Records without time may be of any window: they prove nothing, and beside them nothing can be called unused. */
const warnOfMissingTime = async (shell: Shell, { from }: Overview): Promise<void> => {
  if (from !== null) return;
  await shell.note(
    `${shell.errorColours.yellow('warning[records-without-time]:')} no record of the lake tells its time, so that no ` +
      'rule can be called used or unused. Add "start" to the format of the flow log, and ingest logs of that format.',
  );
};

const checkWindow = ({ from, to }: Overview, window: WindowOptions): void => {
  if (from === null || to === null) return;
  const isOutside = (window.from !== undefined && window.from > to) || (window.to !== undefined && window.to <= from);
  if (!isOutside) return;
  throw new CliError('window-outside', 'The lake has no records in this window.', {
    remedy: `It holds ${formatTime(from)} to ${formatTime(to)} UTC.`,
  });
};
