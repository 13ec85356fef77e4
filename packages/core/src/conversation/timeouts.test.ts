import { describe, expect, it } from 'vitest';
import { idleTimeout, isSameConnection } from './timeouts.ts';

describe('idleTimeout', () => {
  it.each([
    [6, true, 432_000],
    [17, true, 180],
    [17, false, 30],
    [1, true, 600],
    [50, false, 600],
  ])('protocol %i, both ways %s: %i s', (protocol, bothWays, seconds) => {
    expect(idleTimeout(protocol, bothWays)).toBe(seconds);
  });

  it('follows the settings of the interface where it has some', () => {
    const settings = { tcpEstablished: 350, udpStream: null, udpSingle: 60 };
    expect(idleTimeout(6, true, settings)).toBe(350);
    expect(idleTimeout(17, true, settings)).toBe(180);
    expect(idleTimeout(17, false, settings)).toBe(60);
  });

  it('grants the aggregation interval and a minute of slack', () => {
    const at = (start: number) => isSameConnection({ lastSeen: 1000, start, timeout: 180, aggregationInterval: 600 });
    expect(at(1840)).toBe(true);
    expect(at(1841)).toBe(false);
  });
});
