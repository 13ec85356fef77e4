/** Opening the lake for one command. */
import type { Lake } from '@flowfit/lake/lake';
import type { GlobalOptions, Shell } from '../shell.ts';

/** Runs work on the lake and closes it again. `create` makes the lake where there is none. */
export const withLake = async <T>(
  shell: Shell,
  options: GlobalOptions,
  work: (lake: Lake) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> => {
  const { openLake } = await import('@flowfit/lake/lake');
  const lake = await openLake(shell.lakeDir(options), {
    create,
    now: shell.effects.now,
    spillTo: shell.spillTo(options),
  });
  try {
    return await work(lake);
  } finally {
    lake.close();
  }
};
