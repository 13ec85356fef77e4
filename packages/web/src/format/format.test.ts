import { describe, expect, it } from 'vitest';
import { formatPorts, formatValue } from './field.ts';
import { formatBytes, formatChange, formatCompact, formatPlural, formatShare } from './number.ts';
import { formatAgo, formatDuration, formatInstant, parseIso } from './time.ts';

describe('numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 KB'],
    [12_345, '12.3 KB'],
    [999_999, '1000 KB'],
    [5e15, '5.00 PB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [110, 100, '+10 %'],
    [90, 100, '−10 %'],
    [100, 100, '±0 %'],
    [1400, 100, '×14'],
    [5, 0, null],
  ])('%i after %i is %s', (current, previous, text) => {
    expect(formatChange(current, previous)).toBe(text);
  });

  it('shares are never rounded down to nothing', () => {
    expect(formatShare(1, 1_000_000)).toBe('<0.1 %');
    expect(formatShare(0, 100)).toBe('0.0 %');
    expect(formatShare(37, 100)).toBe('37 %');
    expect(formatShare(1, 0)).toBe('0 %');
  });

  it('are short where space is', () => {
    expect(formatCompact(1_234_567)).toBe('1.23M');
    expect(formatPlural(1, 'rule')).toBe('1 rule');
    expect(formatPlural(1200, 'rule')).toBe('1,200 rules');
  });
});

describe('times', () => {
  it('are UTC', () => {
    expect(formatInstant(1_780_272_010)).toBe('2026-06-01 00:00:10');
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [3600, '1 h'],
    [5400, '1 h 30 min'],
    [90_061, '1 d 1 h'],
  ])('%i seconds last %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('lie behind the newest record, never before it', () => {
    expect(formatAgo(1000, 1000 + 7300)).toBe('2 h ago');
    expect(formatAgo(2000, 1000)).toBe('just now');
  });

  it('that are none are null', () => {
    expect([null, '', 'yesterday'].map(parseIso)).toEqual([null, null, null]);
    expect(parseIso('1970-01-01T00:01:00Z')).toBe(60);
  });
});

describe('values', () => {
  it('are what people call them', () => {
    expect(formatValue('protocol', 6)).toBe('tcp');
    expect(formatValue('start', 0)).toBe('1970-01-01 00:00:00');
    expect(formatValue('dstport', 443)).toBe('443');
    expect(formatValue('security-group-ids', ['sg-1', 'sg-2'])).toBe('sg-1, sg-2');
    expect(formatValue('instance-tag', null)).toBe('–');
  });

  it.each([
    ['tcp', 443, 443, '443'],
    ['tcp', 8000, 8100, '8000–8100'],
    ['tcp', null, null, 'all ports'],
    ['udp', 0, 65_535, 'all ports'],
    ['-1', null, null, 'all traffic'],
    ['icmp', 8, -1, 'type 8'],
    ['icmp', 3, 4, 'type 3, code 4'],
    ['icmpv6', -1, -1, 'all types'],
  ])('ports of %s %s to %s are "%s"', (protocol, from, to, text) => {
    expect(formatPorts(protocol, from, to)).toBe(text);
  });
});
