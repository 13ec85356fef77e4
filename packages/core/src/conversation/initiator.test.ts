import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConnectionEvidence, type Flags, initiatorOfFlags, resolveInitiator } from './initiator.ts';

const silent: Flags = { inbound: null, outbound: null };
const inOnly = { inbound: true, outbound: false };
const outOnly = { inbound: false, outbound: true };
const connection = (evidence: Partial<ConnectionEvidence>): ConnectionEvidence => ({
  protocol: 6,
  action: 'ACCEPT',
  localPort: 8080,
  peerPort: 9090,
  flags: silent,
  ways: { inbound: true, outbound: true },
  ...evidence,
});
const decide = (evidence: Partial<ConnectionEvidence>) => {
  const { initiator, method, alternative } = resolveInitiator(connection(evidence));
  return `${initiator} by ${method}${alternative ? ', or the other way' : ''}`;
};

describe('flags', () => {
  it.each([
    [2, 18, 'remote'],
    [3, 19, 'remote'],
    [7, 19, 'remote'],
    [6, null, 'remote'],
    [19, 3, 'local'],
    [18, null, 'local'],
    [null, 22, 'remote'],
    [null, 2, 'local'],
    [0, 0, null],
    [1, 1, null],
    [4, 5, null],
    [1, 19, 'remote'],
  ] as const)('inbound %s, outbound %s: %s', (inbound, outbound, initiator) => {
    expect(initiatorOfFlags({ inbound, outbound })).toBe(initiator);
  });

  it('says nothing where both opened, or both answered', () => {
    expect(initiatorOfFlags({ inbound: 2, outbound: 2 })).toBeNull();
    expect(initiatorOfFlags({ inbound: 18, outbound: 19 })).toBeNull();
  });

  it('is symmetrical: swapping the directions swaps the ends', () => {
    const flags = fc.option(fc.integer({ min: 0, max: 63 }));
    fc.assert(
      fc.property(flags, flags, (inbound, outbound) => {
        const swapped = { local: 'remote', remote: 'local', none: 'none' } as const;
        const there = initiatorOfFlags({ inbound, outbound }) ?? 'none';
        expect(initiatorOfFlags({ inbound: outbound, outbound: inbound }) ?? 'none').toBe(swapped[there]);
      }),
    );
  });

  it('are looked for in this interval, then in the others, then on the other interface', () => {
    expect(decide({ flags: { inbound: 3, outbound: 19 }, otherIntervals: { inbound: 18, outbound: 2 } })).toBe(
      'remote by tcp-flags',
    );
    expect(decide({ flags: { inbound: 0, outbound: 0 }, otherIntervals: { inbound: 18, outbound: 2 } })).toBe(
      'local by tcp-flags-other-interval',
    );
    expect(decide({ flags: { inbound: 1, outbound: 1 }, otherInterface: { inbound: 18, outbound: 2 } })).toBe(
      'remote by other-interface',
    );
  });

  it('count for TCP only', () => {
    expect(decide({ protocol: 17, flags: { inbound: 2, outbound: null } })).toBe('unknown by none, or the other way');
  });
});

describe('elimination', () => {
  it('takes the only direction that a rule admits', () => {
    expect(decide({ rules: { inbound: 'certain', outbound: 'none' } })).toBe('remote by rule-elimination');
    expect(decide({ rules: { inbound: 'none', outbound: 'possible' } })).toBe('local by rule-elimination');
  });

  it('works without ports: a ping that only the outbound rules allow was sent by us', () => {
    expect(decide({ protocol: 1, localPort: 0, peerPort: 0, rules: { inbound: 'none', outbound: 'possible' } })).toBe(
      'local by rule-elimination',
    );
  });

  it('decides nothing when both or neither admit, or when the record was rejected', () => {
    const open = 'unknown by none, or the other way';
    expect(decide({ rules: { inbound: 'certain', outbound: 'possible' } })).toBe(open);
    expect(decide({ rules: { inbound: 'none', outbound: 'none' } })).toBe(open);
    expect(decide({ action: 'REJECT', rules: { inbound: 'certain', outbound: 'none' } })).toBe(open);
  });

  it('opens the way that ports would close, and does not take it: the rule may be one that no capture shows', () => {
    const web = { localPort: 443, peerPort: 51000 };
    expect(decide({ ...web, rules: { inbound: 'none', outbound: 'certain' } })).toBe(
      'remote by ports, or the other way',
    );
    expect(decide({ ...web, rules: { inbound: 'certain', outbound: 'none' } })).toBe('remote by rule-elimination');
    expect(decide({ ...web, protocol: 17, rules: { inbound: 'none', outbound: 'certain' } })).toBe(
      'local by rule-elimination',
    );
  });

  it('never overrules flags', () => {
    expect(decide({ flags: { inbound: 2, outbound: null }, rules: { inbound: 'none', outbound: 'certain' } })).toBe(
      'remote by tcp-flags',
    );
  });
});

