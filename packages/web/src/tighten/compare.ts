/** Today's rules beside those of a point of the curve: what becomes of each, and what each new one stands for. */
import type { GroupRule } from '@flowfit/server/contract/rules';
import type {
  CurvePointAnswer,
  ProposedRuleAnswer,
  TightenGroupAnswer,
  TightenPin,
} from '@flowfit/server/contract/tighten';

/**
 *   stays      is part of the proposed set
 *   left       the same, at every point: nothing may be said of it
 *   pinned     the same, because somebody wants it
 *   replaced   new rules stand for it
 *   dropped    no rule stands for it
 */
export type Fate = 'stays' | 'left' | 'pinned' | 'replaced' | 'dropped';

export interface TodaysRule {
  readonly rule: GroupRule;
  readonly fate: Fate;
  /** Numbers of the new rules that stand for it. */
  readonly replacedBy: readonly number[];
  /** A sentence; null where the fate says it all. */
  readonly because: string | null;
}

export interface ProposedRow {
  readonly rule: ProposedRuleAnswer;
  /** What new rules are called on the page, from 1 on; null for rules that exist. */
  readonly number: number | null;
}

export interface Comparison {
  readonly today: readonly TodaysRule[];
  readonly proposed: readonly ProposedRow[];
}

export const compareRules = (
  rules: readonly GroupRule[],
  answer: Pick<TightenGroupAnswer, 'rules' | 'removed' | 'kept'>,
  point: Pick<CurvePointAnswer, 'proposed'>,
  pins: readonly TightenPin[],
): Comparison => {
  const todays = inOrder(rules);
  const place = new Map(todays.map(({ ruleId }, index) => [ruleId, index]));
  const proposed = numbered(
    point.proposed
      .flatMap((index) => answer.rules[index] ?? [])
      .sort((a, b) => placeOf(a, place) - placeOf(b, place) || (a.ruleId < b.ruleId ? -1 : 1)),
  );
  const remarks = new Map(answer.removed.map(({ ruleId, because }) => [ruleId, because]));
  const left = new Map(answer.kept.map(({ ruleId, because }) => [ruleId, because]));
  const pinned = new Map(pins.flatMap((pin) => (pin.kind === 'rule' ? [[pin.ruleId, pin.reason] as const] : [])));
  return {
    proposed,
    today: todays.map((rule): TodaysRule => {
      const { ruleId } = rule;
      const stays = proposed.some((one) => one.rule.exists && one.rule.ruleId === ruleId);
      const replacedBy = stays
        ? []
        : proposed.flatMap(({ rule: { from }, number }) => (number !== null && from.includes(ruleId) ? [number] : []));
      const fate = fateOf(stays, replacedBy.length > 0, pinned.has(ruleId), left.has(ruleId));
      return { rule, fate, replacedBy, because: becauseOf(rule, fate, { remarks, left, pinned }) };
    }),
  };
};

const fateOf = (stays: boolean, isReplaced: boolean, isPinned: boolean, isLeft: boolean): Fate => {
  if (!stays) return isReplaced ? 'replaced' : 'dropped';
  if (isPinned) return 'pinned';
  return isLeft ? 'left' : 'stays';
};

type Remarks = Readonly<Record<'remarks' | 'left' | 'pinned', ReadonlyMap<string, string>>>;

/** Remarks are about the suggested point: what another one drops was used, as every point admits all that was observed. */
const becauseOf = ({ ruleId, verdict }: GroupRule, fate: Fate, { remarks, left, pinned }: Remarks): string | null => {
  switch (fate) {
    case 'stays':
    case 'replaced':
      return null;
    case 'left':
      return left.get(ruleId) ?? null;
    case 'pinned':
      return pinned.get(ruleId) ?? null;
    case 'dropped':
      return (
        remarks.get(ruleId) ??
        (verdict === 'unused' ? 'It admitted nothing in the window.' : 'Other rules admit all that it admitted.')
      );
  }
};

const DIRECTIONS = ['inbound', 'outbound'];

/** The busiest first, as on the page of the group. It does not depend on the point: rows stay where they are. */
const inOrder = (rules: readonly GroupRule[]): readonly GroupRule[] =>
  [...rules].sort(
    (a, b) =>
      DIRECTIONS.indexOf(a.direction) - DIRECTIONS.indexOf(b.direction) ||
      b.flows - a.flows ||
      (a.ruleId < b.ruleId ? -1 : 1),
  );

/** Beside the first rule that it stands for. */
const placeOf = ({ ruleId, from }: ProposedRuleAnswer, place: ReadonlyMap<string, number>): number =>
  Math.min(...[ruleId, ...from].map((id) => place.get(id) ?? Number.MAX_SAFE_INTEGER));

const numbered = (rules: readonly ProposedRuleAnswer[]): readonly ProposedRow[] => {
  let last = 0;
  return rules.map((rule) => {
    if (rule.exists) return { rule, number: null };
    last += 1;
    return { rule, number: last };
  });
};
