/** Enrichment of batches against that of single records, over simulated accounts. */
import { simulateAccount } from '@flowfit/testkit/account/account';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, recordAt } from '../../test/batches.ts';
import { documentsOf } from '../../test/documents.ts';
import { addedTo } from '../../test/reference-enrichment.ts';
import { createDocumentEncoder } from '../document/encoder.ts';
import { createDictionaries } from '../flow/dictionaries.ts';
import { canonicalOrder } from '../flow/fields.ts';
import type { FlowRecord } from '../flow/record.ts';
import { createTimeline, type Timeline } from '../inventory/timeline.ts';
import { BatchEnricher } from './batch.ts';
import type { EnrichedFlow } from './enrich.ts';
import type { Location } from './location.ts';

/** Some place for each first byte, none for odd ones. */
const locate = (address: string): Location | null => {
  const first = Number.parseInt(address, address.includes(':') ? 16 : 10);
  if (first % 2 === 1) return null;
  return {
    countryCode: `C${first % 7}`,
    countryName: 'Côte',
    regionCode: null,
    regionName: null,
    city: first % 3 === 0 ? `City ${first}` : null,
    latitude: first % 5 === 0 ? null : first / 4,
    longitude: -first / 8,
  };
};

const sourcesOf = (timeline: Timeline) => ({
  statesOf: (id: string) => timeline.statesOfInterface(id),
  instanceStatesOf: (id: string) => timeline.statesOfInstance(id),
  locate,
});

const encoder = createDocumentEncoder();
const encode = (flow: object): string => {
  const length = encoder.encodeFlow(flow as EnrichedFlow);
  return String.fromCharCode(...encoder.memory.subarray(0, length));
};

const accountOf = (seed: number) => {
  const account = simulateAccount({
    seed,
    records: 1_000,
    days: 0.1,
    publicPeers: 'geographic',
    features: { churn: true, openAtStart: true },
  });
  return { account, timeline: createTimeline(account.snapshots) };
};

const LAYOUTS = {
  v2: 'v2',
  v5: 'v5',
  'without packet addresses': ['interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start'],
  'of packet addresses alone': [
    'interface-id',
    'pkt-srcaddr',
    'pkt-dstaddr',
    'srcport',
    'dstport',
    'protocol',
    'tcp-flags',
    'start',
  ],
  'without flow-direction': [
    'interface-id',
    'srcaddr',
    'dstaddr',
    'pkt-srcaddr',
    'pkt-dstaddr',
    'srcport',
    'dstport',
    'protocol',
    'tcp-flags',
    'start',
  ],
  'without time': ['interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'],
  'without interface': ['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'start', 'flow-direction'],
} as const;

describe('enrichment of a batch', () => {
  it.each([1, 2, 3])('says what that of single records says, for all of account %i', (seed) => {
    const { account, timeline } = accountOf(seed);
    const sources = sourcesOf(timeline);
    const directions: Record<string, number> = {};
    for (const layout of Object.values(LAYOUTS)) {
      const records = [...account.records(typeof layout === 'string' ? layout : canonicalOrder(layout))].flat();
      const documents = documentsOf(records, sources);
      for (const [row, record] of records.entries()) {
        const added = addedTo(record, timeline, locate);
        // Only then, since a matcher takes longer than all else here.
        if (documents[row] !== encode({ ...record, ...added }))
          expect(documents[row]).toBe(encode({ ...record, ...added }));
        directions[String(added.direction)] = (directions[String(added.direction)] ?? 0) + 1;
      }
    }
    expect(Object.keys(directions).sort()).toEqual(['inbound', 'null', 'outbound']);
  });

  it('meets interfaces that change, delegated prefixes and IPv6 in these accounts', () => {
    const { timeline } = accountOf(1);
    const versions = timeline.interfaceVersions();
    expect(versions.some(({ from }) => from !== null)).toBe(true);
    expect(versions.some(({ value }) => value.prefixes.length > 0)).toBe(true);
    expect(versions.some(({ value }) => value.addresses.some((address) => address.includes(':')))).toBe(true);
  });

  it('depends neither on how records are batched nor on missing values', () => {
    const { account, timeline } = accountOf(4);
    const sources = sourcesOf(timeline);
    const records = [...account.records('v5')].flat();
    const some = fc.array(fc.constantFrom(...records), { minLength: 1, maxLength: 40 });
    const missing = fc.subarray([
      'start',
      'interface-id',
      'flow-direction',
      'pkt-srcaddr',
      'pkt-dstaddr',
      'srcaddr',
      'protocol',
      'tcp-flags',
      'srcport',
    ]);
    fc.assert(
      fc.property(some, missing, fc.nat(40), (chosen, fields, cut) => {
        const blank = Object.fromEntries(fields.map((field) => [field, null]));
        const all: FlowRecord[] = chosen.map((record, index) => (index % 2 === 0 ? record : { ...record, ...blank }));
        const whole = documentsOf(all, sources);
        const parts = [all.slice(0, cut), all.slice(cut)].filter((part) => part.length > 0);
        expect(parts.flatMap((part) => documentsOf(part, sources))).toEqual(whole);
        expect(whole).toEqual(all.map((record) => encode({ ...record, ...addedTo(record, timeline, locate) })));
      }),
      { numRuns: 60 },
    );
  });

  it('asks once for each interface and each address, batch after batch', () => {
    const { account, timeline } = accountOf(5);
    const asked: string[] = [];
    const dictionaries = createDictionaries();
    const enricher = new BatchEnricher(dictionaries, {
      statesOf: (id) => {
        asked.push(id);
        return timeline.statesOfInterface(id);
      },
      locate: (address) => {
        asked.push(address);
        return locate(address);
      },
    });
    for (const records of account.records('v2')) {
      const batch = batchOf(records, dictionaries);
      const { groupSets, states, directions } = enricher.enrich(batch);
      const { places, locations } = enricher;
      for (let row = 0; row < batch.length; row++) {
        const record = recordAt(batch, row, dictionaries);
        const added = addedTo(record, timeline, locate);
        expect(groupSets[row] === 0 ? null : enricher.groupSets[groupSets[row] as number]).toEqual(
          added['security-group-ids'],
        );
        expect(enricher.states[states[row] as number]?.type ?? null).toBe(added['interface-kind']);
        expect([null, 'inbound', 'outbound'][directions[row] as number]).toBe(added.direction);
        const source = record.srcaddr ? dictionaries.addresses.codeOf(String(record.srcaddr)) : 0;
        expect(locations[places[source] as number]?.countryCode).toBe(added['source-country-code']);
      }
    }
    expect(asked.length).toBeGreaterThan(50);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('has each location and each set of groups once', () => {
    const { account, timeline } = accountOf(6);
    const dictionaries = createDictionaries();
    const enricher = new BatchEnricher(dictionaries, sourcesOf(timeline));
    for (const records of account.records('v2')) enricher.enrich(batchOf(records, dictionaries));
    expect(enricher.places.length).toBeGreaterThanOrEqual(dictionaries.addresses.texts.length);
    for (const list of [enricher.locations, enricher.groupSets]) {
      const texts = list.map((each) => JSON.stringify(each));
      expect(new Set(texts.slice(1)).size).toBe(texts.length - 1);
    }
  });
});