describe('packets in one direction only', () => {
  const trap = { protocol: 17, localPort: 1162, peerPort: 161 };
  const open = 'unknown by none, or the other way';

  it('are never concluded to be replies by ports or fan-in', () => {
    expect(decide({ ...trap, ways: inOnly })).toBe(open);
    expect(decide({ ...trap, ways: outOnly })).toBe('local by ports, or the other way');
    expect(decide({ localPort: 443, peerPort: 51000, ways: outOnly })).toBe(open);
    expect(decide({ localPort: 8080, peerPort: 2000, fanIn: { local: 1, peer: 40 }, ways: inOnly })).toBe(open);
  });

  it('are not concluded to be replies by rules either', () => {
    expect(decide({ ways: inOnly, rules: { inbound: 'none', outbound: 'certain' } })).toBe(open);
    expect(decide({ ways: inOnly, rules: { inbound: 'possible', outbound: 'none' } })).toBe(
      'remote by rule-elimination',
    );
  });

  it('leave the other way open even where ports are firm, but for what was rejected', () => {
    const request = { localPort: 443, peerPort: 51000, ways: inOnly };
    expect(decide(request)).toBe('remote by ports, or the other way');
    expect(decide({ ...request, action: 'REJECT' })).toBe('remote by ports');
    expect(decide({ ...request, action: 'REJECT', ways: outOnly })).toBe(open);
    expect(decide({ ...request, action: 'REJECT', protocol: 17 })).toBe('remote by ports, or the other way');
  });

  it('are replies where flags say so', () => {
    expect(decide({ ways: inOnly, flags: { inbound: 18, outbound: null } })).toBe('local by tcp-flags');
  });

  it('are not known to be alone where a record is looked at by itself', () => {
    expect(decide({ ...trap, ways: undefined })).toBe('local by ports, or the other way');
    expect(decide({ localPort: 443, peerPort: 51000, ways: undefined })).toBe('remote by ports, or the other way');
  });

  it('never give the direction away, whatever the evidence', () => {
    const port = fc.constantFrom(0, 20, 161, 443, 1162, 8080, 51000);
    const admits = fc.constantFrom('certain', 'possible', 'none' as const);
    const evidence = fc.record({
      protocol: fc.constantFrom(6, 17, 1),
      action: fc.constantFrom('ACCEPT', 'REJECT', null),
      localPort: port,
      peerPort: port,
      fanIn: fc.record({ local: fc.constantFrom(1, 9, 99), peer: fc.constantFrom(1, 9, 99) }),
      rules: fc.option(fc.record({ inbound: admits, outbound: admits }), { nil: undefined }),
    });
    fc.assert(
      fc.property(evidence, (one) => {
        const inbound = resolveInitiator({ ...one, flags: silent, ways: inOnly });
        const outbound = resolveInitiator({ ...one, flags: silent, ways: outOnly });
        expect(inbound.initiator).not.toBe('local');
        expect(outbound.initiator).not.toBe('remote');
        if (inbound.initiator === 'unknown') expect(inbound.alternative).toBe(true);
      }),
    );
  });
});

describe('ports and fan-in', () => {
  it.each([
    [443, 51000, 'remote by ports'],
    [2000, 443, 'local by ports'],
    [53, 1500, 'remote by ports'],
    [8080, 51000, 'remote by ports, or the other way'],
    [900, 2049, 'unknown by none, or the other way'],
    [40000, 20, 'local by ports, or the other way'],
    [123, 123, 'unknown by none, or the other way'],
    [443, 80, 'unknown by none, or the other way'],
    [40000, 50000, 'unknown by none, or the other way'],
    [0, 443, 'unknown by none, or the other way'],
  ])('local port %i, peer port %i: %s', (localPort, peerPort, expected) => {
    expect(decide({ localPort, peerPort })).toBe(expected);
  });

  it('a low client port does not hide the busy service behind a high one', () => {
    const many = { local: 1, peer: 40 };
    expect(decide({ localPort: 2000, peerPort: 50051, fanIn: many })).toBe('local by fan-in, or the other way');
  });

  it('fan-in settles ties and overrules registered ports, and closes nothing', () => {
    expect(decide({ localPort: 8080, peerPort: 51000, fanIn: { local: 9, peer: 1 } })).toBe(
      'remote by ports, or the other way',
    );
    for (const protocol of [6, 17]) {
      expect(decide({ protocol, localPort: 8080, peerPort: 2000, fanIn: { local: 9, peer: 2 } })).toBe(
        'remote by fan-in, or the other way',
      );
    }
  });

  it('fan-in opens what firm ports would close', () => {
    expect(decide({ localPort: 443, peerPort: 51000, fanIn: { local: 9, peer: 1 } })).toBe('remote by ports');
    expect(decide({ localPort: 443, peerPort: 51000, fanIn: { local: 1, peer: 9 } })).toBe(
      'remote by ports, or the other way',
    );
  });

  it('firm ports close the other way of TCP alone: an agent sends its traps from a port below 512', () => {
    expect(decide({ localPort: 1162, peerPort: 161 })).toBe('local by ports');
    expect(decide({ protocol: 17, localPort: 1162, peerPort: 161 })).toBe('local by ports, or the other way');
  });

  it('fan-in needs eight, and four times as many', () => {
    const tie = { localPort: 8080, peerPort: 2000 };
    expect(decide({ ...tie, fanIn: { local: 7, peer: 0 } })).toBe('unknown by none, or the other way');
    expect(decide({ ...tie, fanIn: { local: 11, peer: 3 } })).toBe('unknown by none, or the other way');
  });

  it('equal ports stay open however busy the daemon is', () => {
    expect(decide({ protocol: 17, localPort: 123, peerPort: 123, fanIn: { local: 900, peer: 1 } })).toBe(
      'unknown by none, or the other way',
    );
  });

  it('are not asked of protocols without ports', () => {
    expect(decide({ protocol: 50, localPort: 443, peerPort: 50000 })).toBe('unknown by none, or the other way');
  });

  it('leave no way closed without a firm port or fan-in', () => {
    const port = fc.integer({ min: 512, max: 65535 });
    fc.assert(
      fc.property(port, port, (localPort, peerPort) => {
        expect(resolveInitiator(connection({ localPort, peerPort })).alternative).toBe(true);
      }),
    );
  });
});
