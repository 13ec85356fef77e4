/** A peer address on its way into the tallies of several rules: what they need of it is worked out once, and only if. */
import { type Address, parseAddress, parseIpv4 } from '../net/address.ts';
import { hash32 } from './distinct-count.ts';

export class Peer {
  readonly text: string;
  #hash: number | null = null;
  #ipv4: number | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get hash(): number {
    this.#hash ??= hash32(this.text);
    return this.#hash;
  }

  /** Unsigned 32-bit integer; -1 where the text is no IPv4 address. */
  get ipv4(): number {
    this.#ipv4 ??= parseIpv4(this.text);
    return this.#ipv4;
  }

  /** Null where the text is no address. */
  address(): Address | null {
    return parseAddress(this.text);
  }
}
