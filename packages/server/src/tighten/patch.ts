/** Chosen points as files that people run. */
import type { ChangeSet } from '@flowfit/core/change/change-set';
import type { PatchContext, PatchFile } from '@flowfit/core/patch/model';
import { patchesOf } from '@flowfit/core/patch/patch';

export type PatchName = 'terraform' | 'cloudformation' | 'apply' | 'rollback';

/** @throws FlowfitError `patch-needs-rule-ids`, `patch-rule-unreadable` */
export const patchFiles = (name: PatchName, change: ChangeSet, context: PatchContext): readonly PatchFile[] => {
  if (name === 'terraform' || name === 'cloudformation') return patchesOf(change, context, [name]);
  return patchesOf(change, context, ['aws-cli']).filter((file) => file.name === `${name}.sh`);
};
