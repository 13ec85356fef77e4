/** What stands at the top of every file of a patch. */
import type { ChangeSet } from '../change/change-set.ts';
import type { PatchContext } from './model.ts';
import { planSteps } from './steps.ts';
import { omissionsOf, targetsOf } from './target.ts';

/** Lines of plain text, without a comment sign. */
export function headerOf(change: ChangeSet, context: PatchContext): readonly string[] {
  const targets = targetsOf(change, context);
  const omissions = omissionsOf(change);
  return [
    `Written by ${context.generatedBy} for account ${context.accountId ?? '(not known)'}, Region ${context.region ?? '(not known)'}.`,
    '',
    `Groups that change: ${targets.length}`,
    ...targets.map(
      ({ groupId, groupName, kept, added, removed }) =>
        `  ${groupId} (${groupName}): ${kept.length} kept, ${added.length} added, ${removed.length} removed`,
    ),
    ...(omissions.length > 0 ? ['', 'Not in this patch:', ...omissions.map((line) => `  ${line}`)] : []),
  ];
}

/** For what cannot take turns: where there has to be room for old and new rules at once. */
export const quotaRemarks = (change: ChangeSet, context: PatchContext): readonly string[] =>
  planSteps(targetsOf(change, context), context).tight.map(
    ({ groupId, direction }) =>
      `Old and new ${direction} rules of ${groupId} together pass the quota of rules per group: raise it for the time of ` +
      'the change, or use apply.sh.',
  );
