import { describe, expect, it } from 'vitest';
import { type FlowValues, toPredicate } from './evaluate.ts';
import { parseFilter } from './parse.ts';

const flow: FlowValues = {
  srcaddr: '10.1.2.3',
  dstaddr: '2001:DB8:0:0::5',
  dstport: 443,
  protocol: 6,
  action: 'ACCEPT',
  start: 1_780_315_200,
  'instance-id': null,
  'interface-name': 'Web-1',
  'security-group-ids': ['sg-0a', 'sg-0b'],
  'source-location': { lat: 0, lon: 0 },
};

const holds = (text: string): boolean => {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(result.error.message);
  return toPredicate(result.tree)(flow);
};

describe('toPredicate', () => {
  it.each([
    '',
    'srcaddr in 10.0.0.0/8 and dstport in (443, 8443) and not action = REJECT',
    'dstaddr = 2001:db8::5',
    'dstaddr in 2001:db8::/32',
    'srcaddr not in (::/0, 192.0.2.0/24)',
    'dstport in 400-443 and dstport >= 443 and dstport <= 443',
    'protocol = tcp',
    'start >= 2026-06-01T12:00:00Z and start < 2026-06-01T12:00:01Z',
    'interface-name ~ WEB and interface-name !~ db',
    'security-group-ids = sg-0b',
    'security-group-ids in (sg-09, sg-0a)',
    'security-group-ids ~ 0B',
    'security-group-ids != sg-0c',
    'source-location is not null',
  ])('holds: %s', (text) => expect(holds(text)).toBe(true));

  it.each([
    'srcaddr in 10.1.2.0/25 and dstport < 443',
    'srcaddr = 10.1.2.30',
    'dstport in (22, 1024-65535)',
    'interface-name = web-1',
    'security-group-ids = sg-0',
    'action = REJECT or protocol = udp',
  ])('does not hold: %s', (text) => expect(holds(text)).toBe(false));

  it.each(['instance-id', 'vpc-id'])('a test of a %s that is null or absent is false, its negation true', (field) => {
    expect(holds(`${field} = i-1`)).toBe(false);
    expect(holds(`${field} != i-1`)).toBe(true);
    expect(holds(`not ${field} ~ i`)).toBe(true);
    expect(holds(`${field} is null`)).toBe(true);
    expect(holds(`${field} is not null`)).toBe(false);
  });

  it('an order of what is null is false both ways', () => {
    expect(holds('bytes < 5 or bytes >= 5')).toBe(false);
    expect(holds('not bytes < 5 and not bytes >= 5')).toBe(true);
  });
});
