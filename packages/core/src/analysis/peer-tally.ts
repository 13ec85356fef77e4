/** The peers of a rule: how many, who most, and where in the address space. Exact up to a limit, then estimates. */
import { AddressSet } from '../net/address-set.ts';
import { AddressSpread } from './address-spread.ts';
import { DistinctCount } from './distinct-count.ts';
import { Peer } from './peer.ts';
import { TopTally } from './top-tally.ts';

/** Peers of one rule that are held one by one. */
export const EXACT_PEERS = 1024;
const TOP_PEERS = 10;

export interface PeerSummary {
  readonly count: number;
  /**
   * Whether `count` and `top` are counted. Estimates otherwise, which depend on what was seen and not on its order:
   * `count` with a standard error of 1.6 %, `top` as in `./top-tally.ts`.
   */
  readonly exact: boolean;
  /** Most flows first. */
  readonly top: readonly { readonly address: string; readonly flows: number }[];
  /** Holds every peer seen; single addresses while they are few. */
  readonly seen: AddressSet;
}

/** What takes over when peers are too many to hold. */
interface Beyond {
  readonly count: DistinctCount;
  readonly spread: AddressSpread;
}

export class PeerTally {
  readonly #flows = new TopTally(EXACT_PEERS);
  #beyond: Beyond | null = null;

  /** `occasion`: see `TopTally`. */
  add(peer: Peer, flows: number, occasion: number): void {
    this.#flows.add(peer.text, flows, occasion, peer.hash);
    if (this.#beyond) this.#note(this.#beyond, peer);
    else if (!this.#flows.isExact) {
      this.#beyond = { count: new DistinctCount(), spread: new AddressSpread(EXACT_PEERS) };
      for (const known of this.#flows.keys()) this.#note(this.#beyond, new Peer(known));
    }
  }

  #note({ count, spread }: Beyond, peer: Peer): void {
    count.add(peer.hash);
    spread.add(peer);
  }

  summary(): PeerSummary {
    return {
      count: this.#beyond?.count.estimate() ?? this.#flows.size,
      exact: this.#beyond === null,
      top: this.#flows.top(TOP_PEERS).map(([address, flows]) => ({ address, flows })),
      seen: this.#beyond?.spread.toSet() ?? AddressSet.parse(this.#flows.keys()),
    };
  }
}
