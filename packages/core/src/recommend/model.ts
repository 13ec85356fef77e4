/** What a recommendation says. `flowfit.recommendation/1` is this as a document (`./document.ts`). */
import type { SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';

/** Address and port pairs that rules admit, over all protocols and both directions; overlaps count once. */
export interface Openness {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Of these, addresses outside the special-purpose blocks. */
  readonly publicIpv4: number;
  readonly publicIpv6: number;
}

/** One rule of a proposed set. */
export interface ProposedRule {
  /** An existing rule keeps its id; a new one has the id of its tuple. */
  readonly rule: SecurityGroupRule;
  /** Whether today's group has this very rule. */
  readonly exists: boolean;
  /** Ids of today's rules that it stands for, sorted; its own where it exists. */
  readonly from: readonly string[];
}

/** What recommending from the earlier part of the window would have cut of the later part. */
export interface LaterCut {
  readonly connections: number;
  readonly of: number;
  /** Each way in which the window was cut: the share of it that was the earlier part, and the time. */
  readonly splits: readonly {
    readonly share: number;
    /** Unix seconds. */
    readonly at: number;
    readonly connections: number;
    readonly of: number;
  }[];
}

export interface CurvePoint {
  /** Rules of the group, both directions, those that stay included. Ascending along the curve. */
  readonly rules: number;
  readonly openness: Openness;
  /** No set of so many rules of this kind can be less open than this (IPv4 and IPv6). */
  readonly bound: { readonly ipv4: number; readonly ipv6: number };
  readonly laterCut: LaterCut;
  readonly proposed: readonly ProposedRule[];
}

export interface RuleRemark {
  readonly ruleId: string;
  /** A sentence. */
  readonly because: string;
}

export interface GroupRecommendation {
  readonly group: SecurityGroup;
  readonly now: Openness;
  /** By rules, ascending; openness never rises. At least one point: today's rules where nothing can be proposed. */
  readonly curve: readonly CurvePoint[];
  /** Index into `curve`. */
  readonly chosen: number;
  /** Why that point is suggested: a sentence. */
  readonly why: string;
  /** Today's rules that no point of the curve keeps because nothing used them, or that were replaced by narrower ones at the chosen point. */
  readonly removed: readonly RuleRemark[];
  /** Today's rules that are left as they are at every point, and why. */
  readonly kept: readonly RuleRemark[];
  /** What was not narrowed, and why: sentences. */
  readonly leftAlone: readonly string[];
  /** Connections that the rules admitted, or may have, in the window: what every point of the curve admits. */
  readonly observed: { readonly connections: number; readonly peers: number };
}

export interface Recommendation {
  /** Unix seconds. */
  readonly window: { readonly from: number; readonly to: number };
  readonly groups: readonly GroupRecommendation[];
}
