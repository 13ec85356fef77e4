/**
 * Where the assumption of persistence fails: beyond the captures, or where only one of the two next to a moment shows
 * the interface, what that one shows is taken to have stood as well. Here it is asked which rules such a capture would
 * have let explain a connection, whoever really admitted it.
 */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Verdict } from '@flowfit/testkit/account/evaluator';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import { Firewall } from './firewall.ts';
import type { Observation } from './observe.ts';

interface Asked {
  readonly at: number;
  readonly interfaceIds: ReadonlySet<string>;
  readonly ask: (row: ConnectionTruth) => Verdict;
}

/** Ids of rules that a capture would have let explain a recorded connection of a time that it does not bracket. */
export function assumedRules(observation: Observation): Set<string> {
  const firewall = new Firewall(observation);
  const captures = observation.captures.map((snapshot) => askedOf(snapshot, firewall));
  const ids = new Set<string>();
  for (const row of observation.truth.connections) {
    if (row.action !== 'ACCEPT' || row.firstSeen === null || row.groupIds.length === 0) continue;
    const shown = neighboursOf(row.firstSeen, captures).filter(({ interfaceIds }) => interfaceIds.has(row.interfaceId));
    const [only, other] = shown;
    if (only === undefined || other !== undefined) continue;
    for (const { rule } of only.ask(row).certain) ids.add(rule.id);
  }
  return ids;
}

const askedOf = (snapshot: InventorySnapshot, firewall: Firewall): Asked => ({
  at: Date.parse(snapshot.capturedAt) / 1000,
  interfaceIds: new Set(snapshot.interfaces.map(({ id }) => id)),
  ask: firewall.asked(snapshot),
});

/** The last capture before a time and the first after it. */
function neighboursOf(seconds: number, captures: readonly Asked[]): Asked[] {
  const before = captures.findLast(({ at }) => at <= seconds);
  const after = captures.find(({ at }) => at > seconds);
  return [before, after].flatMap((capture) => capture ?? []);
}
