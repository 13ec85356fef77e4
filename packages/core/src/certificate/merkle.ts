/**
 * A Merkle tree over a list of texts, as RFC 6962 (section 2.1) builds it with SHA-256:
 *
 *   leaf   H(0x00 ‖ text in UTF-8)
 *   node   H(0x01 ‖ left ‖ right), where the left part has as many leaves as the greatest power of two below the whole
 *   empty  H of nothing
 *
 * The texts come one after the other and none is kept: memory grows with the logarithm of their number.
 */
import type { Sha256 } from './digest.ts';

export const leafHash = (text: string, sha256: Sha256): Uint8Array => sha256(`\0${text}`);

const nodeHash = (left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array => {
  const bytes = new Uint8Array(1 + left.length + right.length);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return sha256(bytes);
};

/** Computes the root while leaves are added. */
export class MerkleHasher {
  readonly #sha256: Sha256;
  /** Whole subtrees from the left, each of a power of two of leaves, the largest first. */
  readonly #subtrees: { readonly leaves: number; readonly hash: Uint8Array }[] = [];
  #count = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get count(): number {
    return this.#count;
  }

  /** @param hash a `leafHash` */
  add(hash: Uint8Array): void {
    let subtree = { leaves: 1, hash };
    for (let left = this.#subtrees.at(-1); left?.leaves === subtree.leaves; left = this.#subtrees.at(-1)) {
      subtree = { leaves: 2 * subtree.leaves, hash: nodeHash(left.hash, subtree.hash, this.#sha256) };
      this.#subtrees.pop();
    }
    this.#subtrees.push(subtree);
    this.#count++;
  }

  root(): Uint8Array {
    const last = this.#subtrees.at(-1);
    if (last === undefined) return this.#sha256('');
    return this.#subtrees.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right, this.#sha256), last.hash);
  }
}

interface Sibling {
  /** Leaves, `to` excluded. */
  readonly from: number;
  readonly to: number;
}

/** Subtrees beside the way from a leaf to the root, the leaf's own neighbour first. */
const siblingsOf = (index: number, from: number, to: number): Sibling[] => {
  if (to - from < 2) return [];
  const middle = from + greatestPowerBelow(to - from);
  return index < middle
    ? [...siblingsOf(index, from, middle), { from: middle, to }]
    : [...siblingsOf(index, middle, to), { from, to: middle }];
};

const greatestPowerBelow = (count: number): number => {
  let power = 1;
  while (2 * power < count) power *= 2;
  return power;
};

/** That a text is leaf `index` of a tree. */
export interface InclusionProof {
  readonly index: number;
  readonly count: number;
  readonly leaf: string;
  /** Hashes of the subtrees beside the way to the root, from below. */
  readonly path: readonly Uint8Array[];
}

/** Gathers the proof of one leaf while all leaves go by. */
export class InclusionProver {
  readonly #index: number;
  readonly #count: number;
  readonly #sha256: Sha256;
  readonly #siblings: readonly { readonly range: Sibling; readonly hasher: MerkleHasher }[];
  #leaf: string | null = null;
  #next = 0;

  /** @param index of the leaf, below `count`, the number of leaves */
  constructor(index: number, count: number, sha256: Sha256) {
    this.#index = index;
    this.#count = count;
    this.#sha256 = sha256;
    this.#siblings = siblingsOf(index, 0, count).map((range) => ({ range, hasher: new MerkleHasher(sha256) }));
  }

  add(leaf: string): void {
    const at = this.#next++;
    if (at === this.#index) this.#leaf = leaf;
    const beside = this.#siblings.find(({ range }) => at >= range.from && at < range.to);
    beside?.hasher.add(leafHash(leaf, this.#sha256));
  }

  /** Null where other than `count` leaves went by. */
  proof(): InclusionProof | null {
    if (this.#leaf === null || this.#next !== this.#count) return null;
    const path = this.#siblings.map(({ hasher }) => hasher.root());
    return { index: this.#index, count: this.#count, leaf: this.#leaf, path };
  }
}

/** The root of the tree that a proof is about; null for a proof that fits no tree. */
export const rootOfProof = ({ index, count, leaf, path }: InclusionProof, sha256: Sha256): Uint8Array | null => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return null;
  const siblings = siblingsOf(index, 0, count);
  if (siblings.length !== path.length) return null;
  return siblings.reduce(
    (hash, { from }, level) => {
      const other = path[level] as Uint8Array;
      return from > index ? nodeHash(hash, other, sha256) : nodeHash(other, hash, sha256);
    },
    leafHash(leaf, sha256),
  );
};
