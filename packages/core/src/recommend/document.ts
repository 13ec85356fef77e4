/** Recommendations as documents: what `flowfit recommend --json` prints and `flowfit replay --recommendation` reads. */
import { toWindowDocument, type WindowDocument } from '../analysis/documents.ts';
import { formatTime } from '../filter/time.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';
import type {
  CurvePoint,
  GroupRecommendation,
  LaterCut,
  Openness,
  ProposedRule,
  Recommendation,
  RuleRemark,
} from './model.ts';

export const RECOMMENDATION_SCHEMA = 'flowfit.recommendation/1';

export interface ProposedRuleDocument {
  readonly direction: SecurityGroupRule['direction'];
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly peer: string;
  /** Of a reference over a peering connection. */
  readonly peeringConnectionId?: string;
  readonly description: string;
  readonly from: readonly string[];
  /** Of a rule that stays as it is. */
  readonly ruleId: string | null;
}

export interface CurvePointDocument {
  readonly rules: number;
  readonly openness: Openness;
  readonly bound: CurvePoint['bound'];
  readonly laterCut: Omit<LaterCut, 'splits'> & {
    readonly splits: readonly {
      readonly share: number;
      readonly at: string;
      readonly connections: number;
      readonly of: number;
    }[];
  };
}

export interface GroupRecommendationDocument {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string | null;
  readonly proposed: readonly ProposedRuleDocument[];
  readonly removed: readonly RuleRemark[];
  readonly kept: readonly RuleRemark[];
  readonly leftAlone: readonly string[];
  readonly openness: { readonly now: Openness; readonly proposed: Openness };
  readonly observed: GroupRecommendation['observed'];
  readonly curve: readonly CurvePointDocument[];
  readonly chosen: number;
  readonly why: string;
}

export interface RecommendationDocument {
  readonly schema: typeof RECOMMENDATION_SCHEMA;
  readonly window: WindowDocument;
  readonly groups: readonly GroupRecommendationDocument[];
}

export const toRecommendationDocument = ({ window, groups }: Recommendation): RecommendationDocument => ({
  schema: RECOMMENDATION_SCHEMA,
  window: toWindowDocument(window),
  groups: groups.map(toGroupDocument),
});

const toGroupDocument = (recommendation: GroupRecommendation): GroupRecommendationDocument => {
  const { group, now, curve, chosen, removed, kept, leftAlone, observed, why } = recommendation;
  const point = chosenPoint(recommendation);
  return {
    groupId: group.id,
    groupName: group.groupName,
    vpcId: group.vpcId,
    proposed: point.proposed.map(toProposedDocument),
    ...{ removed, kept, leftAlone, observed },
    openness: { now, proposed: point.openness },
    curve: curve.map(({ rules, openness, bound, laterCut }) => ({
      ...{ rules, openness, bound },
      laterCut: { ...laterCut, splits: laterCut.splits.map(({ at, ...split }) => ({ ...split, at: formatTime(at) })) },
    })),
    ...{ chosen, why },
  };
};

/** The point of the curve that is proposed. */
export const chosenPoint = ({ curve, chosen }: Pick<GroupRecommendation, 'curve' | 'chosen'>): CurvePoint =>
  curve[chosen] as CurvePoint;

export const toProposedDocument = ({ rule, exists, from }: ProposedRule): ProposedRuleDocument => ({
  direction: rule.direction,
  protocol: rule.protocol,
  fromPort: rule.fromPort,
  toPort: rule.toPort,
  peer: peerText(rule.peer),
  ...(rule.peer.kind === 'group' && rule.peer.peeringConnectionId !== null
    ? { peeringConnectionId: rule.peer.peeringConnectionId }
    : {}),
  description: rule.description,
  from,
  ruleId: exists ? rule.id : null,
});

/** Whether a proposal differs from today's rules. */
export const isChange = (recommendation: GroupRecommendation): boolean => {
  const { proposed } = chosenPoint(recommendation);
  return proposed.length !== recommendation.group.rules.length || proposed.some(({ exists }) => !exists);
};
