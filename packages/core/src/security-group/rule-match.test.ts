import { describe, expect, it } from 'vitest';
import { parseRule } from './notation.ts';
import { toRuleMatch } from './rule-match.ts';

function match(service: string) {
  const meaning = parseRule(`inbound ${service} from 0.0.0.0/0`) ?? expect.fail(service);
  const { protocol, ports, typed, family } = toRuleMatch({ ...meaning, id: 'sgr-1', groupId: 'sg-1', description: '' });
  return { protocol, ports: ports.toRanges(), typed, family };
}

describe('toRuleMatch', () => {
  const all = [[0, 65535]];
  it.each([
    ['all', { protocol: null, ports: all, typed: false, family: null }],
    ['tcp 443', { protocol: 6, ports: [[443, 443]], typed: false, family: null }],
    ['udp all', { protocol: 17, ports: all, typed: false, family: null }],
    // EC2 ignores ports of other protocols, whatever From and To say.
    ['50 1-2', { protocol: 50, ports: all, typed: false, family: null }],
    ['icmp all', { protocol: 1, ports: all, typed: false, family: 4 }],
    // Type 8, every code: 8 * 256 up to 8 * 256 + 255.
    ['icmp 8', { protocol: 1, ports: [[2048, 2303]], typed: true, family: 4 }],
    ['icmpv6 3-4', { protocol: 58, ports: [[772, 772]], typed: true, family: 6 }],
  ])('%s', (service, expected) => {
    expect(match(service)).toEqual(expected);
  });

  it('makes no claim for a protocol that it cannot read', () => {
    expect(match('martian 1').typed).toBe(true);
  });
});
