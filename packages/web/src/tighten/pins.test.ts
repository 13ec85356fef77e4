import { formatKeepFile, parseKeepFile } from '@flowfit/core/recommend/pins';
import type { TightenPin } from '@flowfit/server/contract/tighten';
import { expect, it } from 'vitest';
import { isExpired, pinsInForce, pinText } from './pins.ts';

const PINS: readonly TightenPin[] = [
  { kind: 'rule', ruleId: 'sgr-0a', reason: 'break glass', expires: null },
  { kind: 'cidr', cidr: '10.9.0.0/16', groupId: 'sg-0a', reason: 'recovery site', expires: '2027-01-31' },
  { kind: 'port', protocol: 'tcp', port: 8443, groupId: 'sg-0a', reason: 'quarterly', expires: '2026-05-31' },
];

it('a keep-file of pins is read as the same pins', () => {
  expect(parseKeepFile(formatKeepFile(PINS))).toEqual(PINS);
});

it('counts to the end of its last day', () => {
  expect(PINS.map((pin) => isExpired(pin, '2026-06-01'))).toEqual([false, false, true]);
  expect(pinsInForce(PINS, '2026-05-31')).toEqual(PINS);
  expect(PINS.map(pinText)).toEqual(['rule sgr-0a', '10.9.0.0/16', 'tcp 8443']);
});
