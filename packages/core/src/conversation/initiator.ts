/**
 * Who opened a connection: the ladder. The first rung that decides wins, and its name is recorded.
 *
 *  1 `tcp-flags`                 the flags of the connection in this interval
 *  2 `tcp-flags-other-interval`  the flags of the same connection in its other intervals
 *  3 `other-interface`           the flags in the records that the other end's interface made of it
 *  4 `rule-elimination`          it was accepted, and the rules in force admit it in one direction only: what went the
 *                                other way were replies. Where the other end's interface recorded it as accepted too,
 *                                its rules count as well: what they do not let out was not opened there
 *  5 `ports`, `fan-in`           inference, see `./ports.ts`; of protocols with ports only
 *  6 `none`                      unknown
 *
 * Time decides nothing: both directions of an interval carry the same start and end. Flags are tested by bits, since
 * AWS or-s them over the interval: the source of a record with SYN and not ACK opened the connection, the source of one
 * with SYN and ACK answered (ACK is reported together with SYN only). Where the two directions contradict each other
 * (a port reused the other way round, a simultaneous open) the rung says nothing.
 *
 * How ports and fan-in combine, in this order (p = ports, f = fan-in):
 *
 *   p firm                → p by `ports`; the alternative stays open if f contradicts
 *   p, and f agrees       → p by `ports`
 *   p, and f contradicts  → f by `fan-in`, alternative open
 *   p alone               → p by `ports`, alternative open
 *   f alone               → f by `fan-in`, alternative open unless TCP
 *   neither               → unknown
 *
 * "Alternative open" keeps the promise that no used rule is called unused: the rules that would have admitted the
 * connection the other way round are credited with a *possible* admission.
 */
import { hasPorts, TCP } from '../net/protocol.ts';
import type { Initiator, InitiatorMethod } from './model.ts';
import { type FanIn, inferByFanIn, inferByPorts } from './ports.ts';

const SYN = 2;
const ACK = 16;

/** tcp-flags of the two directions, each or-ed over its records; null = no record of it, or records without flags. */
export interface Flags {
  readonly inbound: number | null;
  readonly outbound: number | null;
}

/** What the rules in force, of both ends where both are known, say of a connection opened in that direction. */
export type Admits = 'certain' | 'possible' | 'none';

/** All that is known of one connection on one interface, as far as each rung needs it. */
export interface ConnectionEvidence {
  readonly protocol: number;
  readonly action: 'ACCEPT' | 'REJECT' | null;
  /** 0 or null for protocols without ports. */
  readonly localPort: number | null;
  readonly peerPort: number | null;
  readonly flags: Flags;
  /** The same connection in other intervals, or-ed. */
  readonly otherIntervals?: Flags | undefined;
  /** The other end's interface, in *its* directions: inbound there is outbound here. */
  readonly otherInterface?: Flags | undefined;
  /** Inbound: opened by the peer to our port. Outbound: opened by us to the peer's port. */
  readonly rules?: { readonly inbound: Admits; readonly outbound: Admits } | undefined;
  readonly fanIn?: FanIn | undefined;
}

export interface InitiatorDecision {
  readonly initiator: Initiator;
  readonly method: InitiatorMethod;
  /** Whether the connection may as well have been opened the other way round. */
  readonly alternative: boolean;
}

const UNKNOWN: InitiatorDecision = { initiator: 'unknown', method: 'none', alternative: true };

/** Climbs the ladder. */
export function resolveInitiator(evidence: ConnectionEvidence): InitiatorDecision {
  return byFlags(evidence) ?? byElimination(evidence) ?? byInference(evidence) ?? UNKNOWN;
}

/** What the source of records with these flags is. */
function roleOfSource(flags: number | null): 'opener' | 'answerer' | null {
  if (flags === null || (flags & SYN) === 0) return null;
  return (flags & ACK) === 0 ? 'opener' : 'answerer';
}

/** Who opened it by the flags of both directions; null where they say nothing or contradict each other. */
export function initiatorOfFlags(flags: Flags): Exclude<Initiator, 'unknown'> | null {
  const inbound = roleOfSource(flags.inbound);
  const outbound = roleOfSource(flags.outbound);
  const remote = inbound === 'opener' || outbound === 'answerer';
  const local = outbound === 'opener' || inbound === 'answerer';
  if (remote === local) return null;
  return remote ? 'remote' : 'local';
}

function byFlags(evidence: ConnectionEvidence): InitiatorDecision | null {
  if (evidence.protocol !== TCP) return null;
  const { flags, otherIntervals, otherInterface } = evidence;
  return (
    proven(initiatorOfFlags(flags), 'tcp-flags') ??
    proven(otherIntervals ? initiatorOfFlags(otherIntervals) : null, 'tcp-flags-other-interval') ??
    proven(
      otherInterface ? initiatorOfFlags({ inbound: otherInterface.outbound, outbound: otherInterface.inbound }) : null,
      'other-interface',
    )
  );
}

function proven(initiator: Exclude<Initiator, 'unknown'> | null, method: InitiatorMethod): InitiatorDecision | null {
  return initiator && { initiator, method, alternative: false };
}

/** Only of accepted connections: a rejected one is admitted by nothing, whoever opened it. */
function byElimination({ action, rules }: ConnectionEvidence): InitiatorDecision | null {
  if (action !== 'ACCEPT' || !rules) return null;
  if ((rules.inbound === 'none') === (rules.outbound === 'none')) return null;
  return proven(rules.inbound === 'none' ? 'local' : 'remote', 'rule-elimination');
}

function byInference({ protocol, localPort, peerPort, fanIn }: ConnectionEvidence): InitiatorDecision | null {
  if (!hasPorts(protocol)) return null;
  const ports = inferByPorts(localPort, peerPort);
  const fan = fanIn ? inferByFanIn(localPort, peerPort, fanIn) : null;
  if (ports && (ports.firm || fan === null || fan === ports.initiator)) {
    const alternative = ports.firm ? fan !== null && fan !== ports.initiator : fan === null;
    return { initiator: ports.initiator, method: 'ports', alternative };
  }
  return fan && { initiator: fan, method: 'fan-in', alternative: ports !== null || protocol !== TCP };
}
