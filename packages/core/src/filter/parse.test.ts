import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFilter } from './format.ts';
import { parseFilter } from './parse.ts';
import { EVERYTHING, type Filter } from './tree.ts';

const parsed = (text: string): Filter => {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(`${result.error.column}: ${result.error.message}`);
  return result.tree;
};

const refused = (text: string) => {
  const result = parseFilter(text);
  if (result.ok) throw new Error(`"${text}" was read as ${formatFilter(result.tree)}`);
  return result.error;
};

describe('parseFilter', () => {
  it('reads the example of the documentation', () => {
    expect(parsed('srcaddr in 10.0.0.0/8 and dstport in (443, 8443) and not action = REJECT')).toEqual({
      kind: 'and',
      filters: [
        { kind: 'in', field: 'srcaddr', values: [{ kind: 'prefix', prefix: '10.0.0.0/8' }] },
        {
          kind: 'in',
          field: 'dstport',
          values: [
            { kind: 'number', number: 443 },
            { kind: 'number', number: 8443 },
          ],
        },
        {
          kind: 'not',
          filter: { kind: 'in', field: 'action', values: [{ kind: 'text', text: 'REJECT' }] },
        },
      ],
    });
  });

  it.each(['', '  ', '\n\t'])('an empty text holds for everything', (text) => {
    expect(parsed(text)).toEqual(EVERYTHING);
  });

  // Every spelling on the left is the filter on the right, in its canonical spelling.
  it.each([
    ['SRCADDR IN 10.1.2.3/8 AND NOT Action = reject', 'srcaddr in 10.0.0.0/8 and action != REJECT'],
    ['src = 10.0.0.0/8 or dst = ::FFFF:192.0.2.1', 'srcaddr in 10.0.0.0/8 or dstaddr = 192.0.2.1'],
    ['pkt_srcaddr = 2001:DB8:0:0::1', 'pkt-srcaddr = 2001:db8::1'],
    ['dport == 443 and dport <> 80', 'dstport = 443 and dstport != 80'],
    ['dstport in 1024-65535', 'dstport in 1024-65535'],
    ['dstport not in (22, 3389, 5900-5910,8080)', 'dstport not in (22, 3389, 5900-5910, 8080)'],
    ['proto = TCP or protocol in (udp, 1)', 'protocol = tcp or protocol in (udp, icmp)'],
    ['group in (sg-1,"sg-2")', 'security-group-ids in (sg-1, sg-2)'],
    ['source-country-code = de', 'source-country-code = DE'],
    ["instance-tag = 'it''s' or instance-tag = \"it's\"", "instance-tag = 'it''s' or instance-tag = 'it''s'"],
    ["instance-tag = 'and'", "instance-tag = 'and'"],
    ["instance-tag ~ 'a b' and instance-tag not contains c", "instance-tag ~ 'a b' and instance-tag !~ c"],
    ['start >= 2026-06-01', 'start >= 2026-06-01T00:00:00Z'],
    ['start >= 2026-06-01T02:00:00+02:00', 'start >= 2026-06-01T00:00:00Z'],
    ['end < 1780272000', 'end < 2026-06-01T00:00:00Z'],
    ['instance-id is null and not vpc-id is null', 'instance-id is null and vpc-id is not null'],
    ['source-location is not null', 'source-location is not null'],
    ['not (dstport = 1 or dstport = 2) or (bytes > 5)', 'not (dstport = 1 or dstport = 2) or bytes > 5'],
    [
      '(dstport = 1 or dstport = 2) and (dstport = 3 and dstport = 4)',
      '(dstport = 1 or dstport = 2) and dstport = 3 and dstport = 4',
    ],
    ['not not bytes < 5', 'bytes < 5'],
  ])('%s', (text, canonical) => {
    expect(formatFilter(parsed(text))).toBe(canonical);
  });

  it('and binds tighter than or, not tighter than and', () => {
    expect(parsed('bytes = 1 or bytes = 2 and not bytes = 3 and bytes = 4')).toEqual(
      parsed('bytes = 1 or (bytes = 2 and (not bytes = 3) and bytes = 4)'),
    );
  });

  it.each([
    ['dstprt = 443', 1, 6, 'there is no field "dstprt"; did you mean dstport?', 'dstport'],
    ['bytes > 1 and scraddr = 10.0.0.1', 15, 7, 'there is no field "scraddr"; did you mean srcaddr?', 'srcaddr'],
    ['xyzzy = 1', 1, 5, 'there is no field "xyzzy"', undefined],
    ['action = DENY', 10, 4, 'action is one of ACCEPT, REJECT, not "DENY"', undefined],
    ['action = REJCET', 10, 6, 'action is one of ACCEPT, REJECT, not "REJCET"; did you mean REJECT?', 'REJECT'],
    ['dstport = https', 11, 5, '"https" is not a whole number', undefined],
    ['dstport in 20-10', 12, 5, 'the range 20-10 of dstport holds nothing', undefined],
    ['protocol = tpc', 12, 3, '"tpc" is not a protocol', undefined],
    ['start > yesterday', 9, 9, '"yesterday" is not a time; write 2026-06-01T12:00:00Z or Unix seconds', undefined],
    ['start > 2026-02-30', 9, 10, '"2026-02-30" is not a time; write 2026-06-01T12:00:00Z or Unix seconds', undefined],
    [
      'srcaddr = 10.1',
      11,
      4,
      'srcaddr takes an address or a CIDR, such as 192.0.2.1 or 2001:db8::/32, not "10.1"',
      undefined,
    ],
    ['srcaddr < 10.0.0.1', 9, 1, 'srcaddr has no order; only numbers and times can be compared with <', undefined],
    ['srcaddr ~ 10.', 9, 1, 'srcaddr is no text; use a CIDR: in 10.0.0.0/8', undefined],
    ['dstport ~ 44', 9, 1, 'dstport is no text; use =, < or a range: in 1024-65535', undefined],
    ['source-location = 1', 17, 1, 'source-location can only be tested with "is null" and "is not null"', undefined],
    ['vpc-id = null', 10, 4, 'null equals nothing; write "is null" or "is not null"', undefined],
    ['vpc-id is vpc-1', 11, 5, '"vpc-1" stands where "null" or "not" is expected', undefined],
    ['bytes = 1 && bytes = 2', 11, 2, '"&&" is not understood here; did you mean and?', 'and'],
    ['bytes = 1 || bytes = 2', 11, 2, '"||" is not understood here; did you mean or?', 'or'],
    ['!bytes = 1', 1, 1, '"!" is not understood here; did you mean not?', 'not'],
    ["vpc-id = 'vpc", 10, 4, "the quote ' is never closed", undefined],
    [
      'bytes',
      6,
      0,
      'the filter ends where a test of bytes (= != < <= > >= in not in is null is not null) is expected',
      undefined,
    ],
    ['bytes >', 8, 0, 'the filter ends where a value of bytes is expected', undefined],
    ['bytes = 1 and', 14, 0, 'the filter ends where the name of a field, "not" or "(" is expected', undefined],
    ['(bytes = 1', 11, 0, 'the filter ends where "and" or "or" or ")" is expected', undefined],
    ['bytes = 1)', 10, 1, '")" stands where "and" or "or" is expected', undefined],
    ['bytes in (1 2)', 13, 1, '"2" stands where "," or ")" is expected', undefined],
    ['bytes in ()', 11, 1, '")" stands where a value of bytes is expected', undefined],
    ['dstport not = 1', 13, 1, '"=" stands where "in" is expected', undefined],
    [
      'interface-name = web server',
      22,
      6,
      '"server" stands where "and" or "or" is expected; quote a value that has blanks',
      undefined,
    ],
  ])('refuses %s', (text, column, length, message, suggestion) => {
    expect(refused(text)).toEqual({ column, length, message, ...(suggestion === undefined ? {} : { suggestion }) });
  });

  it('refuses nesting that no person wrote, and does not run out of stack', () => {
    expect(refused(`${'('.repeat(100_000)}bytes = 1`).message).toBe('the filter is nested more than 100 levels deep');
    expect(refused(`${'not '.repeat(100_000)}bytes = 1`).message).toBe(
      'the filter is nested more than 100 levels deep',
    );
  });

  it('reads long chains', () => {
    const tree = parsed(Array.from({ length: 10_000 }, (_, port) => `dstport = ${port}`).join(' or '));
    expect(tree.kind === 'or' && tree.filters.length).toBe(10_000);
  });
});

describe('parseFilter on any text', () => {
  const pieces = fc.constantFrom(
    'dstport',
    'vpc-id',
    '443',
    '10.0.0.0/8',
    'and',
    'not',
    'in',
    'is',
    'null',
    '(',
    ')',
    ',',
    '=',
    '~',
    "'",
    '"x"',
    '!',
  );

  it('reads it or points into it, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((words) => words.join(' ')),
        ),
        (text) => {
          const result = parseFilter(text);
          if (result.ok) {
            expect(parseFilter(formatFilter(result.tree))).toEqual(result);
          } else {
            expect(result.error.message).not.toBe('');
            expect(result.error.column).toBeGreaterThanOrEqual(1);
            expect(result.error.column - 1 + result.error.length).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
