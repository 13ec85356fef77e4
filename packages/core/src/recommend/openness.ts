/**
 * How open a rule set is: pairs of address and port that it admits, by the newest capture. TCP and UDP have 65,536 ports,
 * each of the other 254 protocols counts as one. What several rules admit counts once. A group reference counts its
 * members' addresses, a prefix list its entries.
 */
import type { SecurityGroupRule } from '../inventory/model.ts';
import { AddressSet } from '../net/address-set.ts';
import { hasPorts, TCP, UDP } from '../net/protocol.ts';
import { SPECIAL_PURPOSE } from '../net/special.ts';
import { portClassStarts } from '../security-group/port-classes.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import type { Openness } from './model.ts';

const SPECIAL = AddressSet.parse(SPECIAL_PURPOSE.map(([cidr]) => cidr));

/** Protocols without ports. */
const OTHER_PROTOCOLS = 254;

/** Exact, so that equal sets are equally open however their rules cut the ports. */
type Pairs = Readonly<Record<keyof Openness, bigint>>;

const NONE: Pairs = { ipv4: 0n, ipv6: 0n, publicIpv4: 0n, publicIpv6: 0n };

const add = (a: Pairs, b: Pairs): Pairs => ({
  ipv4: a.ipv4 + b.ipv4,
  ipv6: a.ipv6 + b.ipv6,
  publicIpv4: a.publicIpv4 + b.publicIpv4,
  publicIpv6: a.publicIpv6 + b.publicIpv6,
});

/** @param reachOf the addresses that a rule's peer stands for */
export function opennessOf(
  rules: readonly SecurityGroupRule[],
  reachOf: (rule: SecurityGroupRule) => AddressSet,
): Openness {
  let sum = NONE;
  for (const direction of ['inbound', 'outbound'] as const) {
    const matches = rules
      .filter((rule) => rule.direction === direction)
      .map((rule) => ({ ...toRuleMatch(rule), addresses: reachOf(rule) }));
    const named = new Set(matches.flatMap(({ protocol }) => protocol ?? [TCP, UDP]));
    for (const protocol of named) {
      const some = matches.filter((match) => match.protocol === null || match.protocol === protocol);
      sum = add(sum, hasPorts(protocol) ? ofPorted(some) : count(some, 1));
    }
    const forAll = matches.filter((match) => match.protocol === null);
    const unnamed = OTHER_PROTOCOLS - [...named].filter((protocol) => !hasPorts(protocol)).length;
    if (forAll.length > 0) sum = add(sum, count(forAll, unnamed));
  }
  return {
    ipv4: Number(sum.ipv4),
    ipv6: Number(sum.ipv6),
    publicIpv4: Number(sum.publicIpv4),
    publicIpv6: Number(sum.publicIpv6),
  };
}

type Match = ReturnType<typeof toRuleMatch> & { readonly addresses: AddressSet };

function ofPorted(matches: readonly Match[]): Pairs {
  const starts = portClassStarts(matches.map(({ ports }) => ports));
  return starts.reduce((sum, start, index) => {
    const width = (starts[index + 1] ?? 65_536) - start;
    const admitting = matches.filter(({ ports }) => ports.contains(start));
    return admitting.length === 0 ? sum : add(sum, count(admitting, width));
  }, NONE);
}

function count(matches: readonly Match[], width: number): Pairs {
  const [only, another] = matches;
  const all =
    only !== undefined && another === undefined
      ? only.addresses
      : AddressSet.ofRanges(matches.flatMap(({ addresses }) => addresses.toRanges()));
  const open = all.subtract(SPECIAL);
  const ports = BigInt(width);
  return {
    ipv4: all.size(4) * ports,
    ipv6: all.size(6) * ports,
    publicIpv4: open.size(4) * ports,
    publicIpv6: open.size(6) * ports,
  };
}

/** One figure to compare by: the share of the whole IPv4 space plus the share of the whole IPv6 space. */
export const shareOf = ({ ipv4, ipv6 }: Pick<Openness, 'ipv4' | 'ipv6'>): number => ipv4 / 2 ** 48 + ipv6 / 2 ** 144;
