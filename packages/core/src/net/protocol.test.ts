import { describe, expect, it } from 'vitest';
import { hasPorts, isIcmp, protocolName, protocolNumber } from './protocol.ts';

describe('protocols', () => {
  it.each([
    [1, 'icmp'],
    [6, 'tcp'],
    [17, 'udp'],
    [41, 'ipv6'],
    [47, 'gre'],
    [50, 'esp'],
    [51, 'ah'],
    [58, 'icmpv6'],
    [89, 'ospf'],
    [94, 'ipip'],
    [103, 'pim'],
    [112, 'vrrp'],
    [115, 'l2tp'],
    [132, 'sctp'],
    [136, 'udplite'],
    [143, 'ethernet'],
    [145, 'nsh'],
  ])('%i is %s', (number, name) => {
    expect(protocolName(number)).toBe(name);
    expect(protocolNumber(name)).toBe(number);
    expect(protocolNumber(name.toUpperCase())).toBe(number);
    expect(protocolNumber(String(number))).toBe(number);
  });

  it('has every number come back from its own name', () => {
    for (let number = 0; number < 256; number++) expect(protocolNumber(protocolName(number))).toBe(number);
  });

  it('knows other spellings', () => {
    expect(protocolNumber('ipv6-icmp')).toBe(58);
  });

  it.each(['256', '-1', '', 'tcpp', '6.0', '0x6'])('refuses %j', (text) => expect(protocolNumber(text)).toBeNull());

  it('tells which carry ports and which types', () => {
    expect([6, 17, 1, 58, 132].map(hasPorts)).toEqual([true, true, false, false, false]);
    expect([6, 17, 1, 58, 132].map(isIcmp)).toEqual([false, false, true, true, false]);
  });
});
