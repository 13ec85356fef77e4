/** Rules over time: `ModifySecurityGroupRules` keeps the id, so what admits traffic is a version of a rule. */
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import { tupleOf } from './draft.ts';
import type { AccountState } from './states.ts';

/** Connections of the interfaces that have the group; one that is seen at two interfaces counts at each. */
export interface RuleUse {
  /** Connections of which a record was written and that the flow log is enough to credit to the rule. */
  certain: number;
  /** Likewise, but the rule is for one ICMP type, which flow logs lack: nobody can tell from them whether it admitted. */
  possible: number;
  /** Of `certain`: no other rule admits them, not even possibly. */
  sole: number;
  /** All connections that the rule admitted, whether or not a record of them was written (SKIPDATA). */
  admitted: number;
  /** 5-tuples on an interface until their idle time-out: `certain` without connections that reuse one. */
  tuples: number;
}

export interface RuleVersion {
  readonly rule: SecurityGroupRule;
  /** 0, 1, … in the order of time. */
  readonly version: number;
  /** Unix seconds; null = since before the beginning. */
  readonly from: number | null;
  /** Unix seconds; null = still in force at the end. */
  to: number | null;
  readonly use: RuleUse;
}

/** All versions, in the order of their beginning; and those in force per state, by rule id. */
export function collectVersions(states: readonly AccountState[]): {
  readonly versions: readonly RuleVersion[];
  readonly inForce: readonly ReadonlyMap<string, RuleVersion>[];
} {
  const versions: RuleVersion[] = [];
  const inForce: Map<string, RuleVersion>[] = [];
  for (const [epoch, state] of states.entries()) {
    const before = inForce[epoch - 1] ?? new Map<string, RuleVersion>();
    const now = new Map<string, RuleVersion>();
    for (const rule of state.snapshot.groups.flatMap((group) => group.rules)) {
      const present = before.get(rule.id);
      if (present && tupleOf(present.rule) === tupleOf(rule)) now.set(rule.id, present);
      else {
        const begun = newVersion(rule, (present?.version ?? -1) + 1, epoch === 0 ? null : state.from);
        versions.push(begun);
        now.set(rule.id, begun);
      }
    }
    for (const [id, version] of before) if (now.get(id) !== version) version.to = state.from;
    inForce.push(now);
  }
  return { versions, inForce };
}

const newVersion = (rule: SecurityGroupRule, version: number, from: number | null): RuleVersion => ({
  rule,
  version,
  from,
  to: null,
  use: { certain: 0, possible: 0, sole: 0, admitted: 0, tuples: 0 },
});
