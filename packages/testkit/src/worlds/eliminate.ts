/**
 * Who opened it, by what the rules do not admit: where both neighbouring captures show the interface with the same
 * groups, and no world has it opened the one way, it was opened the other way. As the lake does, but by enumeration.
 */
import type { Conversation } from '@flowfit/core/conversation/model';
import { around, interfaceIn } from './around.ts';
import { worldsOf } from './enumerate.ts';
import type { Evidence } from './evidence.ts';
import { readingsOf } from './readings.ts';

export function eliminate(evidence: Evidence, conversation: Conversation): Conversation {
  const { action, epoch, interfaceId } = conversation;
  const readings = readingsOf(conversation);
  const shown = around(evidence, epoch);
  const groups = [shown.before, shown.after].map((snapshot) => interfaceIn(snapshot, interfaceId)?.groupIds.join());
  const isSteady = groups[0] !== undefined && groups[0] === groups[1];
  if (action !== 'ACCEPT' || readings.length === 1 || !isSteady) return conversation;
  const worlds = worldsOf(evidence, conversation);
  const possible = readings.filter(({ direction }) => worlds.some((world) => world.direction === direction));
  const [only] = possible;
  if (possible.length !== 1 || only === undefined) return conversation;
  return {
    ...conversation,
    initiator: only.direction === 'inbound' ? 'remote' : 'local',
    method: 'rule-elimination',
    servicePort: conversation.localPort === null ? null : only.port,
    ...{ localPort: null, peerPort: null },
  };
}
