/** Sets of 16-bit numbers: ports of TCP and UDP, or type and code of ICMP as `type * 256 + code`. */
import {
  canonical,
  contains,
  equals,
  type Interval,
  type Intervals,
  intersect,
  NUMBER_STEPS,
  subtract,
} from './intervals.ts';

export const LAST_PORT = 65535;

export class PortSet {
  readonly #intervals: Intervals<number>;

  private constructor(intervals: Intervals<number>) {
    this.#intervals = intervals;
  }

  static readonly EMPTY: PortSet = new PortSet([]);
  static readonly ALL: PortSet = new PortSet([{ first: 0, last: LAST_PORT }]);

  /** Pairs of first and last port, in any order; pairs the wrong way round hold nothing. */
  static of(...ranges: readonly (readonly [first: number, last: number])[]): PortSet {
    const intervals = ranges.filter(([first, last]) => first <= last).map(([first, last]) => ({ first, last }));
    return new PortSet(canonical(intervals, NUMBER_STEPS));
  }

  union(other: PortSet): PortSet {
    return new PortSet(canonical([...this.#intervals, ...other.#intervals], NUMBER_STEPS));
  }

  intersect(other: PortSet): PortSet {
    return new PortSet(intersect(this.#intervals, other.#intervals));
  }

  subtract(other: PortSet): PortSet {
    return new PortSet(subtract(this.#intervals, other.#intervals, NUMBER_STEPS));
  }

  isEmpty(): boolean {
    return this.#intervals.length === 0;
  }

  contains(port: number): boolean {
    return contains(this.#intervals, port);
  }

  /** Whether every port of the other set is in this one. */
  includes(other: PortSet): boolean {
    return other.subtract(this).isEmpty();
  }

  equals(other: PortSet): boolean {
    return equals(this.#intervals, other.#intervals);
  }

  /** How many ports. */
  size(): number {
    return this.#intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  /** Ascending, disjoint, not adjacent. */
  toRanges(): [first: number, last: number][] {
    return this.#intervals.map(({ first, last }: Interval<number>) => [first, last]);
  }
}
