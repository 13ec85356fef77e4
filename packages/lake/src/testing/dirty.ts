/** Lakes whose roll-up is older than their records. */
import { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { daysIn } from '../relations.ts';

/** As after a change of what roll-ups mean: the next one computes all days. */
export const markAllDays = async (lake: Lake): Promise<void> =>
  await lake.write(async () => {
    const batch = await Batch.begin(lake);
    batch.markDirty(daysIn(lake, 'flows'));
    await batch.commit();
  });
