/** Dismissed findings: a plain file in the lake, to be read, reviewed and edited like any other. */
import { readFile } from 'node:fs/promises';
import {
  type Dismissal,
  dismiss as withDismissal,
  restore as withoutDismissal,
} from '@flowfit/core/analysis/dismissals';
import { FlowfitError } from '@flowfit/core/errors';
import { writeDurably } from './durable.ts';
import type { Lake } from './lake.ts';
import type { LakeState } from './state.ts';

const SCHEMA = 'flowfit.dismissals/1';

interface DismissalFile {
  readonly schema: typeof SCHEMA;
  readonly dismissals: readonly Dismissal[];
}

/** @throws FlowfitError `dismissals-damaged` */
export const loadDismissals = async ({ paths }: Pick<LakeState, 'paths'>): Promise<readonly Dismissal[]> => {
  const path = paths.dismissals;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  const file = parse(text);
  if (file !== null) return file.dismissals;
  throw new FlowfitError(
    'dismissals-damaged',
    `${path} is not a list of dismissals: it needs "schema": "${SCHEMA}" and "dismissals". Mend it or move it away.`,
  );
};

/** Sets a finding aside; an earlier dismissal of it is replaced. */
export const dismiss = async (lake: Lake, dismissal: Dismissal): Promise<void> =>
  await change(lake, (dismissals) => withDismissal(dismissals, dismissal));

/** Takes the dismissal of a finding back. */
export const restore = async (lake: Lake, id: string): Promise<void> =>
  await change(lake, (dismissals) => withoutDismissal(dismissals, id));

const change = async (lake: Lake, edit: (dismissals: readonly Dismissal[]) => Dismissal[]): Promise<void> =>
  await lake.write(async () => {
    const file: DismissalFile = { schema: SCHEMA, dismissals: edit(await loadDismissals(lake)) };
    await writeDurably(lake.paths.dismissals, `${JSON.stringify(file, null, 2)}\n`);
  });

const parse = (text: string): DismissalFile | null => {
  try {
    const file = JSON.parse(text) as Partial<DismissalFile>;
    return file.schema === SCHEMA && Array.isArray(file.dismissals) ? (file as DismissalFile) : null;
  } catch {
    return null;
  }
};
