import { describe, expect, it } from 'vitest';
import { formatRule, parseRule } from './notation.ts';

describe('rule notation', () => {
  it.each([
    'inbound tcp 443 from 0.0.0.0/0',
    'inbound tcp 8000-8010 from 2001:db8::/32',
    'outbound all to sg-0b',
    'inbound udp all from pl-0c',
    'inbound icmp 8 from 10.0.0.0/8',
    'inbound icmp 3-4 from 10.0.0.0/8',
    'inbound icmpv6 all from ::/0',
    'outbound 50 all to 203.0.113.5/32',
  ])('%s comes back as it went', (text) => {
    expect(formatRule(parseRule(text) ?? expect.fail())).toBe(text);
  });

  it('reads null as all, as the inventory does', () => {
    expect(parseRule('inbound icmp 8 from 10.0.0.0/8')).toMatchObject({ fromPort: 8, toPort: null });
    expect(parseRule('outbound all to 0.0.0.0/0')).toMatchObject({ protocol: '-1', fromPort: null, toPort: null });
  });

  it('refuses what is no rule', () => {
    expect(parseRule('allow tcp 443')).toBeNull();
  });
});
