import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, packets } from '../../test/accounts.ts';
import { EXAMPLE_VPC, inventoryOf } from '../analysis/example-account.ts';
import { admitsByBruteForce } from './brute-force.ts';
import { explainPacket } from './explain.ts';
import type { FirstPacket } from './packet.ts';

const snapshot = inventoryOf({
  groups: {
    'sg-app': [
      'inbound tcp 5432 from sg-web',
      'inbound tcp 22 from pl-office',
      'inbound icmp 8 from 10.0.0.0/8',
      'inbound udp 53 from pl-dark',
      'outbound all to 0.0.0.0/0',
    ],
    'sg-web': [],
  },
  interfaces: { 'eni-web': { groups: ['sg-web'], addresses: ['10.0.0.7'] } },
  prefixLists: { 'pl-office': ['203.0.113.0/24'], 'pl-dark': null },
});

const packet = (some: Partial<FirstPacket>): FirstPacket => ({
  vpcId: EXAMPLE_VPC,
  groupIds: ['sg-app'],
  direction: 'inbound',
  protocol: 6,
  servicePort: 5432,
  peerAddress: '10.0.0.7',
  ...some,
});

const words = (some: Partial<FirstPacket>) => explainPacket(snapshot, packet(some)).words;

describe('explainPacket', () => {
  it('agrees with brute force on which rules admit', () => {
    fc.assert(
      fc.property(accounts(), packets, (account, question) => {
        const { admitting } = explainPacket(account, question);
        const of = (certainty: string) =>
          admitting
            .filter((one) => one.certainty === certainty)
            .map(({ rule }) => rule.id)
            .sort();
        const expected = admitsByBruteForce(account, question);
        expect(of('certain')).toEqual(expected.certain.map(({ id }) => id).sort());
        expect(of('possible')).toEqual(expected.possible.map(({ id }) => id).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('names the member of the referenced group', () => {
    expect(words({})).toEqual([
      'inbound tcp 5432 from 10.0.0.7 is admitted by 1 rule of sg-app.',
      'sgr-app-1 of sg-app (inbound tcp 5432 from sg-web) admits it through eni-web, which has sg-web.',
    ]);
  });

  it('names the entry of the prefix list, and lists it does not know', () => {
    expect(words({ servicePort: 22, peerAddress: '203.0.113.9' })[1]).toContain('entry 203.0.113.0/24 of pl-office');
    expect(words({ protocol: 17, servicePort: 53, peerAddress: '192.0.2.1' })).toEqual([
      'inbound udp 53 from 192.0.2.1 may be admitted by 1 rule of sg-app.',
      'sgr-app-4 of sg-app (inbound udp 53 from pl-dark) may admit it through pl-dark, whose entries the inventory does not hold.',
    ]);
  });

  it('says that flow logs do not hold ICMP types', () => {
    expect(words({ protocol: 1, servicePort: null })[1]).toContain('if the ICMP type fits');
  });

  it('lists the nearest misses where nothing admits', () => {
    expect(words({ servicePort: 5433 })).toEqual([
      'inbound tcp 5433 from 10.0.0.7 is not admitted by any rule of sg-app.',
      'sgr-app-1 of sg-app (inbound tcp 5432 from sg-web) does not: another port.',
      'sgr-app-3 of sg-app (inbound icmp 8 from 10.0.0.0/8) does not: another protocol.',
      'sgr-app-4 of sg-app (inbound udp 53 from pl-dark) does not: another protocol.',
    ]);
  });
});
