import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../net/address.ts';
import { AddressSpread } from './address-spread.ts';
import { DistinctCount, hash32 } from './distinct-count.ts';
import { Peer } from './peer.ts';
import { EXACT_PEERS, PeerTally } from './peer-tally.ts';
import { PortTally } from './port-tally.ts';
import { TopTally } from './top-tally.ts';

const address = (n: number) => formatAddress({ family: 4, bits: BigInt(n) });

describe('DistinctCount', () => {
  it.each([10, 1000, 20_000, 300_000])('estimates %i within five percent', (count) => {
    const distinct = new DistinctCount();
    for (let n = 0; n < count; n++) distinct.add(hash32(address(0x0a000000 + n * 7)));
    expect(Math.abs(distinct.estimate() - count) / count).toBeLessThan(0.05);
  });

  it('does not count repetitions', () => {
    const distinct = new DistinctCount();
    for (let n = 0; n < 1000; n++) distinct.add(hash32(address(n % 3)));
    expect(distinct.estimate()).toBe(3);
  });
});

describe('AddressSpread', () => {
  it('holds every address it was given, in any order, within its limit', () => {
    const some = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('10.0.0.1')), { maxLength: 60 });
    fc.assert(
      fc.property(some, fc.integer({ min: 4, max: 20 }), (texts, limit) => {
        const [there, back] = [new AddressSpread(limit), new AddressSpread(limit)];
        for (const text of texts) there.add(new Peer(text));
        for (const text of [...texts].reverse()) back.add(new Peer(text));
        for (const text of texts) expect(there.toSet().contains(parseAddress(text) ?? expect.fail())).toBe(true);
        expect(back.toSet().equals(there.toSet())).toBe(true);
      }),
    );
  });

  it('keeps single addresses while they are few', () => {
    const spread = new AddressSpread(4);
    for (const text of ['10.0.0.1', '10.0.0.3']) spread.add(new Peer(text));
    expect(spread.toSet().size()).toBe(2n);
  });
});

describe('TopTally', () => {
  it('is exact up to its limit and keeps the heaviest beyond', () => {
    const tally = new TopTally(10);
    for (let round = 0; round < 3; round++) for (let n = 0; n < 10; n++) tally.add(`heavy-${n}`, 100 - n);
    expect(tally.isExact).toBe(true);
    for (let n = 0; n < 50; n++) tally.add(`light-${n}`, 1);
    expect(tally.isExact).toBe(false);
    expect(tally.top(2)).toEqual([
      ['heavy-0', 300],
      ['heavy-1', 297],
    ]);
  });
});

describe('PeerTally', () => {
  it('counts exactly up to its limit', () => {
    const tally = new PeerTally();
    for (let n = 0; n < EXACT_PEERS; n++) tally.add(new Peer(address(n)), 1);
    for (let n = 0; n < EXACT_PEERS; n++) tally.add(new Peer(address(n)), n === 7 ? 9 : 1);
    const summary = tally.summary();
    expect(summary).toMatchObject({ count: EXACT_PEERS, exact: true });
    expect(summary.top[0]).toEqual({ address: address(7), flows: 10 });
    expect(summary.seen.size()).toBe(BigInt(EXACT_PEERS));
  });

  it('estimates beyond, and still holds every peer', () => {
    const tally = new PeerTally();
    for (let n = 0; n < 20_000; n++) tally.add(new Peer(address(n * 5)), 1);
    const { count, exact, seen } = tally.summary();
    expect(exact).toBe(false);
    expect(Math.abs(count - 20_000)).toBeLessThan(1000);
    for (let n = 0; n < 20_000; n += 997) expect(seen.contains({ family: 4, bits: BigInt(n * 5) })).toBe(true);
  });
});

describe('PortTally', () => {
  it('is the set of the ports given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 65535 }), { maxLength: 40 }), (ports) => {
        const tally = new PortTally();
        for (const port of ports) tally.add(port);
        const set = tally.toSet();
        expect(set.size()).toBe(ports.length);
        expect(ports.every((port) => set.contains(port))).toBe(true);
      }),
    );
  });
});
