/** A change set as files that people run. A new kind is one file and one line here. */
import type { ChangeSet } from '../change/change-set.ts';
import { writeAwsCli } from './aws-cli.ts';
import { writeCloudFormation } from './cloudformation.ts';
import type { PatchContext, PatchFile, PatchKind } from './model.ts';
import { writeTerraform } from './terraform.ts';

const WRITERS: Readonly<Record<PatchKind, (change: ChangeSet, context: PatchContext) => readonly PatchFile[]>> = {
  'aws-cli': writeAwsCli,
  terraform: writeTerraform,
  cloudformation: writeCloudFormation,
};

/**
 * The files of each kind; `omissionsOf` tells what of the change is in none of them, and so does the head of each.
 * @throws FlowfitError `patch-needs-rule-ids`, `patch-rule-unreadable`
 */
export const patchesOf = (
  change: ChangeSet,
  context: PatchContext,
  kinds: readonly PatchKind[],
): readonly PatchFile[] => kinds.flatMap((kind) => WRITERS[kind](change, context));
