import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnrichedFlow } from '../enrich/enrich.ts';
import { enrich, resolveAdded } from '../enrich/enrich.ts';
import type { FlowRecord } from '../flow/record.ts';
import { createDocumentEncoder } from './encoder.ts';

const encoder = createDocumentEncoder();
const textOf = (length: number) => String.fromCharCode(...encoder.memory.subarray(0, length));

const record: FlowRecord = {
  version: 2,
  'account-id': '123456789012',
  'interface-id': 'eni-0a1b2c3d',
  srcaddr: '198.51.100.7',
  dstaddr: '10.0.0.5',
  dstport: 443,
  bytes: 9_007_199_254_740_991,
  start: 1_700_000_000,
  action: null,
};

const sources = {
  interfaceAt: () => undefined,
  locate: () => ({
    countryCode: 'NL',
    countryName: 'Netherlands',
    regionCode: null,
    regionName: null,
    city: null,
    latitude: -52.25,
    longitude: 4.5,
  }),
};

describe('the document of a flow', () => {
  it('has the names of AWS and the added ones, and the start as its time', () => {
    const added = resolveAdded({ ...record, srcaddr: '203.1.114.7' }, sources);
    expect(JSON.parse(textOf(encoder.encode(record, added)))).toEqual({
      '@timestamp': '2023-11-14T22:13:20.000Z',
      version: 2,
      'account-id': '123456789012',
      'interface-id': 'eni-0a1b2c3d',
      srcaddr: '198.51.100.7',
      dstaddr: '10.0.0.5',
      dstport: 443,
      bytes: 9_007_199_254_740_991,
      start: 1_700_000_000,
      'source-country-code': 'NL',
      'source-country-name': 'Netherlands',
      'source-location': { lat: -52.25, lon: 4.5 },
    });
  });

  it('has no time where the record has none', () => {
    expect(textOf(encoder.encodeFlow({ srcport: 1 } as unknown as EnrichedFlow))).toBe('{"srcport":1}');
  });

  it('is an empty object for a record of nothing', () => {
    expect(textOf(encoder.encodeFlow({} as EnrichedFlow))).toBe('{}');
  });

  it('is the same for a flow in one piece', () => {
    const apart = textOf(encoder.encode(record, resolveAdded(record, sources)));
    expect(textOf(encoder.encodeFlow(enrich(record, sources)))).toBe(apart);
  });

  it('stays one line of ASCII and says the same as JSON.stringify, whatever the values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.maxSafeNat(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.record({ lat: fc.double({ noNaN: true, noDefaultInfinity: true }), lon: fc.constant(0) }),
    );
    // "start" is a time; names that only objects of JavaScript give a meaning to are none of a flow log.
    const name = fc.string().filter((text) => text !== 'start' && text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(name, value), (fields) => {
        const text = textOf(encoder.encodeFlow(fields as unknown as EnrichedFlow));
        expect(text).toMatch(/^[ -~]*$/);
        const present = Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== null));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(present)));
      }),
    );
  });

  it('grows its memory for a document that does not fit', () => {
    const long = 'x'.repeat(100_000);
    expect(textOf(encoder.encodeFlow({ type: long } as unknown as EnrichedFlow))).toBe(`{"type":"${long}"}`);
  });
});
