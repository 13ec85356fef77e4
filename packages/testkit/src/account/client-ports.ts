/** Which port a client opens its next connection from. */
import type { End, PortPolicy } from './host.ts';

type PortRange = readonly [first: number, count: number];

const RANGES: Readonly<Record<PortPolicy, PortRange>> = {
  linux: [32768, 28232],
  windows: [49152, 16384],
  // Old systems: below most service ports of ours.
  low: [1025, 3975],
};
const NAT: PortRange = [1024, 64512];
/** Shares no factor with the sizes above: neighbours in time are not neighbours in number. */
const STRIDE = 7919;

interface Client {
  readonly range: PortRange;
  readonly offset: number;
  used: number;
  /** Ports of connections that go on. */
  readonly held: Set<number>;
}

export class ClientPorts {
  readonly #clients = new Map<End, Client>();
  readonly #lowAllowed: boolean;
  /** How often some client had used all its ports and began anew. */
  wraps = 0;

  constructor(lowAllowed: boolean) {
    this.#lowAllowed = lowAllowed;
  }

  next(end: End): number {
    let client = this.#clients.get(end);
    if (client === undefined) {
      // An interface that takes over an address begins elsewhere: its connections are not those of the one before.
      const offset = Number(end.bits % 9973n) + (end.host?.from ?? 0) * 1009;
      client = { range: this.#rangeOf(end), offset, used: 0, held: new Set() };
      this.#clients.set(end, client);
    }
    let port = this.#turn(client);
    while (client.held.has(port)) port = this.#turn(client);
    return port;
  }

  /** Keeps a port from being given again while its connection is open, as the client's system does. */
  hold(end: End, port: number): void {
    this.#clients.get(end)?.held.add(port);
  }

  release(end: End, port: number): void {
    this.#clients.get(end)?.held.delete(port);
  }

  #turn(client: Client): number {
    const [first, size] = client.range;
    if (client.used > 0 && client.used % size === 0) this.wraps++;
    return first + (((client.offset + client.used++) * STRIDE) % size);
  }

  #rangeOf({ host, bits }: End): PortRange {
    if (host?.role === 'nat') return NAT;
    const policy = host?.portPolicy ?? (bits % 3n === 0n ? 'windows' : bits % 29n === 0n ? 'low' : 'linux');
    return RANGES[policy === 'low' && !this.#lowAllowed ? 'linux' : policy];
  }
}
