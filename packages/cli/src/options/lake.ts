/** Opening the lake for one command. */
import type { Lake } from '@flowfit/lake/lake';
import type { LakeState } from '@flowfit/lake/state';
import type { GlobalOptions, Shell } from '../shell.ts';

/** Runs work that writes to the lake, and closes it again. `create` makes the lake where there is none. */
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
    spillLimit: shell.spillLimit(options),
  });
  try {
    return await work(lake);
  } finally {
    lake.close();
  }
};

/** Asks one state of the lake, whatever is written meanwhile. What was left to be rolled up is, where that can be done. */
export const readLake = async <T>(
  shell: Shell,
  options: GlobalOptions,
  work: (state: LakeState, lake: Lake) => Promise<T>,
): Promise<T> =>
  await withLake(shell, options, async (lake) => {
    const { finishRollUp } = await import('@flowfit/lake/rollup/finish');
    await finishRollUp(lake);
    const state = await lake.pin();
    try {
      return await work(state, lake);
    } finally {
      await state.release();
    }
  });
