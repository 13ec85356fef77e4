/** How far a long command is: a bar on stderr with rate and time left, on a terminal only. */
import { SingleBar } from 'cli-progress';
import type { Output } from '../effects.ts';
import { formatBar } from './bar.ts';
import { formatBytes, formatCount, formatDuration } from './humanise.ts';

export interface Progress {
  readonly phase: string;
  /** Amount of work done and to do, in any unit. */
  readonly done: number;
  readonly total: number;
  readonly bytesDone?: number;
  readonly records: number;
  readonly seconds: number;
}

export interface ProgressBar {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };
const BAR_WIDTH = 24;

export const createProgressBar = (stderr: Output): ProgressBar => {
  if (stderr.isTTY !== true) return SILENT;
  const bar = new SingleBar({
    stream: stderr,
    hideCursor: true,
    clearOnComplete: true,
    format: (_options, _parameters, { progress }: { progress?: Progress }) =>
      progress === undefined ? '' : formatProgress(progress),
  });
  let started = false;
  return {
    update: (progress) => {
      if (!started) bar.start(1, 0, { progress });
      started = true;
      bar.update(0, { progress });
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
};

/** `█████▌        42 %  1,200,000 records  410,000/s  96.2 MiB  3 s left  read` */
export const formatProgress = ({ phase, done, total, bytesDone, records, seconds }: Progress): string => {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const parts = [
    `${formatBar(share, 1, BAR_WIDTH).padEnd(BAR_WIDTH)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    `${formatCount(records)} records`,
    ...(seconds > 0 ? [`${formatCount(Math.round(records / seconds))}/s`] : []),
    ...(bytesDone === undefined ? [] : [formatBytes(bytesDone)]),
    ...(share > 0 && share < 1 ? [`${formatDuration((seconds / share) * (1 - share))} left`] : []),
    phase,
  ];
  return parts.join('  ');
};
