/** What happens if all suggestions to remove redundant rules are followed: asked of the simulated account's firewall. */
import { redundantRule } from '@flowfit/core/analysis/findings/redundant-rule';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { ConnectionTruth } from '@flowfit/testkit/account/truth';
import { Firewall } from './firewall.ts';
import type { Observation } from './observe.ts';

export interface Followed {
  readonly suggestions: number;
  /** Different first packets that the account admits at the end. */
  readonly packets: number;
  /** What was admitted before, and is not after the removal named. */
  readonly cut: readonly string[];
}

/** Removes the suggested rules one after the other, and asks for every observed connection after each. */
export function followRedundancies(observation: Observation, order: 'forwards' | 'backwards'): Followed {
  const firewall = new Firewall(observation);
  const ruleIds = redundantRule.find(observation.analysis).map(({ subject }) => subject['ruleId'] as string);
  if (order === 'backwards') ruleIds.reverse();
  let snapshot = firewall.newest;
  const isAdmitted = firewall.asked(snapshot);
  const packets = firstPackets(observation.truth.connections).filter((row) => isAdmitted(row).allowed);
  const cut: string[] = [];
  for (const ruleId of ruleIds) {
    snapshot = withoutRule(snapshot, ruleId);
    const isStillAdmitted = firewall.asked(snapshot);
    const lost = packets.filter((row) => !isStillAdmitted(row).allowed);
    cut.push(...lost.map((row) => `${ruleId} cuts ${packetOf(row)}`));
  }
  return { suggestions: ruleIds.length, packets: packets.length, cut };
}

/** Accepted connections through groups, one of each kind of first packet. */
function firstPackets(rows: readonly ConnectionTruth[]): ConnectionTruth[] {
  const accepted = rows.filter(({ action, groupIds }) => action === 'ACCEPT' && groupIds.length > 0);
  return [...new Map(accepted.map((row) => [packetOf(row), row])).values()];
}

const packetOf = ({ interfaceId, initiator, service, protocol, servicePort, peerAddress }: ConnectionTruth): string =>
  `${interfaceId} ${initiator} ${service} ${protocol} ${servicePort} ${peerAddress}`;

function withoutRule(snapshot: InventorySnapshot, ruleId: string): InventorySnapshot {
  const groups = snapshot.groups.map((group) => ({ ...group, rules: group.rules.filter(({ id }) => id !== ruleId) }));
  return { ...snapshot, groups };
}
