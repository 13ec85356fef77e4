import { describe, expect, it } from 'vitest';
import { toBits } from './address.ts';
import { ClientPorts } from './client-ports.ts';
import type { End } from './host.ts';

const outside = (address: string): End => ({
  address,
  ...toBits(address),
  host: null,
  route: 'internet',
  service: null,
});

describe('ClientPorts', () => {
  it('gives every port of the range once before it begins anew, and says when', () => {
    const ports = new ClientPorts(true);
    const client = outside('192.0.2.2');
    const first = Array.from({ length: 28_232 }, () => ports.next(client));
    expect(new Set(first).size).toBe(28_232);
    expect([Math.min(...first), Math.max(...first)]).toEqual([32_768, 60_999]);
    expect(ports.wraps).toBe(0);
    expect(ports.next(client)).toBe(first[0]);
    expect(ports.wraps).toBe(1);
  });

  it('passes over ports that are still open', () => {
    const ports = new ClientPorts(true);
    const client = outside('192.0.2.2');
    const held = ports.next(client);
    ports.hold(client, held);
    const others = Array.from({ length: 2 * 28_231 }, () => ports.next(client));
    expect(others).not.toContain(held);
    ports.release(client, held);
    expect(Array.from({ length: 28_232 }, () => ports.next(client))).toContain(held);
  });

  it('uses low ports only where they are asked for', () => {
    const clients = Array.from({ length: 200 }, (_, i) => outside(`192.0.2.${i}`));
    const lowest = (lowAllowed: boolean) => {
      const ports = new ClientPorts(lowAllowed);
      return Math.min(...clients.map((client) => ports.next(client)));
    };
    expect(lowest(true)).toBeLessThan(5000);
    expect(lowest(false)).toBeGreaterThanOrEqual(32_768);
  });
});
