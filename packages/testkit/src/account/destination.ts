/** Which file a record goes to: names as AWS gives them to log files in S3, or plain numbered ones. */
import type { Host, Site } from './host.ts';
import type { Window } from './sink.ts';

export type LogLayout =
  /** `logs/flow-00001.log.gz`, … */
  | 'files'
  /** `AWSLogs/{account}/vpcflowlogs/{region}/{YYYY}/{MM}/{DD}/…` */
  | 'awslogs'
  /** `AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/…` */
  | 'hive';

/** AWS's files hold what ended within five minutes. */
const SLOT_SECONDS = 300;

export interface DestinationOptions {
  readonly layout: LogLayout;
  /** Ending of the file names, such as `.log.gz`. */
  readonly extension: string;
  /** Files side by side: AWS may write several per slot. */
  readonly parallelFiles: number;
  /** Plain files are closed at this size. */
  readonly recordsPerFile: number;
}

/** Slot of a window: all its records end in it. Plain files have none. */
export const slotOf = (window: Window, layout: LogLayout): number =>
  layout === 'files' ? 0 : Math.floor(window.end / SLOT_SECONDS);

/** No record of this time or later goes to a slot before this one. */
export const oldestSlotAt = (seconds: number, layout: LogLayout): number =>
  layout === 'files' ? 0 : Math.floor(seconds / SLOT_SECONDS);

export const shardOf = (host: Host, { parallelFiles }: DestinationOptions): number => host.index % parallelFiles;

/** Path below the directory of the logs; `turn` counts the files, so that no two have the same. */
export function pathOf(options: DestinationOptions, site: Site, slot: number, turn: number): string {
  const { layout, extension } = options;
  if (layout === 'files') return `flow-${String(turn + 1).padStart(5, '0')}${extension}`;
  const iso = new Date(slot * SLOT_SECONDS * 1000).toISOString();
  const [year, month, day] = iso.slice(0, 10).split('-');
  const time = `${iso.slice(0, 10).replaceAll('-', '')}T${iso.slice(11, 16).replace(':', '')}Z`;
  const { accountId, region } = site;
  const file = `${accountId}_vpcflowlogs_${region}_fl-0123456789abcdef${site.index}_${time}_${hashOf(turn)}${extension}`;
  const folder =
    layout === 'hive'
      ? `AWSLogs/aws-account-id=${accountId}/aws-service=vpcflowlogs/aws-region=${region}/year=${year}/month=${month}/day=${day}`
      : `AWSLogs/${accountId}/vpcflowlogs/${region}/${year}/${month}/${day}`;
  return `${folder}/${file}`;
}

/** Eight hexadecimal digits, different for every number, that tell apart the files of one slot as AWS's do. */
function hashOf(turn: number): string {
  const mixed = Math.imul(turn + 1, 0x9e3779b1);
  return ((mixed ^ (mixed >>> 15)) >>> 0).toString(16).padStart(8, '0');
}
