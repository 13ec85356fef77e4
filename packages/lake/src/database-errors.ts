/** What DuckDB says when it has no more room, as errors that say what to do. */
import { FlowfitError } from '@flowfit/core/errors';

export interface Room {
  /** Folder that DuckDB spills into. */
  readonly spill: string;
  /** Bytes; null without a limit of ours. */
  readonly spillLimit: number | null;
  /** In DuckDB's notation. */
  readonly memoryLimit: string;
}

/** Other errors stay as they are. */
export const toDatabaseError = (error: unknown, { spill, spillLimit, memoryLimit }: Room): unknown => {
  if (!(error instanceof Error) || error instanceof FlowfitError) return error;
  const { message } = error;
  const isOutOfMemory = /^Out of Memory Error/.test(message);
  const isSpillFull = /no space left|ENOSPC|EDQUOT|quota/i.test(message) && message.includes(spill);
  if (isSpillFull || (isOutOfMemory && message.includes('max_temp_directory_size'))) {
    const limit = spillLimit === null ? 'as its disk has' : formatSize(spillLimit);
    return new FlowfitError(
      'temp-full',
      `What does not fit into memory does not fit into ${spill} either, which may take ${limit}. ` +
        'Name a folder with more room with --temp or $FLOWFIT_TEMP, or let it take more with --temp-limit or $FLOWFIT_TEMP_LIMIT.',
      { cause: error },
    );
  }
  if (isOutOfMemory || /could not allocate block/i.test(message)) {
    return new FlowfitError(
      'memory-full',
      `The ${memoryLimit} of memory that the database may take are not enough for this. ` +
        'Ask about less at a time (--from, --to, --where), or ingest fewer files at a time.',
      { cause: error },
    );
  }
  return error;
};

/** As people would write it for --temp-limit. */
const formatSize = (bytes: number): string => {
  const [size, unit] = (
    [
      [1e9, 'GB'],
      [1e6, 'MB'],
      [1e3, 'kB'],
    ] as const
  ).find(([size]) => bytes >= size) ?? [1, 'B'];
  return `${Math.floor((bytes / size) * 10) / 10} ${unit}`;
};
