/**
 * The fewest addresses that k prefixes can hold while they hold all of a list: exact, for every k up to a limit.
 *
 * The addresses make a binary trie; only nodes at which it branches matter, since any prefix shrinks to the longest that
 * holds the same addresses. `cost(node, k)` is the least number of addresses with k prefixes below a node: for k = 1 the
 * node's own prefix, if it is allowed; else the best way to divide k between the two children. Leaves are blocks: single
 * addresses, or what a proposal may not be narrower than. Time O(addresses × k).
 *
 * Sizes are doubles: exact for IPv4, to 53 bits for IPv6.
 */
import type { Prefix } from '../net/prefix.ts';
import type { AddressList } from './address-list.ts';

interface Node {
  /** A point below it. */
  readonly point: number;
  readonly length: number;
  readonly left: Node | null;
  readonly right: Node | null;
  /** By k - 1. */
  readonly cost: Float64Array;
  /** By k - 1: how many of k go to the left. */
  readonly toLeft: Uint16Array | null;
}

export class PrefixCover {
  /** By k: the least number of addresses; infinite where k prefixes cannot hold them all. Index 0 is not used. */
  readonly sizes: Float64Array;
  readonly #list: AddressList;
  readonly #root: Node;

  /**
   * @param list sorted, not empty
   * @param leaves by address: the length of the block that stands for it; never longer blocks within shorter ones
   * @param shortest by address: the shortest prefix that may be proposed for it
   * @param limit the most prefixes
   */
  constructor(list: AddressList, leaves: Uint8Array, shortest: Uint8Array, limit: number) {
    this.#list = list;
    const blocks = firstOfBlocks(list, leaves);
    this.#root = build(list, blocks, leaves, shortest, limit, 0, blocks.length);
    this.sizes = new Float64Array(this.#root.cost.length + 1).fill(Number.POSITIVE_INFINITY);
    this.sizes.set(this.#root.cost, 1);
  }

  /** The fewest prefixes that can hold the list; infinite where the limit is too low. */
  get fewest(): number {
    for (let k = 1; k < this.sizes.length; k++) if (Number.isFinite(this.sizes[k])) return k;
    return Number.POSITIVE_INFINITY;
  }

  /** As many prefixes as make any difference. */
  get most(): number {
    return this.sizes.length - 1;
  }

  prefixes(k: number): Prefix[] {
    const found: Prefix[] = [];
    const visit = (node: Node, count: number): void => {
      if (count === 1 || node.toLeft === null) {
        found.push(this.#list.prefix(node.point, node.length));
        return;
      }
      const toLeft = node.toLeft[count - 1] as number;
      visit(node.left as Node, toLeft);
      visit(node.right as Node, count - toLeft);
    };
    visit(this.#root, Math.min(k, this.most));
    return found;
  }
}

/** The first address of each block. */
function firstOfBlocks(list: AddressList, leaves: Uint8Array): Uint32Array {
  const firsts: number[] = [];
  let last = -1;
  for (let i = 0; i < list.length; i++) {
    if (last >= 0 && list.common(last, i) >= (leaves[last] as number)) continue;
    firsts.push(i);
    last = i;
  }
  return Uint32Array.from(firsts);
}

function build(
  list: AddressList,
  blocks: Uint32Array,
  leaves: Uint8Array,
  shortest: Uint8Array,
  limit: number,
  from: number,
  to: number,
): Node {
  const point = blocks[from] as number;
  if (to - from === 1) {
    const length = leaves[point] as number;
    return { point, length, left: null, right: null, cost: costOfLeaf(list.bits - length), toLeft: null };
  }
  const length = list.common(point, blocks[to - 1] as number);
  const middle = firstWithBit(list, blocks, from, to, length);
  const left = build(list, blocks, leaves, shortest, limit, from, middle);
  const right = build(list, blocks, leaves, shortest, limit, middle, to);
  const own = length >= (shortest[point] as number) ? 2 ** (list.bits - length) : Number.POSITIVE_INFINITY;
  return { point, length, left, right, ...divide(left.cost, right.cost, own, Math.min(to - from, limit)) };
}

/** By host bits: leaves are many, and their costs few. */
const LEAF_COSTS: Float64Array[] = [];

function costOfLeaf(hostBits: number): Float64Array {
  LEAF_COSTS[hostBits] ??= Float64Array.of(2 ** hostBits);
  return LEAF_COSTS[hostBits];
}

/** Binary search for the first block with the bit set. */
function firstWithBit(list: AddressList, blocks: Uint32Array, from: number, to: number, at: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list.bit(blocks[middle] as number, at)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function divide(
  left: Float64Array,
  right: Float64Array,
  own: number,
  most: number,
): { readonly cost: Float64Array; readonly toLeft: Uint16Array } {
  const cost = new Float64Array(most).fill(Number.POSITIVE_INFINITY);
  const toLeft = new Uint16Array(most);
  cost[0] = own;
  for (let i = 1; i <= left.length; i++) {
    const part = left[i - 1] as number;
    const last = Math.min(right.length, most - i);
    for (let j = 1; j <= last; j++) {
      const sum = part + (right[j - 1] as number);
      if (sum < (cost[i + j - 1] as number)) {
        cost[i + j - 1] = sum;
        toLeft[i + j - 1] = i;
      }
    }
  }
  return { cost, toLeft };
}
