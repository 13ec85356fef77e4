/** Keep-files: what they may say, and every way in which they are refused. */
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../analysis/example-account.ts';
import { checkPins, formatKeepFile, type Pin, parseKeepFile } from './pins.ts';

const REASON = { reason: 'drill in October' };
const fileOf = (...keep: unknown[]): string => JSON.stringify({ schema: 'flowfit.keep/1', keep });

const PINS: readonly Pin[] = [
  { kind: 'rule', ruleId: 'sgr-a-1', ...REASON, expires: null },
  { kind: 'cidr', cidr: '192.0.2.0/24', groupId: 'sg-a', ...REASON, expires: '2027-03-31' },
  { kind: 'cidr', cidr: '2001:db8::/48', groupId: null, ...REASON, expires: null },
  { kind: 'port', protocol: 'udp', port: 53, groupId: null, ...REASON, expires: '2028-02-29' },
];

describe('a keep-file', () => {
  it('names rules, blocks and ports', () => {
    const text = fileOf(
      { rule: 'sgr-a-1', ...REASON },
      { cidr: '192.0.2.0/24', group: 'sg-a', ...REASON, expires: '2027-03-31' },
      { cidr: '2001:db8::/48', ...REASON },
      { port: 'udp 53', ...REASON, expires: '2028-02-29' },
    );
    expect(parseKeepFile(text)).toEqual(PINS);
    expect(parseKeepFile(fileOf())).toEqual([]);
  });

  it('is read as it is written', () => {
    expect(parseKeepFile(formatKeepFile(PINS))).toEqual(PINS);
  });

  it.each([
    ['no JSON', '{"schema": "flowfit.keep/1",\n "keep": [}', /Line 2, column \d+ is not JSON/],
    ['nothing', '', /not one JSON object/],
    ['two documents', `${fileOf()}\n${fileOf()}`, /not one JSON object/],
    ['a list', '[]', /not one JSON object/],
    ['no schema', '{"keep":[]}', /"schema": "flowfit.keep\/1"/],
    ['no list', '{"schema":"flowfit.keep/1","keep":{}}', /a list "keep"/],
    ['an entry that is none', fileOf('sgr-a-1'), /Entry 1 of the keep-file is no object/],
    ['no reason', fileOf({ rule: 'sgr-a-1' }), /Entry 1 of the keep-file has no "reason"/],
    [
      'a blank reason',
      fileOf({ rule: 'sgr-a-1', ...REASON }, { rule: 'sgr-a-1', reason: ' ' }),
      /Entry 2 .*no "reason"/,
    ],
    ['no day', fileOf({ rule: 'sgr-a-1', ...REASON, expires: 'soon' }), /"expires" is no day such as/],
    ['a number for a day', fileOf({ rule: 'sgr-a-1', ...REASON, expires: 20270131 }), /"expires" is no day such as/],
    ['no such day', fileOf({ rule: 'sgr-a-1', ...REASON, expires: '2027-02-30' }), /"expires" is no day such as/],
    ['nothing to keep', fileOf(REASON), /names 0 of "rule", "cidr" and "port"/],
    ['two things', fileOf({ rule: 'sgr-a-1', port: 'tcp 22', ...REASON }), /names 2 of/],
    ['no id', fileOf({ rule: 7, ...REASON }), /"rule" is no id/],
    ['no block', fileOf({ cidr: '192.0.2.0/40', ...REASON }), /"cidr" is no block such as/],
    ['no protocol', fileOf({ port: '443', ...REASON }), /"port" is no port such as "tcp 443"/],
    ['no such port', fileOf({ port: 'tcp 65536', ...REASON }), /"port" is no port such as "tcp 443"/],
    ['a protocol without ports', fileOf({ port: 'icmp 8', ...REASON }), /"port" is no port such as "tcp 443"/],
  ])('is refused: %s', (_, text, message) => {
    expect(() => parseKeepFile(text)).toThrowError(
      expect.objectContaining({ code: 'keep-invalid', message: expect.stringMatching(message) }),
    );
  });

  it('of a later version is refused', () => {
    for (const version of [2, 10]) {
      const text = JSON.stringify({ schema: `flowfit.keep/${version}`, keep: [] });
      expect(() => parseKeepFile(text)).toThrowError(expect.objectContaining({ code: 'keep-newer' }));
    }
  });
});

describe('pins', () => {
  const today = inventoryOf({ groups: { 'sg-a': ['inbound tcp 443 from 0.0.0.0/0'] } });
  const check = (pin: Pin, day = '2027-01-31') => checkPins([pin], today, day);

  it('count for what the newest inventory has, until their last day', () => {
    expect(() => checkPins(PINS, today, '2027-03-31')).not.toThrow();
  });

  it('of rules and groups that are gone are refused', () => {
    const unknown = (name: string) =>
      expect.objectContaining({
        code: 'keep-unknown',
        message: expect.stringContaining(`Entry 1 of the keep-file names the ${name}`),
      });
    expect(() => check({ kind: 'rule', ruleId: 'sgr-a-2', ...REASON, expires: null })).toThrowError(
      unknown('rule sgr-a-2'),
    );
    for (const pin of PINS.filter(({ kind }) => kind !== 'rule')) {
      expect(() => check({ ...pin, groupId: 'sg-b' } as Pin)).toThrowError(unknown('group sg-b'));
    }
  });

  it('that have expired are refused', () => {
    const pin: Pin = { kind: 'rule', ruleId: 'sgr-a-1', ...REASON, expires: '2027-01-30' };
    expect(() => check(pin)).toThrowError(
      expect.objectContaining({
        code: 'keep-expired',
        message: expect.stringContaining('2027-01-30 (drill in October)'),
      }),
    );
  });
});
