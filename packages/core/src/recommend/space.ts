/** What the rules of today admit by blocks of addresses: no proposal admits more. */
import type { SecurityGroupRule } from '../inventory/model.ts';
import { AddressSet } from '../net/address-set.ts';
import { LAST_PORT, PortSet } from '../net/port-set.ts';
import { hasPorts } from '../net/protocol.ts';
import { portClassStarts } from '../security-group/port-classes.ts';
import { type RuleMatch, toRuleMatch } from '../security-group/rule-match.ts';

interface Block {
  readonly match: RuleMatch;
  readonly addresses: AddressSet;
}

/** Of one direction and protocol. */
export class Space {
  readonly #blocks: readonly Block[];
  readonly #starts: readonly number[];
  readonly #byRange = new Map<string, AddressSet>();

  constructor(rules: readonly SecurityGroupRule[], direction: SecurityGroupRule['direction'], protocol: number) {
    const isPorted = hasPorts(protocol);
    this.#blocks = rules.flatMap((rule): Block[] => {
      const match = toRuleMatch(rule);
      if (rule.direction !== direction || rule.peer.kind !== 'cidr' || match.typed) return [];
      if (match.protocol !== null && match.protocol !== protocol) return [];
      const addresses = AddressSet.parse([rule.peer.cidr]);
      return addresses.isEmpty() ? [] : [{ match, addresses }];
    });
    this.#starts = isPorted ? portClassStarts(this.#blocks.map(({ match }) => match.ports)) : [0];
  }

  /** Addresses that are admitted at every port of a range. */
  at(first: number, last: number): AddressSet {
    const key = `${first}-${last}`;
    const known = this.#byRange.get(key);
    if (known) return known;
    const starts = this.#starts.filter(
      (start, index) => start <= last && (this.#starts[index + 1] ?? LAST_PORT + 1) > first,
    );
    const sets = starts.map((start) =>
      AddressSet.ofRanges(
        this.#blocks
          .filter(({ match }) => match.ports.contains(start))
          .flatMap(({ addresses }) => addresses.toRanges()),
      ),
    );
    const common = sets.reduce((all, set) => all.intersect(set), sets[0] ?? AddressSet.EMPTY);
    this.#byRange.set(key, common);
    return common;
  }

  /** Ports at which all of these addresses are admitted. */
  portsFor(addresses: AddressSet): PortSet {
    const ranges = this.#starts.flatMap((start, index): [number, number][] => {
      const last = (this.#starts[index + 1] ?? LAST_PORT + 1) - 1;
      return this.at(start, start).includes(addresses) ? [[start, last]] : [];
    });
    return PortSet.of(...ranges);
  }

  /** The ports around a port that today's rules treat alike. */
  classOf(port: number): readonly [first: number, last: number] {
    const index = this.#starts.findLastIndex((start) => start <= port);
    return [this.#starts[index] as number, (this.#starts[index + 1] ?? LAST_PORT + 1) - 1];
  }
}
