/**
 * All worlds of one connection: every combination of the options of every choice and of every packet that it may have
 * been, in which at least one rule admits the packet. Plain loops over states; nothing is concluded here.
 *
 * One connection at a time, since the choices of two connections do not depend on each other: each began at an instant
 * of its own, and between two captures a thing may at each instant be as the one or as the other shows it. Who opened
 * it is asked of each end alone: the other end's records do not narrow it, so that there are more worlds, never fewer.
 */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { RulePeer, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { type Around, around, interfaceIn } from './around.ts';
import {
  type Choice,
  choicesFor,
  DOUBTS,
  type Doubt,
  type Instant,
  mayHold,
  type Option,
  type Setting,
  vpcOfMembers,
} from './choices.ts';
import type { Direction } from './documents.ts';
import type { Evidence } from './evidence.ts';
import { isInCidr, matchesService, type Packet } from './packet.ts';
import { packetsOf } from './readings.ts';

export interface World {
  readonly direction: Direction;
  /** Ids, at least one. */
  readonly admittedBy: ReadonlySet<string>;
  /** The largest of its options. */
  readonly doubt: Doubt;
}

/** More states than this, and the account is not tiny. */
const MAX_STATES = 500_000;

export function worldsOf(evidence: Evidence, conversation: Conversation): World[] {
  const setting = { evidence, around: around(evidence, conversation.epoch), conversation };
  const rules = rulesAround(setting);
  const worlds = new Map<string, World>();
  for (const packet of packetsOf(conversation, rules)) {
    const relevant = rules.filter((rule) => mayAdmit(setting.around, rule, packet));
    for (const { instant, doubt } of statesOf(choicesFor(setting, relevant))) {
      const admittedBy = relevant.filter((rule) => admits(setting.around, instant, rule, packet)).map(({ id }) => id);
      if (admittedBy.length === 0) continue;
      const world = { direction: packet.direction, admittedBy: new Set(admittedBy), doubt };
      worlds.set(`${packet.direction} ${doubt} ${[...world.admittedBy].sort()}`, world);
    }
  }
  return [...worlds.values()];
}

/** Of the groups of the interface's VPC, as the captures on both sides show them: two meanings of one id are two rules. */
function rulesAround({ around: { shown, before, after }, conversation }: Setting): SecurityGroupRule[] {
  const { interfaceId } = conversation;
  const vpcId = (interfaceIn(before, interfaceId) ?? interfaceIn(after, interfaceId))?.vpcId ?? conversation.vpcId;
  const groups = shown.flatMap((snapshot) => snapshot.groups);
  return groups.filter((group) => vpcId === null || group.vpcId === vpcId).flatMap(({ rules }) => rules);
}

/** If all that is open is in its favour. */
function mayAdmit(around: Around, rule: SecurityGroupRule, packet: Packet): boolean {
  if (!matchesService(rule, packet)) return false;
  if (rule.peer.kind === 'cidr') return isInCidr(rule.peer.cidr, packet.peerAddress);
  return rule.peer.kind !== 'group' || mayHold(around, vpcOfMembers(around, rule, rule.peer), packet.peerAddress);
}

function admits(around: Around, instant: Instant, rule: SecurityGroupRule, packet: Packet): boolean {
  const inForce = instant.rules.get(rule.id);
  if (!inForce || !instant.groups.has(rule.groupId) || !matchesService(inForce, packet)) return false;
  const { peer }: { peer: RulePeer } = inForce;
  if (peer.kind === 'cidr') return isInCidr(peer.cidr, packet.peerAddress);
  if (peer.kind === 'prefix-list') return instant.listed.get(peer.prefixListId) === true;
  const isReachable = peer.peeringConnectionId === null || instant.up.get(peer.peeringConnectionId) === true;
  return isReachable && instant.peerGroups.get(vpcOfMembers(around, inForce, peer))?.has(peer.groupId) === true;
}

function* statesOf(choices: readonly Choice[]): Generator<{ readonly instant: Instant; readonly doubt: Doubt }> {
  const count = choices.reduce((product, { length }) => product * length, 1);
  if (count > MAX_STATES) throw new Error(`${count} states of one connection: the account is not tiny`);
  const instant: Instant = {
    ...{ groups: new Set(), rules: new Map(), listed: new Map(), up: new Map(), peerGroups: new Map() },
  };
  for (let state = 0; state < count; state++) {
    let doubt = 0;
    let rest = state;
    for (const options of choices) {
      const option = options[rest % options.length] as Option;
      rest = Math.floor(rest / options.length);
      option.set(instant);
      doubt = Math.max(doubt, DOUBTS.indexOf(option.doubt));
    }
    yield { instant, doubt: DOUBTS[doubt] as Doubt };
  }
}
