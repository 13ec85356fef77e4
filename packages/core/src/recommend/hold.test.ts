/** How wide blocks must be to have held: clients that come from everywhere, and offices that stay where they are. */
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../test/change-example.ts';
import { type Demand, demandsOf } from './demand.ts';
import { EXACT, holdOf, kindOf } from './hold.ts';
import { PARTS, type Service } from './observations.ts';

const MAY_CUT = 0.001;
const ANY = ruleOf('sg-a', 'inbound tcp 8000-8099 from 0.0.0.0/0', 'sgr-1');
const ANY_IPV6 = ruleOf('sg-a', 'inbound tcp 8000-8099 from ::/0', 'sgr-2');

/** In which parts of the window an address had a connection. */
type Visits = Readonly<Record<string, readonly number[]>>;

const serviceOf = (port: number, visits: Visits): Service => ({
  ...{ groupId: 'sg-a', direction: 'inbound', protocol: 6, ports: [port, port], isGuess: false },
  ruleIds: ['sgr-1', 'sgr-2'],
  peers: new Map(
    Object.entries(visits).map(([address, parts]) => {
      const connections = Array.from({ length: PARTS }, (_, part) => (parts.includes(part) ? 1 : 0));
      return [address, { parts: parts.reduce((bits, part) => bits | (1 << part), 0), connections, references: [] }];
    }),
  ),
});

const demandOf = (...services: Service[]): Demand => {
  const [demand] = demandsOf(services, [ANY, ANY_IPV6], [], [], new Map());
  return demand as Demand;
};

const ALWAYS = Array.from({ length: PARTS }, (_, part) => part);
const everyone = (addressAt: (index: number) => string, count = 40): Visits =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [addressAt(index), [index % PARTS]]));

const OWN_PORT = [8000, 8000] as const;

function lengthOf(visits: Visits, family: 4 | 6, isPublic: boolean, mayCut = MAY_CUT): number | undefined {
  const hold = holdOf(demandOf(serviceOf(8000, visits)), mayCut);
  return hold.lengthsAt(hold.portsOf(OWN_PORT))[kindOf({ family, isPublic })];
}

describe('the narrowest block that is proposed', () => {
  it('is one address where the same ones always come', () => {
    expect(lengthOf({ '10.0.0.7': ALWAYS, '10.9.0.7': ALWAYS }, 4, false)).toBe(32);
    expect(lengthOf({ '2001:db8::7': ALWAYS }, 6, false)).toBe(128);
  });

  it('is the office where its clients change within it', () => {
    expect(
      lengthOf(
        everyone((index) => `10.1.2.${index}`),
        4,
        false,
      ),
    ).toBe(24);
    expect(
      lengthOf(
        everyone((index) => `10.1.${index}.9`),
        4,
        false,
      ),
    ).toBe(16);
    expect(
      lengthOf(
        everyone((index) => `2001:db8:0:1::${index}`),
        6,
        false,
      ),
    ).toBe(64);
    expect(
      lengthOf(
        everyone((index) => `2001:db8:0:${index + 1}::1`),
        6,
        false,
      ),
    ).toBe(56);
  });

  it('is that of today where clients come from other places every time', () => {
    expect(
      lengthOf(
        everyone((index) => `10.${index}.${index}.1`),
        4,
        false,
      ),
    ).toBe(0);
    expect(
      lengthOf(
        everyone((index) => `2001:${(0xdb8 + index).toString(16)}::1`),
        6,
        false,
      ),
    ).not.toBe(128);
  });

  it('is narrower where more may be cut', () => {
    const visits = { ...everyone((index) => `10.7.7.${index}`, 4), '10.0.0.7': ALWAYS };
    expect(lengthOf(visits, 4, false, 0)).toBe(24);
    expect(lengthOf(visits, 4, false, 1)).toBe(32);
  });

  it('is as wide for private peers as for public ones where those need all of today', () => {
    const world = everyone((index) => `${index + 20}.${index}.0.1`);
    const visits = { ...world, '10.0.0.7': ALWAYS };
    expect(lengthOf(visits, 4, true)).toBe(0);
    expect(lengthOf(visits, 4, false)).toBe(0);
    expect(lengthOf({ '10.0.0.7': ALWAYS }, 4, false)).toBe(32);
  });

  it('is told for each service by itself', () => {
    const hold = holdOf(
      demandOf(
        serviceOf(8000, { '10.0.0.7': ALWAYS }),
        serviceOf(8001, { ...everyone((index) => `10.1.2.${index}`), '10.1.2.200': ALWAYS }),
      ),
      MAY_CUT,
    );
    const at = (port: number) => hold.lengthsAt([port, port])[kindOf({ family: 4, isPublic: false })];
    expect([at(8000), at(8001)]).toEqual([32, 24]);
  });

  it('is one address where nothing came later, and where nothing is tried out', () => {
    expect(lengthOf({ '10.0.0.7': [0], '10.1.0.7': [0] }, 4, false)).toBe(32);
    expect(EXACT.lengthsAt(OWN_PORT)).toEqual([32, 32, 128, 128]);
    expect(EXACT.portsOf(OWN_PORT)).toEqual(OWN_PORT);
  });
});

describe('ports', () => {
  it('stay one by one where the same ones are used all the time', () => {
    const { portsOf } = holdOf(
      demandOf(serviceOf(8000, { '10.0.0.7': ALWAYS }), serviceOf(8050, { '10.0.0.7': ALWAYS })),
      MAY_CUT,
    );
    expect([portsOf(OWN_PORT), portsOf([8050, 8050])]).toEqual([
      [8000, 8000],
      [8050, 8050],
    ]);
  });

  it('are all those of today where new ones come, such as those that clients are told to call back', () => {
    const services = Array.from({ length: 12 }, (_, index) => serviceOf(8010 + index, { '10.0.0.7': [index % PARTS] }));
    const { portsOf, lengthsAt } = holdOf(demandOf(...services), MAY_CUT);
    expect(portsOf([8010, 8010])).toEqual([8000, 8099]);
    expect(lengthsAt([8000, 8099])[kindOf({ family: 4, isPublic: false })]).toBe(32);
    expect(holdOf(demandOf(...services), 1).portsOf([8010, 8010])).toEqual([8010, 8010]);
  });
});
