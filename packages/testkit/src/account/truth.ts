/** Ground truth: what happened, told by who made it happen. */
import type { RulePeer, SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { RuleVersion } from './rule-version.ts';

export interface RuleReference {
  readonly ruleId: string;
  /** 0, 1, … counted per rule id. */
  readonly version: number;
}

/** One connection at one interface. NDJSON rows of kind `connection`. */
export interface ConnectionTruth {
  readonly kind: 'connection';
  /** Equal at all interfaces that the connection passes. */
  readonly connection: number;
  readonly service: string;
  readonly interfaceId: string;
  readonly vpcId: string;
  readonly initiator: 'local' | 'remote';
  readonly protocol: number;
  /** As the packets show them at this interface; records show the primary address for the local one. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly servicePort: number;
  /** When the first packet went, Unix seconds. */
  readonly began: number;
  /** End of the last window with packets. */
  readonly ended: number;
  /** Start of the first and end of the last record written; null where all of them were dropped. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly action: 'ACCEPT' | 'REJECT';
  /** `network-acl`: the groups allow it. null for ACCEPT. */
  readonly rejectedBy: 'security-group' | 'network-acl' | null;
  /** Whether an answer came. */
  readonly answered: boolean;
  /** Groups of the interface when the connection began. */
  readonly groupIds: readonly string[];
  /** All rules that admit it whatever its ICMP type; empty for interfaces without groups, and for REJECT. */
  readonly rules: readonly RuleReference[];
  /** Rules that admit by ICMP type; `admits`: this one's type. */
  readonly possibleRules: readonly (RuleReference & { readonly admits: boolean })[];
  /** The rules of both directions are so open that AWS does not track the connection. */
  readonly untracked: boolean;
  /** The earlier connection of the same 5-tuple, if that one was open less than an idle time-out ago. */
  readonly reuses: number | null;
  /** Records written, and what they add up to. */
  readonly records: number;
  readonly packets: number;
  readonly bytes: number;
}

/** One version of a rule. NDJSON rows of kind `rule`. */
export interface RuleTruth extends RuleReference {
  readonly kind: 'rule';
  readonly groupId: string;
  readonly direction: SecurityGroupRule['direction'];
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly peer: RulePeer;
  /** Unix seconds; null = since ever, until now. */
  readonly from: number | null;
  readonly to: number | null;
  readonly connections: RuleVersion['use'];
  /** It admitted nothing, seen or not, certainly or by ICMP type. */
  readonly unused: boolean;
}

/** Lines written. The last NDJSON row, of kind `totals`. */
export interface Totals {
  readonly kind: 'totals';
  /** All lines without headers: stored + noData + skipData + duplicates. */
  readonly records: number;
  /** OK records, each counted once. */
  readonly stored: number;
  readonly noData: number;
  readonly skipData: number;
  readonly duplicates: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Of the rejected: packets that came after the connection was closed; no connection counts them. */
  readonly late: number;
  /** OK records that SKIPDATA stands for. */
  readonly dropped: number;
  /** Connections, each counted once however many interfaces saw it. */
  readonly connections: number;
  /** How often a client ran out of ports and began anew: from then on 5-tuples may recur. */
  readonly portWraps: number;
  /** Of the OK records. */
  readonly packets: number;
  readonly bytes: number;
}

export type TruthRow = ConnectionTruth | RuleTruth | Totals;

export const referenceTo = ({ rule, version }: RuleVersion): RuleReference => ({ ruleId: rule.id, version });

export function toRuleTruth(value: RuleVersion): RuleTruth {
  const { id, groupId, direction, protocol, fromPort, toPort, peer } = value.rule;
  return {
    kind: 'rule',
    ruleId: id,
    version: value.version,
    groupId,
    direction,
    protocol,
    fromPort,
    toPort,
    peer,
    from: value.from,
    to: value.to,
    connections: { ...value.use },
    unused: value.use.admitted === 0,
  };
}
