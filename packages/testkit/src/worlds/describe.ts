/** A tiny account in words, for whoever looks for the fault that its seed shows. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { TinyAccount } from './account.ts';
import type { Encounter } from './connections.ts';
import { meaningOf, secondsOf } from './documents.ts';
import { WINDOW } from './history.ts';
import type { Answer } from './oracle.ts';

/** `verdicts`: what the product says, by rule id. */
export function describe(account: TinyAccount, answer: Answer, verdicts: ReadonlyMap<string, string>): string {
  const { seed, habit, history, evidence } = account;
  const events = history.slice(1).map(({ from, event }) => `  ${timeOf(from)} ${event}`);
  const connections = evidence.conversations.map((conversation, index) => {
    const said = [...(answer.testimonies[index]?.uses ?? [])].map(([id, use]) => `${id} ${use}`);
    const note = answer.testimonies[index]?.isUnexplained ? ' (unexplained)' : '';
    return `  ${textOf(conversation, account.encounters[index] as Encounter)}\n    oracle: ${said.join(', ') || '-'}${note}`;
  });
  const rules = Array.from(answer.uses, ([id, use]) => `  ${id}: oracle ${use}, verdict ${verdicts.get(id) ?? '-'}`);
  return [
    `seed ${seed}, captures: ${habit}`,
    ...evidence.snapshots.map((snapshot, index) => captureText(snapshot, index, evidence.snapshots[index - 1])),
    ...['events', ...events, 'connections', ...connections, 'rules', ...rules],
  ].join('\n');
}

/** Since the logs began. */
const timeOf = (seconds: number): string => {
  const minutes = Math.floor(Math.abs(seconds - WINDOW.from) / 60);
  const sign = seconds < WINDOW.from ? '-' : '';
  return `${sign}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
};

function captureText(snapshot: InventorySnapshot, index: number, previous: InventorySnapshot | undefined): string {
  const { interfaces, groups, prefixLists, peerings } = snapshot;
  const lines = [
    ...interfaces.map(({ id, vpcId, addresses, groupIds }) => `  ${id} ${vpcId} ${addresses} with ${groupIds}`),
    ...groups.flatMap(({ id, rules }) => rules.map((rule) => `  ${id} ${rule.id}: ${meaningOf(rule)}`)),
    ...prefixLists.map(({ id, version, entries }) => `  ${id} v${version}: ${entries?.map(({ cidr }) => cidr)}`),
    ...peerings.map(({ id, status }) => `  ${id} ${status}`),
    ...(snapshot.vpcs.length === 0 ? ['  without VPCs'] : []),
  ];
  const isSame =
    previous && JSON.stringify({ ...previous, capturedAt: '' }) === JSON.stringify({ ...snapshot, capturedAt: '' });
  return [`capture ${index} at ${timeOf(secondsOf(snapshot))}`, ...(isSame ? ['  as before'] : lines)].join('\n');
}

function textOf(conversation: Conversation, { at, packet, admittedBy, clientPort }: Encounter): string {
  const { interfaceId, epoch, action, initiator, method, servicePort, localPort, peerPort } = conversation;
  const { direction, protocol, icmp } = packet;
  const service =
    protocol === 1 ? `icmp ${icmp.type}/${icmp.code}` : `${protocol}:${packet.servicePort} client ${clientPort}`;
  const known = `${initiator} by ${method}, service ${servicePort}, local ${localPort}, peer ${peerPort}`;
  const really = admittedBy.map(({ id }) => id).join(', ') || 'nothing';
  return `${timeOf(at)} gap ${epoch} ${interfaceId} ${direction} ${service} peer ${packet.peerAddress} ${action}; known: ${known}; really: ${really}`;
}
