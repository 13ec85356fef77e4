/**
 * `tsx bench/recommend.ts [RULES [PEERS]]`: a recommendation with its whole curve for one group, 60 rules and 100,000
 * distinct peers unless told otherwise. `observe` is what attributing their connections takes, `recommend` the rest:
 * the curve, three trials on the past, and the openness of each point.
 */
import type { RuleVerdict } from '@flowfit/core/analysis/verdict';
import type { SecurityGroup } from '@flowfit/core/inventory/model';
import { RULES_PER_GROUP } from '@flowfit/core/recommend/quota';
import { MAY_CUT, recommend } from '@flowfit/core/recommend/recommend';
import { makeSnapshot, observe, WINDOW } from './recommend/account.ts';

const [rules = 60, peers = 100_000] = process.argv.slice(2).map(Number);
const seconds = () => performance.now() / 1000;
const snapshot = makeSnapshot(rules);
const group = snapshot.groups[0] as SecurityGroup;

const beganAt = seconds();
const observations = observe(snapshot, peers);
const observedAt = seconds();
const evidence = { grade: 'strong', observedDays: 14, interfaces: { attached: 1, logged: 1 }, gaps: [] } as const;
const verdicts = group.rules.map((rule): RuleVerdict => {
  return { rule, group, verdict: 'used', reasons: [], undecided: [], usage: null, evidence };
});
const options = { groups: null, pins: [], rulesPerGroup: RULES_PER_GROUP, mayCut: MAY_CUT };
const { groups } = recommend({
  ...{ today: snapshot, verdicts: { rules: verdicts }, observations, since: new Map(), window: WINDOW },
  options: { ...options, wish: { kind: 'suggested' } },
});
const doneAt = seconds();
const distinct = new Set(observations.services.flatMap((service) => [...service.peers.keys()])).size;
const row = [rules, distinct.toLocaleString('en'), (observedAt - beganAt).toFixed(2), (doneAt - observedAt).toFixed(2)];
process.stdout.write(
  '| rules | peers | observe s | recommend s | points | peak MiB |\n|---:|---:|---:|---:|---:|---:|\n',
);
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`| ${[...row, groups[0]?.curve.length, peak].join(' | ')} |\n`);
