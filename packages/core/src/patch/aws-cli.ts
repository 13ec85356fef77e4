/**
 * The change as a script of AWS CLI calls, and the script that undoes it. Both may be run again: what is there already,
 * or gone already, is passed over.
 */
import type { ChangeSet } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { formatRule } from '../security-group/notation.ts';
import { headerOf } from './header.ts';
import type { PatchContext, PatchFile } from './model.ts';
import { toListing, toPermission } from './permission.ts';
import { revokeByIdFunctions, shellFunctions } from './shell-functions.ts';
import { comment, quote } from './shell-text.ts';
import { planSteps, reverse, type Step, type StepPlan, type TightPlace } from './steps.ts';
import { type GroupTarget, hasAwsId, targetsOf } from './target.ts';

const APPLY = [
  'First all new rules are authorized, then the old ones are revoked: at no time is anything cut that both allow.',
  'It may be run again, and it stops at the first error. rollback.sh undoes it.',
];
const ROLLBACK = [
  'Undoes apply.sh, whole or half done: first the old rules are authorized again, with new rule ids, then the new',
  'ones are revoked. It may be run again, and it stops at the first error.',
];
const HOW_TO_RUN = [
  '',
  'Prints the calls without making them: FLOWFIT_DRY_RUN=1 bash NAME',
  'Needs the AWS CLI, version 1 or 2, and permission for ec2:DescribeSecurityGroupRules and for',
  'ec2:AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress and the same with Egress.',
];

/** `apply.sh` and `rollback.sh`. */
export function writeAwsCli(change: ChangeSet, context: PatchContext): readonly PatchFile[] {
  const targets = targetsOf(change, context);
  const apply = planSteps(targets, context);
  const rollback = planSteps(targets.map(reverse), context);
  return [
    { name: 'apply.sh', text: applyScript(change, context, targets, apply) },
    { name: 'rollback.sh', text: rollbackScript(change, context, rollback) },
  ];
}

function applyScript(
  change: ChangeSet,
  context: PatchContext,
  targets: readonly GroupTarget[],
  plan: StepPlan,
): string {
  const known = targets.flatMap(expectation);
  const { region } = context;
  return script(change, context, 'apply.sh', APPLY, plan, [
    shellFunctions(region, 'rollback.sh undoes it; apply.sh goes on where it stopped.'),
    ...(known.length > 0 ? [revokeByIdFunctions(region)] : []),
    ...(known.length > 0 ? [`# Do the rules that are to go still say what they said?\n${known.join('\n')}\n`] : []),
    ...plan.steps.map((step) => applyCall(step, context)),
  ]);
}

const rollbackScript = (change: ChangeSet, context: PatchContext, plan: StepPlan): string =>
  script(change, context, 'rollback.sh', ROLLBACK, plan, [
    shellFunctions(context.region, 'Run rollback.sh again once the reason is gone.'),
    ...plan.steps.map((step) => stepText(step, step.action, permissionsOf(step.rules, context))),
  ]);

/** Rules are revoked by id where they have one. */
function applyCall(step: Step, context: PatchContext): string {
  const [named, nameless] = [step.rules.filter(hasAwsId), step.rules.filter((rule) => !hasAwsId(rule))];
  if (step.action === 'authorize') return stepText(step, 'authorize', permissionsOf(step.rules, context));
  const parts: string[] = [];
  if (named.length > 0) {
    const pairs = named.map((rule) => `${quote(rule.id)} ${permissionsOf([rule], context)}`);
    parts.push(stepText({ ...step, rules: named }, 'revoke_by_id', pairs));
  }
  if (nameless.length > 0) {
    parts.push(stepText({ ...step, rules: nameless }, 'revoke', permissionsOf(nameless, context)));
  }
  return parts.join('\n');
}

const permissionsOf = (rules: readonly SecurityGroupRule[], { accountId }: PatchContext): string[] =>
  rules.map((rule) => quote(toPermission(rule, accountId)));

function stepText(step: Step, command: string, parameters: readonly string[]): string {
  const { action, groupId, groupName, direction, rules } = step;
  const what = `${action === 'authorize' ? 'Adds to' : 'Removes from'} ${groupId} (${groupName}):`;
  const call = [`${command} ${direction === 'inbound' ? 'ingress' : 'egress'} ${quote(groupId)}`, ...parameters];
  return `${comment([what, ...rules.map((rule) => `  ${formatRule(rule)}`)])}\n${call.join(' \\\n  ')}\n`;
}

function expectation({ groupId, removed }: GroupTarget): string[] {
  const named = removed.filter(hasAwsId);
  if (named.length === 0) return [];
  return [[`expect ${quote(groupId)}`, ...named.map((rule) => quote(toListing(rule)))].join(' \\\n  ')];
}

function script(
  change: ChangeSet,
  context: PatchContext,
  name: string,
  purpose: readonly string[],
  plan: StepPlan,
  parts: readonly string[],
): string {
  const howToRun = HOW_TO_RUN.map((line) => line.replace('NAME', name));
  const tight = plan.tight.map(describeTightPlace);
  const head = comment([
    ...headerOf(change, context),
    '',
    ...purpose,
    ...howToRun,
    ...tight.flatMap((line) => ['', line]),
  ]);
  return ['#!/usr/bin/env bash', head, 'set -euo pipefail', '', ...parts, 'finish', ''].join('\n');
}

function describeTightPlace({ groupId, direction, solved }: TightPlace): string {
  const place = `Old and new ${direction} rules of ${groupId} together pass the quota of rules per group`;
  return solved
    ? `${place}: they are added and removed in turns, each new rule before the old ones that it stands for.`
    : `${place}, and no order avoids that. Raise the quota for the time of the change, or AWS refuses the first call.`;
}
