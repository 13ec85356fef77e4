import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnrichedFlow } from '../enrich/enrich.ts';
import { createDocumentEncoder } from './encoder.ts';

const encoder = createDocumentEncoder();
const textOf = (length: number) => String.fromCharCode(...encoder.memory.subarray(0, length));

describe('the document of a flow', () => {
  it('has the names of AWS and the added ones, the start as its time, and nothing that is not known', () => {
    const flow = {
      version: 2,
      'interface-id': 'eni-0a1b2c3d',
      bytes: 9_007_199_254_740_991,
      start: 1_700_000_000,
      action: null,
      direction: null,
      'security-group-ids': ['sg-1'],
      'source-location': { lat: -52.25, lon: 4.5 },
    };
    expect(textOf(encoder.encodeFlow(flow as unknown as EnrichedFlow))).toBe(
      '{"@timestamp":"2023-11-14T22:13:20.000Z","version":2,"interface-id":"eni-0a1b2c3d","bytes":9007199254740991,' +
        '"start":1700000000,"security-group-ids":["sg-1"],"source-location":{"lat":-52.25,"lon":4.5}}',
    );
  });

  it('has no time where the record has none', () => {
    expect(textOf(encoder.encodeFlow({ srcport: 1 } as unknown as EnrichedFlow))).toBe('{"srcport":1}');
  });

  it('is an empty object for a record of nothing', () => {
    expect(textOf(encoder.encodeFlow({} as EnrichedFlow))).toBe('{}');
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
