import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accounts, packets } from '../../test/accounts.ts';
import { admitsByBruteForce } from './brute-force.ts';
import { createEvaluator } from './evaluator.ts';
import { classOfPort, portClasses } from './port-classes.ts';

describe('Evaluator', () => {
  it('agrees with brute force on every account and packet', () => {
    let admitted = 0;
    fc.assert(
      fc.property(accounts(), fc.array(packets, { minLength: 20, maxLength: 20 }), (snapshot, questions) => {
        const evaluator = createEvaluator(snapshot);
        for (const packet of [...questions, ...questions]) {
          const expected = admitsByBruteForce(snapshot, packet);
          const { doubts, ...answer } = evaluator.admits(packet);
          expect(answer).toEqual(expected);
          expect(doubts.map((doubt) => doubt > 0)).toEqual(expected.possible.map(() => true));
          admitted += expected.certain.length;
        }
      }),
      { numRuns: 400 },
    );
    expect(admitted).toBeGreaterThan(1000);
  });

  it('gives the same answer for every port of a port class', () => {
    fc.assert(
      fc.property(accounts(), packets, fc.integer({ min: 0, max: 65535 }), (snapshot, packet, servicePort) => {
        const starts = portClasses(snapshot, packet.groupIds);
        const representative = starts[classOfPort(starts, servicePort)] as number;
        expect(admitsByBruteForce(snapshot, { ...packet, servicePort: representative })).toEqual(
          admitsByBruteForce(snapshot, { ...packet, servicePort }),
        );
      }),
      { numRuns: 300 },
    );
  });
});
