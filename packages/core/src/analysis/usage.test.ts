import { describe, expect, it } from 'vitest';
import { createTimeline } from '../inventory/timeline.ts';
import { formatPrefix } from '../net/prefix.ts';
import { Attributor } from '../security-group/attribute.ts';
import { DOUBT } from '../security-group/doubt.ts';
import { inventoryOf } from './example-account.ts';
import { contextOf, type Example } from './findings/example.ts';
import { UsageFold } from './usage.ts';

const usageOf = (example: Pick<Example, 'account' | 'traffic'>) =>
  contextOf({ title: '', finds: [], ...example }).usage;

const account = {
  groups: {
    'sg-web': ['inbound tcp 443 from 0.0.0.0/0', 'inbound tcp 22 from 0.0.0.0/0', 'outbound all to 0.0.0.0/0'],
    'sg-more': ['inbound tcp 400-500 from 192.0.2.0/24'],
  },
  interfaces: { 'eni-1': { groups: ['sg-web', 'sg-more'] } },
};

describe('usage', () => {
  const usage = usageOf({
    account,
    traffic: [
      'eni-1 inbound tcp 443 from 192.0.2.1 x 5',
      'eni-1 inbound tcp 443 from 203.0.113.9',
      'eni-1 inbound tcp 450 from 192.0.2.2',
      'eni-1 inbound tcp 22 from 203.0.113.9 x 2',
      'eni-1 outbound udp 53 to 198.51.100.53',
      'eni-1 outbound icmp to 198.51.100.1',
      'eni-1 inbound tcp 22 from 198.51.100.7 REJECT',
      'eni-1 inbound udp 9 from 198.51.100.7',
      'eni-1 inbound udp 9 from 198.51.100.8 x 3',
    ],
  });
  const rule = (id: string) => usage.rules.get(id) ?? expect.fail(id);

  it('credits all rules that admit, and tells the only one apart', () => {
    expect(rule('sgr-web-1').connections).toEqual({ proven: 6, inferred: 0, possible: 0, sole: 1 });
    expect(rule('sgr-more-1').connections).toEqual({ proven: 6, inferred: 0, possible: 0, sole: 1 });
    expect(rule('sgr-web-1')).toMatchObject({ flows: 12, packets: 120, bytes: 12_000 });
  });

  it('knows the peers, ports and protocols that a rule served', () => {
    expect(rule('sgr-web-1').peers.top).toEqual([
      { address: '192.0.2.1', flows: 10 },
      { address: '203.0.113.9', flows: 2 },
    ]);
    expect(rule('sgr-more-1').peers.seen.toPrefixes().map(formatPrefix)).toEqual(['192.0.2.1/32', '192.0.2.2/32']);
    expect(rule('sgr-more-1').ports.toRanges()).toEqual([
      [443, 443],
      [450, 450],
    ]);
    expect([...rule('sgr-web-3').services.keys()]).toEqual([1, 17]);
  });

  it('knows who used an administrative port that is open to the world', () => {
    expect([...rule('sgr-web-2').adminPeers].map(([port, { top }]) => [port, top])).toEqual([
      [22, [{ address: '203.0.113.9', flows: 4 }]],
    ]);
    expect(rule('sgr-web-1').adminPeers.size).toBe(0);
  });

  it('sets apart what no rule explains, and what was rejected although a rule admits it', () => {
    expect(usage.unattributed).toMatchObject([
      {
        interfaceId: 'eni-1',
        direction: 'inbound',
        connections: 4,
        flows: 8,
        examples: [
          { what: 'udp 9, peer 198.51.100.8', flows: 6 },
          { what: 'udp 9, peer 198.51.100.7', flows: 2 },
        ],
      },
    ]);
    expect(usage.rejectedButAllowed).toMatchObject([{ interfaceId: 'eni-1', direction: 'inbound', connections: 1 }]);
  });

  it('adds up groups without counting a conversation twice', () => {
    expect(usage.groups.get('sg-web')?.flows).toBe(12 + 4 + 2 + 2);
    expect(usage.groups.get('sg-more')?.flows).toBe(12);
    expect(usage.totals.accepted.flows).toBe(12 + 2 + 4 + 2 + 2 + 8);
    expect(usage.totals.rejected.flows).toBe(2);
  });

  it('takes traffic without a direction as possible, whichever end is ours', () => {
    const groups = {
      'sg-web': ['inbound tcp 443 from 192.0.2.0/24', 'inbound tcp 22 from 192.0.2.0/24'],
      'sg-out': ['outbound tcp 443 to 10.0.0.0/24'],
    };
    const timeline = createTimeline([inventoryOf({ groups })]);
    const fold = new UsageFold(new Attributor(timeline));
    fold.addUndirected({
      interfaceId: 'eni-unknown',
      vpcId: null,
      groupIds: [],
      epoch: 0,
      addresses: ['192.0.2.1', '10.0.0.9'],
      protocol: 6,
      servicePort: 443,
      hour: 0,
      flows: 2,
      packets: 20,
      bytes: 2000,
      firstSeen: 60,
      lastSeen: 120,
    });
    const { rules, unknownInterfaces, totals } = fold.result();
    expect([...rules.keys()].sort()).toEqual(['sgr-out-1', 'sgr-web-1']);
    for (const one of rules.values()) {
      expect(one).toMatchObject({ possibleFlows: 2, flows: 0 });
      expect([...one.doubts.keys()]).toEqual([DOUBT.initiator, DOUBT.unknownInterface]);
    }
    expect(unknownInterfaces).toEqual(['eni-unknown']);
    expect(totals.accepted.flows).toBe(2);
  });
});
