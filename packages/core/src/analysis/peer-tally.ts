/** The peers of a rule: how many, who most, and where in the address space. Exact up to a limit, then estimates. */
import { AddressSet } from '../net/address-set.ts';
import { AddressSpread } from './address-spread.ts';
import { DistinctCount } from './distinct-count.ts';
import { TopTally } from './top-tally.ts';

/** Peers of one rule that are held one by one. */
export const EXACT_PEERS = 2048;
const TOP_PEERS = 10;

export interface PeerSummary {
  readonly count: number;
  /** Whether `count` is a count; an estimate with a standard error of 1.6 % otherwise. */
  readonly exact: boolean;
  /** Most flows first. */
  readonly top: readonly { readonly address: string; readonly flows: number }[];
  /** Holds every peer seen; single addresses while they are few. */
  readonly seen: AddressSet;
}

export class PeerTally {
  readonly #flows = new TopTally(EXACT_PEERS);
  #beyond: { readonly count: DistinctCount; readonly spread: AddressSpread } | null = null;

  add(address: string, flows: number): void {
    this.#flows.add(address, flows);
    if (this.#beyond) {
      this.#beyond.count.add(address);
      this.#beyond.spread.add(address);
    } else if (this.#flows.size > EXACT_PEERS) {
      this.#beyond = { count: new DistinctCount(), spread: new AddressSpread(EXACT_PEERS) };
      for (const known of this.#flows.keys()) {
        this.#beyond.count.add(known);
        this.#beyond.spread.add(known);
      }
    }
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
