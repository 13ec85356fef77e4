/** A recommendation that changes nothing: where there is too little evidence for another. */
import type { SecurityGroup } from '@flowfit/core/inventory/model';
import type { GroupRecommendation } from '@flowfit/core/recommend/model';
import { opennessOf } from '@flowfit/core/recommend/openness';
import { ReachResolver } from '@flowfit/core/security-group/reach';
import type { Analysis } from '@flowfit/lake/analysis';
import type { LakeRecommendation } from '@flowfit/lake/recommend';

/** @param why a sentence */
export const asToday = (analysis: Analysis, why: string): LakeRecommendation => {
  const { snapshot, coverage } = analysis;
  const resolver = new ReachResolver(snapshot);
  const { from, to } = coverage.window;
  return {
    analysis,
    window: { from, to },
    groups: snapshot.groups.map((group) => toUnchanged(group, resolver, why)),
  };
};

const toUnchanged = (group: SecurityGroup, resolver: ReachResolver, why: string): GroupRecommendation => {
  const now = opennessOf(group.rules, (rule) => {
    const { certain, possible } = resolver.reachOfPeer(rule, group.vpcId);
    return rule.peer.kind === 'cidr' ? certain.union(possible) : certain;
  });
  return {
    group,
    now,
    curve: [
      {
        rules: group.rules.length,
        openness: now,
        bound: { ipv4: now.ipv4, ipv6: now.ipv6 },
        laterCut: { connections: 0, of: 0, splits: [] },
        proposed: group.rules.map((rule) => ({ rule, exists: true, from: [rule.id] })),
      },
    ],
    chosen: 0,
    why,
    removed: [],
    kept: [],
    leftAlone: [],
    observed: { connections: 0, peers: 0 },
  };
};
