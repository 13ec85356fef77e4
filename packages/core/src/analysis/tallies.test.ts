import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../net/address.ts';
import { formatPrefix } from '../net/prefix.ts';
import { AddressSpread } from './address-spread.ts';
import { DistinctCount, hash32 } from './distinct-count.ts';
import { Peer } from './peer.ts';
import { EXACT_PEERS, PeerTally } from './peer-tally.ts';
import { PortTally } from './port-tally.ts';
import { TopTally } from './top-tally.ts';
import { WeightSketch } from './weight-sketch.ts';

/** Fisher-Yates. */
const shuffled = <T>(list: readonly T[], random: Iterator<number>): T[] => {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.next().value % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
};

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

describe('WeightSketch', () => {
  it('finds the heavy among many light keys, to within the root of what they weigh', () => {
    const sketch = new WeightSketch(1024);
    for (let n = 0; n < 100_000; n++) sketch.add(hash32(address(n)), 1);
    sketch.add(hash32('heavy'), 5000);
    expect(Math.abs(sketch.estimate(hash32('heavy')) - 5000)).toBeLessThan(100);
  });
});

describe('TopTally', () => {
  it('is exact up to its limit and keeps the heaviest beyond', () => {
    const tally = new TopTally(10);
    for (let round = 0; round < 3; round++) for (let n = 0; n < 10; n++) tally.add(`heavy-${n}`, 100 - n, round);
    expect([tally.isExact, tally.top(2)]).toEqual([
      true,
      [
        ['heavy-0', 300],
        ['heavy-1', 297],
      ],
    ]);
    for (let n = 0; n < 50; n++) tally.add(`light-${n}`, 1, 0);
    expect(tally.isExact).toBe(false);
    expect(tally.top(8).map(([key]) => key)).toEqual(expect.arrayContaining(['heavy-0', 'heavy-1']));
  });

  it('holds no more than twice its limit, whatever comes', () => {
    const tally = new TopTally(16);
    for (let n = 0; n < 5000; n++) {
      tally.add(address(n), 1, n);
      expect(tally.size).toBeLessThan(32);
    }
  });

  it('property: gives the same result in any order, around its limit and far beyond', () => {
    const addition = fc.record({ key: fc.nat(400), weight: fc.integer({ min: 1, max: 50 }), occasion: fc.nat(20) });
    const additions = fc.array(addition, { maxLength: 900, size: 'max' });
    fc.assert(
      fc.property(additions, fc.integer({ min: 1, max: 64 }), fc.infiniteStream(fc.nat()), (list, limit, order) => {
        const topOf = (some: typeof list) => {
          const tally = new TopTally(limit);
          for (const { key, weight, occasion } of some) tally.add(address(key), weight, occasion);
          return [tally.isExact, tally.top(10)];
        };
        expect(topOf(shuffled(list, order))).toEqual(topOf(list));
      }),
    );
  });
});

describe('PeerTally', () => {
  it('counts exactly up to its limit', () => {
    const tally = new PeerTally();
    for (let n = 0; n < EXACT_PEERS; n++) tally.add(new Peer(address(n)), 1, 0);
    for (let n = 0; n < EXACT_PEERS; n++) tally.add(new Peer(address(n)), n === 7 ? 9 : 1, 1);
    const summary = tally.summary();
    expect(summary).toMatchObject({ count: EXACT_PEERS, exact: true });
    expect(summary.top[0]).toEqual({ address: address(7), flows: 10 });
    expect(summary.seen.size()).toBe(BigInt(EXACT_PEERS));
  });

  it('estimates beyond, and still holds every peer', () => {
    const tally = new PeerTally();
    for (let n = 0; n < 20_000; n++) tally.add(new Peer(address(n * 5)), 1, 0);
    const { count, exact, seen } = tally.summary();
    expect(exact).toBe(false);
    expect(Math.abs(count - 20_000)).toBeLessThan(1000);
    for (let n = 0; n < 20_000; n += 997) expect(seen.contains({ family: 4, bits: BigInt(n * 5) })).toBe(true);
  });
});

describe('peers of a rule', () => {
  /** Hourly conversations of very many peers: few are busy, and more are than the summary shows. */
  const conversations = Array.from({ length: 6000 }, (_, n) => ({
    peer: address(n % 3000),
    flows: 1 + ((n % 3000) % 97 === 0 ? 900 - (n % 3000) / 10 : n % 5),
    hour: Math.floor(n / 3000),
  }));

  const summaryOf = (order: readonly number[]) => {
    const tally = new PeerTally();
    for (const index of order) {
      const { peer, flows, hour } = conversations[index] as (typeof conversations)[number];
      tally.add(new Peer(peer), flows, hour);
    }
    const { seen, ...rest } = tally.summary();
    return { ...rest, seen: seen.toPrefixes().map(formatPrefix).join() };
  };

  it('are the same in any order beyond the limit, and the busiest are among them', () => {
    const order = conversations.map((_, index) => index);
    const expected = summaryOf(order);
    expect(expected.exact).toBe(false);
    const busy = new Set(conversations.filter(({ flows }) => flows > 500).map(({ peer }) => peer));
    expect(expected.top.every(({ address }) => busy.has(address))).toBe(true);
    for (const { address, flows } of expected.top) {
      const counted = conversations.filter(({ peer }) => peer === address).reduce((sum, { flows }) => sum + flows, 0);
      expect(Math.abs(flows - counted) / counted).toBeLessThan(0.15);
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (stream) => {
        expect(summaryOf(shuffled(order, stream))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
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
