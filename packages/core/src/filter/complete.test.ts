import { describe, expect, it } from 'vitest';
import { completeFilter } from './complete.ts';

const offered = (text: string, cursor?: number) => completeFilter(text, cursor).items.map((item) => item.text);

describe('completeFilter', () => {
  it('offers fields where a test begins', () => {
    expect(offered('')).toContain('srcaddr');
    expect(offered('')).toContain('security-group-ids');
    expect(offered('dstp')).toEqual(['dstport']);
    expect(offered('bytes > 1 and (not SRCP')).toEqual(['srcport']);
  });

  it('says where what it offers goes', () => {
    expect(completeFilter('bytes > 1 and dstp = 5', 18)).toEqual({
      from: 14,
      to: 18,
      items: [
        {
          text: 'dstport',
          kind: 'field',
          description: 'Destination port; 0 for protocols without ports.',
        },
      ],
      valueOf: null,
    });
  });

  it.each([
    ['srcaddr = ', 'srcaddr'],
    ['srcaddr in (10.0.0.1, 10.', 'srcaddr'],
    ['bytes > 1 and group not in (', 'security-group-ids'],
    ['srcaddr', null],
    ['srcaddr = 10.0.0.1 ', null],
  ])('after %j a value is expected of %s', (text, field) => {
    expect(completeFilter(text).valueOf?.name ?? null).toBe(field);
  });

  it.each([
    ['a word that ends before the cursor', `${'a'.repeat(200_000)}(`],
    ['a word at the cursor', 'a'.repeat(200_000)],
    ['many words', 'a '.repeat(100_000)],
  ])('reads %s once: 200,000 characters are no work', { timeout: 5000 }, (_name, text) => {
    expect(completeFilter(text).items).toEqual([]);
  });

  it.each([
    ['dstport ', ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is null', 'is not null']],
    ['srcaddr n', ['not in']],
    ['source-location ', ['is null', 'is not null']],
    ['dstport not ', ['in']],
    ['vpc-id is ', ['null', 'not']],
    ['vpc-id is not ', ['null']],
    ['action = ', ['ACCEPT', 'REJECT']],
    ['action in (ACCEPT, r', ['REJECT']],
    ['protocol = ', ['tcp', 'udp', 'icmp', 'icmpv6']],
    ['dstport = ', []],
    ['dstport = 443 ', ['and', 'or']],
    ['(dstport = 443 ', ['and', 'or', ')']],
    ['dstport in (443 ', [',', ')']],
  ])('after "%s"', (text, items) => {
    expect(offered(text)).toEqual(items);
  });

  it('offers nothing behind a mistake', () => {
    expect(offered('dstprt = 443 an')).toEqual([]);
    expect(offered("vpc-id = 'vpc")).toEqual([]);
  });
});
