/** Prune: takes whole days out of a lake, and says what verdicts lose by it. */
import { join } from 'node:path';
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import { FlowfitError } from '@flowfit/core/errors';
import { analyse } from '../analysis.ts';
import { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { type LedgerCorrection, ledgerText } from '../ledger.ts';
import { bytesOf, type LakeFile } from '../manifest.ts';
import { dayFolder, dayOfFolder } from '../paths.ts';
import { entriesOf, PARTITIONED_FOLDERS, type PartitionedFolder, SECONDS_PER_DAY } from '../relations.ts';
import { REACH_DAYS } from '../rollup/roll-up.ts';
import type { LakeState } from '../state.ts';

/** The document of `lake prune --json`. */
export interface PruneReport {
  readonly schema: 'flowfit.lake-prune/1';
  /** The first day that stays, `YYYY-MM-DD`. */
  readonly before: string;
  readonly isDryRun: boolean;
  readonly days: number;
  readonly bytes: number;
  readonly records: { readonly stored: number; readonly coverage: number };
  /** Rules that are judged otherwise without these days. */
  readonly verdicts: readonly {
    readonly ruleId: string;
    readonly groupId: string;
    readonly from: RuleVerdict['verdict'];
    readonly to: RuleVerdict['verdict'];
  }[];
}

/**
 * Takes the days before one out of a lake. The connections of the days just before it stay as evidence of who opened those
 * that go on, so that the days that stay come out as before.
 *
 * @param day whole days since 1970-01-01 UTC
 * @throws FlowfitError `prune-nothing`, and those of a writer
 */
export const pruneLake = async (
  lake: Lake,
  day: number,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<PruneReport> => {
  const planned = await planOf(lake, day);
  if (isDryRun) return { ...planned, isDryRun };
  return await lake.write(async () => {
    const batch = await Batch.begin(lake);
    try {
      const gone = PARTITIONED_FOLDERS.flatMap((folder) => entriesBefore(lake, folder, lastKept(folder, day)));
      for (const { path } of gone) batch.remove(join(lake.dir, path));
      const records = recordsOf(gone);
      const correction: LedgerCorrection = {
        because: 'pruned',
        at: lake.now().toISOString(),
        stored: -records.stored,
        coverage: -records.coverage,
        before: planned.before,
      };
      await batch.stageText(join(lake.paths.sources, `${batch.id}.ndjson`), ledgerText([correction]));
      batch.set({ prunedBefore: planned.before });
      for (const folder of lake.manifest.dirty) {
        const dirty = dayOfFolder(folder);
        if (dirty !== null && dirty < day) batch.markClean(dirty);
      }
      await batch.commit();
      return { ...planned, records, isDryRun };
    } catch (error) {
      await batch.discard();
      throw error;
    }
  });
};

const planOf = async (lake: Lake, day: number): Promise<PruneReport> => {
  const before = dayFolder(day).replace('day=', '');
  const state = await lake.pin();
  try {
    const gone = PARTITIONED_FOLDERS.flatMap((folder) => entriesBefore(state, folder, lastKept(folder, day)));
    const records = recordsOf(gone);
    if (records.stored + records.coverage === 0) {
      throw new FlowfitError(
        'prune-nothing',
        `The lake ${lake.dir} has no records before ${before}. "flowfit lake status" shows its days.`,
      );
    }
    return {
      schema: 'flowfit.lake-prune/1',
      before,
      isDryRun: true,
      days: new Set(gone.filter(isRecord).map(({ path }) => path.split('/')[1])).size,
      bytes: bytesOf(gone),
      records,
      verdicts: await changedVerdicts(state, day),
    };
  } finally {
    await state.release();
  }
};

const changedVerdicts = async (state: LakeState, day: number): Promise<PruneReport['verdicts']> => {
  const now = (await analyse(state)).verdicts.rules;
  const later = await analyse(state, { from: day * SECONDS_PER_DAY });
  const verdicts = new Map(later.verdicts.rules.map(({ rule, verdict }) => [rule.id, verdict]));
  return now.flatMap(({ rule, group, verdict }) => {
    const to = verdicts.get(rule.id) ?? verdict;
    return to === verdict ? [] : [{ ruleId: rule.id, groupId: group.id, from: verdict, to }];
  });
};

/** The first day of a folder that stays. */
const lastKept = (folder: PartitionedFolder, day: number): number =>
  folder === 'connections' ? day - REACH_DAYS : day;

const entriesBefore = (
  state: Pick<LakeState, 'manifest' | 'paths'>,
  folder: PartitionedFolder,
  day: number,
): LakeFile[] =>
  entriesOf(state, folder).filter(({ path }) => {
    const own = dayOfFolder(path.split('/')[1] ?? '');
    return own !== null && own < day;
  });

const isRecord = ({ path }: LakeFile): boolean => /^(flows|coverage)\//.test(path);

const recordsOf = (files: readonly LakeFile[]): { stored: number; coverage: number } => {
  const sum = (folder: string) =>
    files.reduce((total, { path, rows }) => total + (path.startsWith(folder) ? (rows ?? 0) : 0), 0);
  return { stored: sum('flows/'), coverage: sum('coverage/') };
};
