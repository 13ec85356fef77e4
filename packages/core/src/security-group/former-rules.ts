/**
 * What rules were before: a connection outlives the rule that admitted it until its idle time-out, and the groups of its
 * interface. Such an admission is only possible. Peers by group or list count as admitted, whoever was a member then.
 */
import type { Conversation, Initiator } from '../conversation/model.ts';
import { idleTimeout } from '../conversation/timeouts.ts';
import type { NetworkInterface, SecurityGroupRule } from '../inventory/model.ts';
import type { Version } from '../inventory/timeline.ts';
import { push } from '../multimap.ts';
import { parseAddress } from '../net/address.ts';
import { parsePrefix, prefixContains } from '../net/prefix.ts';
import { hasPorts } from '../net/protocol.ts';
import { type Attribution, NO_ATTRIBUTION } from './attribution.ts';
import { DOUBT } from './doubt.ts';
import { toRuleMatch } from './rule-match.ts';

/** A way in which a connection may have been opened. */
export interface Way {
  readonly initiator: Exclude<Initiator, 'unknown'>;
  readonly servicePort: number | null;
}

interface Candidate {
  readonly index: number;
  readonly version: Version<SecurityGroupRule>;
  /** When it was no longer in force for the interface, Unix seconds. */
  readonly ended: number;
}

export class FormerRules {
  readonly #versions: readonly Version<SecurityGroupRule>[];
  /** Indexes of the versions of each group. */
  readonly #ofGroup = new Map<string, number[]>();
  /** Versions of interfaces that had other groups later. */
  readonly #changed = new Map<string, Version<NetworkInterface>[]>();

  #recent: { readonly interfaceId: string; readonly time: number; readonly candidates: readonly Candidate[] } = {
    interfaceId: '',
    time: 0,
    candidates: [],
  };

  constructor(rules: readonly Version<SecurityGroupRule>[], interfaces: readonly Version<NetworkInterface>[]) {
    this.#versions = rules;
    rules.forEach(({ value }, index) => {
      push(this.#ofGroup, value.groupId, index);
    });
    for (const version of interfaces) push(this.#changed, version.id, version);
  }

  /** @param time when the gap begins, Unix seconds: what ended by then is former */
  admit(conversation: Conversation, ways: readonly Way[], time: number): Attribution {
    const candidates = this.#candidates(conversation.interfaceId, time);
    if (candidates.length === 0) return NO_ATTRIBUTION;
    const oldest = oldestOf(conversation);
    const possible = candidates
      .filter(({ version, ended }) => ended >= oldest && ways.some((way) => admits(version.value, conversation, way)))
      .map(({ index }) => index);
    if (possible.length === 0) return NO_ATTRIBUTION;
    return { certain: [], possible, doubts: possible.map(() => DOUBT.history) };
  }

  /** Conversations come in runs of one interface and gap. */
  #candidates(interfaceId: string, time: number): readonly Candidate[] {
    if (this.#recent.interfaceId !== interfaceId || this.#recent.time !== time) {
      this.#recent = { interfaceId, time, candidates: this.#candidatesAt(interfaceId, time) };
    }
    return this.#recent.candidates;
  }

  /** Versions of its groups that ended by then, and all up to then of groups that it had before. */
  #candidatesAt(interfaceId: string, time: number): Candidate[] {
    const lives = (this.#changed.get(interfaceId) ?? []).filter(
      ({ from }) => (from ?? Number.NEGATIVE_INFINITY) <= time,
    );
    const has = new Set(lives.at(-1)?.value.groupIds);
    /** By group: until when the interface had it. */
    const had = new Map(lives.flatMap(({ value, to }) => value.groupIds.map((id) => [id, to] as const)));
    const candidates = [...had].flatMap(([groupId, until]) =>
      (this.#ofGroup.get(groupId) ?? []).flatMap((index) => {
        const version = this.#versions[index] as Version<SecurityGroupRule>;
        const ends = [version.to, has.has(groupId) ? null : until].filter((end) => end !== null);
        const ended = Math.min(...ends);
        const isFormer = (version.from ?? Number.NEGATIVE_INFINITY) <= time && ended <= time;
        return isFormer ? [{ index, version, ended }] : [];
      }),
    );
    return candidates.sort((a, b) => a.index - b.index);
  }
}

/** The earliest moment at which a connection can have begun; reported times are up to an interval and a minute off. */
function oldestOf({ protocol, method, firstSeen }: Conversation): number {
  const isSeenFromTheStart =
    method === 'tcp-flags' || method === 'tcp-flags-other-interval' || method === 'other-interface';
  return firstSeen - LONGEST_INTERVAL - 60 - (isSeenFromTheStart ? 0 : idleTimeout(protocol, true));
}

/** Seconds that one record may stand for. */
const LONGEST_INTERVAL = 600;

function admits(
  rule: SecurityGroupRule,
  { protocol, peerAddress }: Conversation,
  { initiator, servicePort }: Way,
): boolean {
  if ((rule.direction === 'inbound') !== (initiator === 'remote')) return false;
  const { protocol: asked, ports, family } = toRuleMatch(rule);
  if (asked !== null && asked !== protocol) return false;
  if (hasPorts(protocol) && servicePort !== null && !ports.contains(servicePort)) return false;
  const address = parseAddress(peerAddress);
  if (address === null || (family !== null && family !== address.family)) return false;
  if (rule.peer.kind !== 'cidr') return true;
  const prefix = parsePrefix(rule.peer.cidr);
  return prefix === null || prefixContains(prefix, address);
}
