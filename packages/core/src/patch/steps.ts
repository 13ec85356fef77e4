/**
 * The calls of a change, in an order that never cuts what is admitted both before and after it.
 *
 * Where both rule sets together fit the quota: authorize everything, then revoke everything. Where they do not, the
 * group and direction gets an order of its own: choose the rule to revoke that the fewest new rules wait for, authorize
 * those, revoke it, and so on. A new rule that may admit a packet of an old one is always there before the old one
 * goes. Where not even that fits, everything is authorized first all the same, and AWS refuses the call before anything
 * was changed: only a higher quota helps.
 */
import type { ChangeSet } from '../change/change-set.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import type { PatchContext } from './model.ts';
import { mayOverlap } from './overlap.ts';
import { fitsQuota } from './quota.ts';
import { type GroupTarget, targetsOf } from './target.ts';

export type Direction = SecurityGroupRule['direction'];

/** One call. */
export interface Step {
  readonly action: 'authorize' | 'revoke';
  readonly groupId: string;
  readonly groupName: string;
  readonly direction: Direction;
  /** At least one, at most `RULES_PER_STEP`. */
  readonly rules: readonly SecurityGroupRule[];
}

/** A place where both rule sets together do not fit. */
export interface TightPlace {
  readonly groupId: string;
  readonly direction: Direction;
  /** Whether an order was found that fits; otherwise the quota has to be raised. */
  readonly solved: boolean;
}

export interface StepPlan {
  readonly steps: readonly Step[];
  readonly tight: readonly TightPlace[];
}

/** Keeps the text of a call well below what operating systems allow for one argument. */
const RULES_PER_STEP = 100;

/** The calls that apply a change, in order. */
export const stepsOf = (change: ChangeSet, context: PatchContext): readonly Step[] =>
  planSteps(targetsOf(change, context), context).steps;

/** The calls that undo it, in order. */
export const rollbackStepsOf = (change: ChangeSet, context: PatchContext): readonly Step[] =>
  planSteps(targetsOf(change, context).map(reverse), context).steps;

export const reverse = (target: GroupTarget): GroupTarget => ({
  ...target,
  added: target.removed,
  removed: target.added,
});

export function planSteps(targets: readonly GroupTarget[], context: PatchContext): StepPlan {
  const [first, between, last]: [Step[], Step[], Step[]] = [[], [], []];
  const tight: TightPlace[] = [];
  for (const target of targets) {
    for (const direction of ['inbound', 'outbound'] as const) {
      const side = sideOf(target, direction);
      const fits = fitsQuota([...side.kept, ...side.removed, ...side.added], context);
      const order = fits ? null : tightOrder(side, context);
      if (!fits) tight.push({ groupId: target.groupId, direction, solved: order !== null });
      if (order !== null)
        between.push(...order.flatMap(({ action, rules }) => toSteps(action, target, direction, rules)));
      if (order !== null) continue;
      first.push(...toSteps('authorize', target, direction, side.added));
      last.push(...toSteps('revoke', target, direction, side.removed));
    }
  }
  return { steps: [...first, ...between, ...last], tight };
}

type Side = Pick<GroupTarget, 'kept' | 'added' | 'removed'>;

const sideOf = ({ kept, added, removed }: GroupTarget, direction: Direction): Side => {
  const of = (rules: readonly SecurityGroupRule[]) => rules.filter((rule) => rule.direction === direction);
  return { kept: of(kept), added: of(added), removed: of(removed) };
};

function toSteps(
  action: Step['action'],
  { groupId, groupName }: GroupTarget,
  direction: Direction,
  rules: readonly SecurityGroupRule[],
): Step[] {
  const count = Math.ceil(rules.length / RULES_PER_STEP);
  return Array.from({ length: count }, (_, index) => ({
    action,
    groupId,
    groupName,
    direction,
    rules: rules.slice(index * RULES_PER_STEP, (index + 1) * RULES_PER_STEP),
  }));
}

type Call = Pick<Step, 'action' | 'rules'>;

/** Null where no such order fits. */
function tightOrder({ kept, added, removed }: Side, context: PatchContext): Call[] | null {
  const calls: Call[] = [];
  let present = [...kept, ...removed];
  let waiting = [...added];
  let leaving = [...removed];
  while (leaving.length > 0) {
    const blockers = fewestBlockers(leaving, waiting);
    present = [...present, ...blockers];
    if (!fitsQuota(present, context)) return null;
    waiting = waiting.filter((rule) => !blockers.includes(rule));
    const free = leaving.filter((rule) => !waiting.some((other) => mayOverlap(rule, other)));
    leaving = leaving.filter((rule) => !free.includes(rule));
    present = present.filter((rule) => !free.includes(rule));
    if (blockers.length > 0) calls.push({ action: 'authorize', rules: blockers });
    calls.push({ action: 'revoke', rules: free });
  }
  if (waiting.length > 0) calls.push({ action: 'authorize', rules: waiting });
  return fitsQuota([...kept, ...added], context) ? calls : null;
}

/** Of the rules that are to go, what the one waits for that waits for the least. */
function fewestBlockers(
  leaving: readonly SecurityGroupRule[],
  waiting: readonly SecurityGroupRule[],
): readonly SecurityGroupRule[] {
  const blockers = leaving.map((rule) => waiting.filter((other) => mayOverlap(rule, other)));
  return blockers.reduce((least, some) => (some.length < least.length ? some : least));
}
