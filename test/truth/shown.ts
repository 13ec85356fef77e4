/**
 * Verdicts on rules as the newest capture given shows them, against the truth; for evidence that hides history.
 *
 * A rule is truly used if it admitted any connection with the meaning shown, recorded or not: protocol, ports, peer and
 * direction. One whose id admitted traffic under other meanings only is neither used nor unused, and counted apart:
 * who removes it now cuts nothing, and who calls it used speaks of what it was.
 */
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { assumedRules } from './assumed.ts';
import { scoreInitiators } from './initiators.ts';
import type { Observation } from './observe.ts';
import { Tally } from './tally.ts';
import { describe } from './verdicts.ts';

export interface ShownScore {
  /**
   * `used>unused` and the like: truth, then verdict. Truth is also `otherwise` (used under another meaning that a
   * capture shows) and `hidden` (under one that none shows). `assumed`: unused ones called used by the assumption of
   * persistence.
   */
  readonly counts: Tally;
  /** What must never be, each in words. */
  readonly usedCalledUnused: readonly string[];
  /** But for those by assumption. */
  readonly unusedCalledUsed: readonly string[];
  /** Connections at interfaces of which the opener was proven, and wrong. */
  readonly wronglyProven: readonly string[];
  /** Called unused, though their ids admitted something under a meaning that no capture shows. */
  readonly hiddenCalledUnused: readonly string[];
}

type Truth = 'used' | 'unused' | 'otherwise' | 'hidden';

const PROVEN = ['tcp-flags', 'tcp-flags-other-interval', 'other-interface', 'rule-elimination'];

export function scoreShown(observation: Observation): ShownScore {
  const uses = usesByMeaning(observation);
  const captured = meaningsOf(observation.captures);
  const assumed = assumedRules(observation);
  const counts = new Tally();
  const lists = { usedCalledUnused: [], unusedCalledUsed: [], hiddenCalledUnused: [] } as Record<string, string[]>;
  for (const one of observation.analysis.verdicts.rules) {
    const { rule, verdict } = one;
    const truth = truthOf(rule, uses.get(rule.id) ?? new Map(), captured);
    const call = `${truth}>${verdict}`;
    counts.add(call);
    const note = (list: string, more = '') =>
      lists[list]?.push(`${describe(one, Object.fromEntries(uses.get(rule.id) ?? []))}${more}`);
    if (call === 'used>unused') note('usedCalledUnused', ` such as ${exampleOf(rule.id, observation)}`);
    if (call === 'hidden>unused') note('hiddenCalledUnused');
    if (call !== 'unused>used') continue;
    if (assumed.has(rule.id)) counts.add('assumed');
    else note('unusedCalledUsed');
  }
  return { counts, wronglyProven: wronglyProven(observation), ...lists } as unknown as ShownScore;
}

const wronglyProven = (observation: Observation): string[] => {
  const initiators = scoreInitiators(observation);
  return PROVEN.flatMap((method) => {
    const wrong = initiators.get(`${method} wrong`);
    return wrong === 0 ? [] : [`${wrong} connections by ${method}`];
  });
};

/** A connection that a rule admitted, in words; when it began is told as a share of the time. */
function exampleOf(id: string, { truth, account: { options } }: Observation): string {
  const row = truth.connections.find(
    ({ action, rules, possibleRules }) =>
      action === 'ACCEPT' &&
      [...rules, ...possibleRules.filter(({ admits }) => admits)].some(({ ruleId }) => ruleId === id),
  );
  if (row === undefined) return 'none';
  const { service, interfaceId, localAddress, localPort, peerAddress, peerPort, initiator, records } = row;
  const share = (row.began - options.start) / (options.days * 86_400);
  return `${service} at ${interfaceId}, ${localAddress} ${localPort} to ${peerAddress} ${peerPort}, opened by ${initiator}, ${records} records from ${share.toFixed(3)} on`;
}

/** Connections admitted, by rule id and meaning. */
function usesByMeaning({ truth }: Observation): Map<string, Map<string, number>> {
  const uses = new Map<string, Map<string, number>>();
  for (const version of truth.rules) {
    const ofRule = uses.get(version.ruleId) ?? new Map<string, number>();
    const meaning = meaningOf(version);
    uses.set(version.ruleId, ofRule.set(meaning, (ofRule.get(meaning) ?? 0) + version.connections.admitted));
  }
  return uses;
}

function truthOf(rule: SecurityGroupRule, uses: ReadonlyMap<string, number>, captured: ReadonlySet<string>): Truth {
  if ((uses.get(meaningOf(rule)) ?? 0) > 0) return 'used';
  const others = [...uses].filter(([, admitted]) => admitted > 0).map(([meaning]) => meaning);
  if (others.length === 0) return 'unused';
  return others.some((meaning) => captured.has(`${rule.id} ${meaning}`)) ? 'otherwise' : 'hidden';
}

const meaningsOf = (captures: readonly InventorySnapshot[]): Set<string> =>
  new Set(
    captures.flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.map((rule) => `${rule.id} ${meaningOf(rule)}`)),
    ),
  );

/** What a rule says. Whether the peering that it names is active is not part of it. */
const meaningOf = ({
  direction,
  protocol,
  fromPort,
  toPort,
  peer,
}: Pick<SecurityGroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer'>): string =>
  `${direction} ${protocol} ${fromPort ?? '*'}-${toPort ?? '*'} ${nameOf(peer)}`;

const nameOf = (peer: RulePeer): string =>
  peer.kind === 'cidr' ? peer.cidr : peer.kind === 'group' ? peer.groupId : peer.prefixListId;
