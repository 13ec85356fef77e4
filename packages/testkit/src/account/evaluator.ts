/**
 * The firewall of the simulated account: which rules let a packet that opens a connection pass. Written from AWS's
 * description, with loops and without an index, and on purpose without anything of `@flowfit/core/security-group`:
 * it is the oracle. Rules only allow; the union over all groups of the interface decides; all that admit are named.
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { isInRange, type Range, rangeOf } from './address.ts';
import type { End, Host } from './host.ts';
import type { RuleVersion } from './rule-version.ts';

export interface Packet {
  /** IANA number. */
  readonly protocol: number;
  /** The responder's port; 0 for protocols without ports. */
  readonly port: number;
  /** Of ICMP and ICMPv6. */
  readonly icmpType: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** Admit the packet whatever its ICMP type. */
  readonly certain: readonly RuleVersion[];
  /** Admit packets of this protocol and peer by ICMP type: a flow log cannot tell whether they admitted this one. */
  readonly possible: readonly { readonly version: RuleVersion; readonly admits: boolean }[];
  /** The connection is cut as soon as the rules no longer allow it. */
  readonly untracked: boolean;
}

/** An interface without groups (NAT and transit gateways) filters nothing. */
export const UNFILTERED: Verdict = { allowed: true, certain: [], possible: [], untracked: false };

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };
const ANYWHERE = new Set(['0.0.0.0/0', '::/0']);

interface CompiledRule {
  readonly version: RuleVersion;
  /** null: all. */
  readonly protocol: number | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly anywhere: boolean;
  readonly matchesPeer: (peer: End) => boolean;
}

interface CompiledGroup {
  readonly inbound: readonly CompiledRule[];
  readonly outbound: readonly CompiledRule[];
}

export class Evaluator {
  readonly #interfaces: ReadonlyMap<string, NetworkInterface>;
  readonly #groups = new Map<string, CompiledGroup>();
  readonly #lists: ReadonlyMap<string, readonly Range[]>;
  readonly #vpcOfGroup: ReadonlyMap<string, string | null>;

  constructor(snapshot: InventorySnapshot, inForce: ReadonlyMap<string, RuleVersion>) {
    this.#interfaces = new Map(snapshot.interfaces.map((value) => [value.id, value]));
    this.#lists = new Map(
      snapshot.prefixLists.map((list) => [list.id, (list.entries ?? []).map(({ cidr }) => rangeOf(cidr))]),
    );
    this.#vpcOfGroup = new Map(snapshot.groups.map((group) => [group.id, group.vpcId]));
    for (const group of snapshot.groups) {
      const compiled = group.rules.map((rule) => this.#compile(inForce.get(rule.id) as RuleVersion));
      const of = (direction: SecurityGroupRule['direction']) =>
        compiled.filter(({ version }) => version.rule.direction === direction);
      this.#groups.set(group.id, { inbound: of('inbound'), outbound: of('outbound') });
    }
  }

  groupsOf(host: Host): readonly string[] {
    return this.#interfaces.get(host.interfaceId)?.groupIds ?? [];
  }

  /** The first packet of a connection at an interface; `peer` is its other end as the interface sees it. */
  evaluate(host: Host, direction: SecurityGroupRule['direction'], peer: End, packet: Packet): Verdict {
    const groupIds = this.groupsOf(host);
    if (groupIds.length === 0) return UNFILTERED;
    const certain: RuleVersion[] = [];
    const possible: { version: RuleVersion; admits: boolean }[] = [];
    let everyRuleIsOpen = true;
    for (const groupId of groupIds) {
      for (const rule of this.#groups.get(groupId)?.[direction] ?? []) {
        if (rule.protocol !== null && rule.protocol !== packet.protocol) continue;
        if (!rule.matchesPeer(peer)) continue;
        if (isTypedIcmp(rule)) possible.push({ version: rule.version, admits: rule.from === packet.icmpType });
        else if (isPortless(packet.protocol) || hasPort(rule, packet.port)) certain.push(rule.version);
        else continue;
        everyRuleIsOpen &&= rule.anywhere;
      }
    }
    const allowed = certain.length > 0 || possible.some(({ admits }) => admits);
    const untracked =
      allowed &&
      everyRuleIsOpen &&
      !isPortless(packet.protocol) &&
      this.#answersFreely(groupIds, direction, peer, packet);
    return { allowed, certain, possible, untracked };
  }

  /** TCP and UDP are untracked where both directions are open to all addresses, the way back on all ports. */
  #answersFreely(
    groupIds: readonly string[],
    direction: SecurityGroupRule['direction'],
    peer: End,
    packet: Packet,
  ): boolean {
    const back = direction === 'inbound' ? 'outbound' : 'inbound';
    return groupIds.some((groupId) =>
      this.#groups.get(groupId)?.[back].some((rule) => {
        const allPorts = rule.from === null || (rule.from === 0 && rule.to === 65535);
        return (
          rule.anywhere &&
          allPorts &&
          (rule.protocol === null || rule.protocol === packet.protocol) &&
          rule.matchesPeer(peer)
        );
      }),
    );
  }

  #compile(version: RuleVersion): CompiledRule {
    const { rule } = version;
    return {
      version,
      protocol: rule.protocol === '-1' ? null : (NUMBERS[rule.protocol] ?? Number(rule.protocol)),
      from: rule.fromPort,
      to: rule.toPort,
      anywhere: rule.peer.kind === 'cidr' && ANYWHERE.has(rule.peer.cidr),
      matchesPeer: this.#peerTest(rule),
    };
  }

  #peerTest({ peer, groupId: ownGroup }: SecurityGroupRule): (peer: End) => boolean {
    if (peer.kind === 'cidr') {
      const range = rangeOf(peer.cidr);
      return (end) => isInRange(range, end);
    }
    if (peer.kind === 'prefix-list') {
      const ranges = this.#lists.get(peer.prefixListId) ?? [];
      return (end) => ranges.some((range) => isInRange(range, end));
    }
    // Private addresses of the interfaces that have the group now, in the group's own VPC or over an active peering.
    const { groupId } = peer;
    const reachable =
      this.#vpcOfGroup.get(groupId) === this.#vpcOfGroup.get(ownGroup) || peer.peeringStatus === 'active';
    return (end) => reachable && end.host !== null && this.groupsOf(end.host).includes(groupId);
  }
}

export const isPortless = (protocol: number): boolean => protocol !== 6 && protocol !== 17;

const isTypedIcmp = (rule: CompiledRule): boolean =>
  (rule.protocol === 1 || rule.protocol === 58) && rule.from !== null;

const hasPort = (rule: CompiledRule, port: number): boolean =>
  rule.protocol === null || rule.from === null || (rule.from <= port && port <= (rule.to ?? rule.from));
