/** Fan-in of both ends of connections, as core/conversation/ports.ts wants it: over one interface, protocol and day. */
import type { FanIn } from '@flowfit/core/conversation/ports';
import { hasPorts } from '@flowfit/core/net/protocol';
import { NONE } from '../tables/words.ts';
import { KeyIndex } from './key-index.ts';
import { type Run, runsOf, type Segments } from './segments.ts';

/** Counts the distinct partners of keys. */
class Partners {
  readonly #keys = new KeyIndex(3);
  readonly #pairs = new KeyIndex(2);
  readonly #counts: number[] = [];

  /** Forgets keys and partners, not counts. @param expected pairs that are to come */
  restart(expected: number): void {
    this.#keys.restart(expected);
    this.#pairs.restart(expected);
  }

  /** @returns the number of the key */
  add(protocol: number, address: number, port: number, partner: number): number {
    const { key } = this.#keys;
    key[0] = protocol;
    key[1] = address;
    key[2] = port;
    const number = this.#keys.add();
    if (number === this.#counts.length) this.#counts.push(0);
    if (partner === NONE) return number;
    const { size } = this.#pairs;
    this.#pairs.key[0] = number;
    this.#pairs.key[1] = partner;
    if (this.#pairs.add() === size) this.#counts[number]!++;
    return number;
  }

  count(key: number): number {
    return this.#counts[key]!;
  }
}

/** Fan-in of the connections of segments. */
export class FanIns {
  readonly #local = new Partners();
  readonly #peer = new Partners();
  /** Keys of both ends, by segment. */
  readonly #localKeys: Int32Array;
  readonly #peerKeys: Int32Array;

  /** @param isWanted whether somebody may ask: only interfaces and protocols of such segments are counted */
  constructor(segments: Segments, isWanted: (segment: number) => boolean) {
    this.#localKeys = new Int32Array(segments.count).fill(NONE);
    this.#peerKeys = new Int32Array(segments.count).fill(NONE);
    for (const run of runsOf(segments)) this.#count(segments, run, isWanted);
  }

  /** Undefined where nobody wanted to know, or ports or the peer's address are missing. */
  of(segment: number): FanIn | undefined {
    const [local, peer] = [this.#localKeys[segment]!, this.#peerKeys[segment]!];
    if (local === NONE || peer === NONE) return undefined;
    return { local: this.#local.count(local), peer: this.#peer.count(peer) };
  }

  #count({ columns }: Segments, { from, to }: Run, isWanted: (segment: number) => boolean): void {
    const isProtocolWanted = new Uint8Array(256);
    for (let segment = from; segment < to; segment++) {
      const protocol = columns.protocol[segment]!;
      if (isProtocolWanted[protocol] === 0 && hasPorts(protocol) && isWanted(segment)) isProtocolWanted[protocol] = 1;
    }
    this.#local.restart(to - from);
    this.#peer.restart(to - from);
    for (let segment = from; segment < to; segment++) {
      const protocol = columns.protocol[segment]!;
      if (isProtocolWanted[protocol] === 0) continue;
      const [local, peer, address] = [
        columns.local_port[segment]!,
        columns.peer_port[segment]!,
        columns.peer_address[segment]!,
      ];
      if (local !== NONE) this.#localKeys[segment] = this.#local.add(protocol, 0, local, peer);
      if (peer !== NONE && address !== 0) this.#peerKeys[segment] = this.#peer.add(protocol, address, peer, local);
    }
  }
}
