/**
 * Who opened a connection: the ladder. The first rung that decides wins, and its name is recorded.
 *
 *  1 `tcp-flags`                 the flags of the connection in this interval
 *  2 `tcp-flags-other-interval`  the flags of the same connection in its other intervals
 *  3 `other-interface`           the flags in the records that the other end's interface made of it
 *  4 `rule-elimination`          it was accepted, and the rules in force admit it in one direction only: what went the
 *                                other way were replies. Where the other end's interface recorded it as accepted too,
 *                                its rules count as well: what they do not let out was not opened there. Only where
 *                                captures show an interface on both sides of the time do its rules say anything, and
 *                                against ports that close the other way (below) they only open it again
 *  5 `ports`, `fan-in`           inference, see `./ports.ts`; of protocols with ports only
 *  6 `none`                      unknown
 *
 * Time decides nothing: both directions of an interval carry the same start and end. Flags are tested by bits, since
 * AWS or-s them over the interval: the source of a record with SYN and not ACK opened the connection, the source of one
 * with SYN and ACK answered (ACK is reported together with SYN only). Where the two directions contradict each other
 * (a port reused the other way round, a simultaneous open) the rung says nothing.
 *
 * Packets in one direction only are those of who opened the connection, or else replies to packets that nobody
 * recorded. So below the flags nothing is concluded against the only direction: a rung that points to the other end
 * (an SNMP trap from port 161 to port 1162 looks like the answer of port 161) ends the climb with `unknown`.
 *
 * How ports and fan-in combine, in this order (p = ports, f = fan-in):
 *
 *   p firm                → p by `ports`
 *   p, and f agrees       → p by `ports`
 *   p, and f contradicts  → f by `fan-in`
 *   p alone               → p by `ports`
 *   f alone               → f by `fan-in`
 *   neither               → unknown
 *
 * An inference leaves the alternative open, that the connection was opened the other way round, but for one: firm
 * ports of TCP that fan-in does not contradict, where packets went both ways, or were rejected on their way to the
 * service. TCP clients do not bind ports of services; those of UDP do, and a fan-in may be that of a busy client.
 *
 * "Alternative open" keeps the promise that no used rule is called unused: the rules that would have admitted the
 * connection the other way round are credited with a *possible* admission.
 */
import { hasPorts, TCP } from '../net/protocol.ts';
import type { Initiator, InitiatorMethod } from './model.ts';
import { type FanIn, inferByFanIn, inferByPorts } from './ports.ts';

/** Bits of tcp-flags. */
export const SYN = 2;
export const ACK = 16;

/** tcp-flags of the two directions, each or-ed over its records; null = no record of it, or records without flags. */
export interface Flags {
  readonly inbound: number | null;
  readonly outbound: number | null;
}

/** The directions of a connection that have packets, of the outcome that is asked about; in all of its intervals. */
export interface Ways {
  readonly inbound: boolean;
  readonly outbound: boolean;
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
  /** Absent = other records of the connection are not at hand, so that none can be said to be missing. */
  readonly ways?: Ways | undefined;
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
  const shown = byFlags(evidence);
  if (shown) return shown;
  const concluded = conclude(byElimination(evidence), byInference(evidence));
  return isAgainstOnlyWay(concluded.initiator, evidence.ways) ? UNKNOWN : concluded;
}

/** A rule that no capture shows is as thinkable as a client that binds the port of a service: then both ways are open. */
function conclude(rules: InitiatorDecision | null, inferred: InitiatorDecision | null): InitiatorDecision {
  if (!rules) return inferred ?? UNKNOWN;
  const contradicts = inferred !== null && !inferred.alternative && inferred.initiator !== rules.initiator;
  return contradicts ? { ...inferred, alternative: true } : rules;
}

/** Whether all packets went the way that the opener's do not go. */
function isAgainstOnlyWay(initiator: Initiator, ways: Ways | undefined): boolean {
  if (!ways || ways.inbound === ways.outbound) return false;
  return initiator === (ways.inbound ? 'local' : 'remote');
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

function byInference(evidence: ConnectionEvidence): InitiatorDecision | null {
  const { protocol, localPort, peerPort, fanIn } = evidence;
  if (!hasPorts(protocol)) return null;
  const ports = inferByPorts(localPort, peerPort);
  const fan = fanIn ? inferByFanIn(localPort, peerPort, fanIn) : null;
  const contradicts = ports !== null && fan !== null && fan !== ports.initiator;
  if (ports && (ports.firm || !contradicts)) {
    return { initiator: ports.initiator, method: 'ports', alternative: contradicts || !isClosed(evidence, ports.firm) };
  }
  return fan && { initiator: fan, method: 'fan-in', alternative: true };
}

/** Whether ports alone close the other way. */
function isClosed({ protocol, action, ways }: ConnectionEvidence, firm: boolean): boolean {
  if (!firm || protocol !== TCP || !ways) return false;
  return (ways.inbound && ways.outbound) || action === 'REJECT';
}
