/**
 * Verdicts against the truth, rule by rule: the rules of the newest inventory, each with all of its versions.
 *
 * A rule is truly used if it admitted any connection, recorded or not. An unused one that is called undecided is
 * excused, and counted apart, where the log really cannot tell:
 *
 *   evidence     records are missing (SKIPDATA), hours are, or the rule is younger than the window
 *   icmp-type    the rule is for one ICMP type, and flow logs hold none
 *   either-way   it would admit a connection that was really opened the other way, had it been opened this way, and the
 *                protocol has no handshake and no port that tells (ICMP, GRE, ESP, 500 to 500)
 */
import type { Reason, RuleVerdict } from '@flowfit/core/analysis/verdict';
import { protocolNumber } from '@flowfit/core/net/protocol';
import type { ConnectionTruth, RuleTruth } from '@flowfit/testkit/account/truth';
import type { Observation } from './observe.ts';
import { Tally } from './tally.ts';

export type Excuse = 'evidence' | 'icmp-type' | 'either-way';

export interface VerdictScore {
  /** `used>unused` and the like: truth, then verdict; `excused <excuse>` of unused ones called undecided. */
  readonly counts: Tally;
  /** What must never be, each in words. */
  readonly usedCalledUnused: readonly string[];
  readonly unusedCalledUsed: readonly string[];
  /** Undecided without an excuse. */
  readonly missed: readonly string[];
  /** Rules whose connections were counted otherwise than they were made. */
  readonly miscounted: readonly string[];
}

type Use = RuleTruth['connections'];

export function scoreVerdicts({ truth, analysis }: Observation): VerdictScore {
  const uses = usesByRule(truth.rules);
  const counts = new Tally();
  const lists = { usedCalledUnused: [], unusedCalledUsed: [], missed: [], miscounted: [] } as Record<string, string[]>;
  const note = (list: string, verdict: RuleVerdict, use: Use) => lists[list]?.push(describe(verdict, use));
  for (const verdict of analysis.verdicts.rules) {
    const use = uses.get(verdict.rule.id);
    if (use === undefined) throw new Error(`${verdict.rule.id} is not a rule of the account`);
    const really = use.admitted > 0 ? 'used' : 'unused';
    counts.add(`${really}>${verdict.verdict}`);
    if (really === 'used' && verdict.verdict === 'unused') note('usedCalledUnused', verdict, use);
    if (really === 'unused' && verdict.verdict === 'used') note('unusedCalledUsed', verdict, use);
    if (really === 'unused' && verdict.verdict === 'undecided') {
      const excuse = excuseOf(verdict, truth.connections);
      counts.add(`excused ${excuse ?? 'not'}`);
      if (excuse === null) note('missed', verdict, use);
    }
    if (isMiscounted(verdict, use)) note('miscounted', verdict, use);
    else counts.add((verdict.usage?.connections.possible ?? 0) === 0 ? 'counted' : 'bounded');
  }
  return { counts, ...lists } as unknown as VerdictScore;
}

function usesByRule(rules: readonly RuleTruth[]): Map<string, Use> {
  const uses = new Map<string, Use>();
  for (const { ruleId, connections } of rules) {
    const known = uses.get(ruleId) ?? { certain: 0, possible: 0, sole: 0, admitted: 0, tuples: 0 };
    const names = Object.keys(known) as (keyof Use)[];
    uses.set(
      ruleId,
      Object.fromEntries(names.map((name) => [name, known[name] + connections[name]])) as unknown as Use,
    );
  }
  return uses;
}

/**
 * Connections are 5-tuples on an interface until their idle time-out. Exact where nothing was merely possible;
 * otherwise what is certain is a lower bound, and all together an upper one. Of rules for one ICMP type the truth counts
 * none as certain; where nothing else explains a connection, its type was the rule's.
 */
function isMiscounted({ usage }: RuleVerdict, { tuples, possible: typed, admitted }: Use): boolean {
  const { proven, inferred, possible } = usage?.connections ?? { proven: 0, inferred: 0, possible: 0 };
  const certain = proven + inferred;
  return certain > (typed > 0 ? admitted : tuples) || certain + possible < tuples;
}

const SHORT_EVIDENCE: ReadonlySet<Reason> = new Set<Reason>([
  'unlogged-interface',
  'skip-data',
  'gap',
  'rule-younger-than-window',
]);

function excuseOf(verdict: RuleVerdict, connections: readonly ConnectionTruth[]): Excuse | null {
  const { rule, reasons } = verdict;
  if (reasons.some((reason) => SHORT_EVIDENCE.has(reason))) return 'evidence';
  if (['icmp', 'icmpv6'].includes(rule.protocol) && rule.fromPort !== null) return 'icmp-type';
  return connections.some((connection) => mayBeMistaken(verdict, connection)) ? 'either-way' : null;
}

/** Whether the rule might have admitted a connection of the other direction, for all that its records say. */
function mayBeMistaken({ rule, group }: RuleVerdict, connection: ConnectionTruth): boolean {
  const { protocol, initiator, action, records, localPort, peerPort, groupIds } = connection;
  const opened = initiator === 'local' ? 'outbound' : 'inbound';
  if (action !== 'ACCEPT' || records === 0 || protocol === 6) return false;
  if (rule.direction === opened || !groupIds.includes(group.id) || localPort !== peerPort) return false;
  if (rule.protocol !== '-1' && protocolNumber(rule.protocol) !== protocol) return false;
  return (
    rule.fromPort === null ||
    localPort === 0 ||
    (rule.fromPort <= localPort && localPort <= (rule.toPort ?? rule.fromPort))
  );
}

/** A rule, what is said of it, and the truth. */
export function describe({ rule, group, verdict, reasons, usage }: RuleVerdict, use: object): string {
  const { id, direction, protocol, fromPort, toPort, peer } = rule;
  const what = `${direction} ${protocol} ${fromPort ?? '*'}-${toPort ?? '*'} ${JSON.stringify(peer)}`;
  return `${id} of ${group.groupName}: ${what} is ${verdict} (${reasons}) by ${JSON.stringify(usage?.connections)}, really ${JSON.stringify(use)}`;
}
