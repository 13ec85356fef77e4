/**
 * Why a rule is only a *possible* admission of a connection: what separates the worlds in which it admitted it from
 * those in which it did not. Kept as bits, since one admission may be doubtful in several ways.
 *
 * `explanation/how-a-verdict-is-reached.md` says of each which histories are meant.
 */

/** Every doubt, with its bit. */
export const DOUBT = {
  /** The rule is for one ICMP type or code, which flow logs do not hold. */
  icmpType: 1,
  /** It is not certain who opened the connection. */
  initiator: 2,
  /** The port is not known, or the log lacks another field that the rule asks for. */
  layout: 4,
  /** The address belonged to a member at one of the captures around the connection, not at both. */
  member: 8,
  /** No capture shows whose the address was: it may have been a member's. */
  stranger: 16,
  /** The interface may have had the group: captures on both sides do not show which groups it had. */
  attachment: 32,
  /** The rule read otherwise, or was missing, at one of the captures around the connection; or captures of both sides are missing. */
  history: 64,
  /** The entries of the prefix list are not known, or were changed around that time. */
  entries: 128,
  /** The entries of the prefix list may have been others: no capture says that they were. */
  otherEntries: 256,
  /** The way between the VPCs is not known: another account, a transit gateway, a peering connection that came or went. */
  reachability: 512,
  /** A load balancer of the group may have kept the client's address. */
  client: 1024,
  /** No capture shows the interface. */
  unknownInterface: 2048,
  /** Nothing that captures show explains the connection: so something was otherwise than they show. */
  unexplained: 4096,
  /** The log does not say whether it was accepted. */
  action: 8192,
} as const;

/** Doubts about things that no capture shows: a rule that is possible by these alone explains nothing. */
export const UNSEEN = DOUBT.stranger | DOUBT.otherEntries | DOUBT.unexplained;

/**
 * Whether these doubts go away where the rule is the only one shown that can have admitted an accepted connection: the
 * type fits, it was opened that way, and the rule stood at that moment.
 */
export function vanishesWhenSole(doubts: number): boolean {
  return (doubts & ~(DOUBT.icmpType | DOUBT.initiator | DOUBT.history | DOUBT.attachment)) === 0;
}

/** Whether a rule with these doubts would explain a connection by what captures show. */
export function explainsBy(doubts: number): boolean {
  return (doubts & UNSEEN) === 0;
}

/** Whether doubts are less than others: none about things that no capture shows, then fewer. */
export function isLess(doubts: number, than: number): boolean {
  const [unseen, unseenThan] = [(doubts & UNSEEN) !== 0, (than & UNSEEN) !== 0];
  return unseen === unseenThan ? bits(doubts) < bits(than) : unseenThan;
}

function bits(doubts: number): number {
  let count = 0;
  for (let rest = doubts; rest > 0; rest &= rest - 1) count++;
  return count;
}
