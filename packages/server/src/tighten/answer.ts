/** Recommendations as the pages get them: each rule once, points by index. */
import { toWindowDocument } from '@flowfit/core/analysis/documents';
import { formatTime } from '@flowfit/core/filter/time';
import { peerText } from '@flowfit/core/inventory/rule-id';
import { chosenPoint } from '@flowfit/core/recommend/document';
import type { GroupRecommendation, LaterCut, ProposedRule } from '@flowfit/core/recommend/model';
import type {
  CurvePointAnswer,
  LaterCutAnswer,
  ProposedRuleAnswer,
  TightenGroup,
  TightenGroupAnswer,
} from '../contract/tighten.ts';
import type { Directory } from '../directory.ts';
import { statusOf } from './choice.ts';
import type { Recommended } from './recommendations.ts';

export const toTightenGroup = (one: GroupRecommendation, isFounded: boolean): TightenGroup => {
  const point = chosenPoint(one);
  return {
    ...summaryOf(one, isFounded),
    rules: { now: one.group.rules.length, proposed: point.rules },
    openness: { now: one.now, proposed: point.openness },
    laterCut: toLaterCut(point.laterCut),
  };
};

export const toTightenGroupAnswer = (
  one: GroupRecommendation,
  { analysis, isFounded }: Pick<Recommended, 'analysis' | 'isFounded'>,
  directory: Directory,
): TightenGroupAnswer => {
  const indexes = new Map<string, number>();
  const rules: ProposedRuleAnswer[] = [];
  const indexOf = (proposed: ProposedRule): number => {
    const key = JSON.stringify([proposed.rule.id, proposed.from]);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, rules.length);
    return rules.push(toProposedRule(proposed, directory)) - 1;
  };
  const curve = one.curve.map(
    (point): CurvePointAnswer => ({
      rules: point.rules,
      openness: point.openness,
      bound: point.bound,
      laterCut: toLaterCut(point.laterCut),
      proposed: point.proposed.map(indexOf),
    }),
  );
  const { now, chosen, removed, kept, leftAlone, observed } = one;
  return {
    schema: 'flowfit.tighten-group/1',
    ...summaryOf(one, isFounded),
    window: toWindowDocument(analysis.coverage.window),
    ...{ now, rules, curve, chosen, observed },
    removed: [...removed],
    kept: [...kept],
    leftAlone: [...leftAlone],
  };
};

const summaryOf = (one: GroupRecommendation, isFounded: boolean) => ({
  groupId: one.group.id,
  groupName: one.group.groupName,
  vpcId: one.group.vpcId,
  status: statusOf(one, isFounded),
  why: one.why,
});

const toProposedRule = ({ rule, exists, from }: ProposedRule, directory: Directory): ProposedRuleAnswer => {
  const { id: ruleId, direction, protocol, fromPort, toPort, description } = rule;
  const peer = peerText(rule.peer);
  const peerName = rule.peer.kind === 'cidr' ? null : directory.nameOf(peer);
  return { ruleId, direction, protocol, fromPort, toPort, peer, peerName, description, exists, from };
};

const toLaterCut = ({ connections, of, splits }: LaterCut): LaterCutAnswer => ({
  connections,
  of,
  splits: splits.map((split) => ({ ...split, at: formatTime(split.at) })),
});
