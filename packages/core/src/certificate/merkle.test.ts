import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sha256, toHex } from './digest.ts';
import { InclusionProver, leafHash, MerkleHasher, rootOfProof } from './merkle.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();

/** The definition of RFC 6962, word for word. */
const definedRoot = (leaves: readonly string[]): Buffer => {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1)
    return createHash('sha256')
      .update(Buffer.of(0))
      .update(leaves[0] as string)
      .digest();
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const [left, right] = [definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k))];
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
};

const rootOf = (leaves: readonly string[]): string => {
  const hasher = new MerkleHasher(sha256);
  for (const leaf of leaves) hasher.add(leafHash(leaf, sha256));
  expect(hasher.count).toBe(leaves.length);
  return toHex(hasher.root());
};

const prove = (leaves: readonly string[], index: number) => {
  const prover = new InclusionProver(index, leaves.length, sha256);
  for (const leaf of leaves) prover.add(leaf);
  return prover.proof();
};

const leavesAndIndex = fc
  .array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 70 })
  .chain((leaves) => fc.tuple(fc.constant(leaves), fc.nat(leaves.length - 1)));

describe('Merkle tree', () => {
  it('has the roots of the test vectors of Certificate Transparency', () => {
    expect(rootOf([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOf([''])).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  it('property: its root is the one of RFC 6962', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 70 }), (leaves) => {
        expect(rootOf(leaves)).toBe(definedRoot(leaves).toString('hex'));
      }),
    );
  });

  it('property: every leaf can be shown to be in it, by a path as long as the tree is high', () => {
    fc.assert(
      fc.property(leavesAndIndex, ([leaves, index]) => {
        const proof = prove(leaves, index);
        expect(proof?.leaf).toBe(leaves[index]);
        expect(proof?.path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(leaves.length)));
        expect(proof && toHex(rootOfProof(proof, sha256) as Uint8Array)).toBe(rootOf(leaves));
      }),
    );
  });

  it('property: no proof holds of another leaf, place or path', () => {
    fc.assert(
      fc.property(leavesAndIndex, fc.nat(), ([leaves, index], salt) => {
        const proof = prove(leaves, index);
        if (proof === null) throw new Error('no proof');
        const root = rootOf(leaves);
        const rootOfOther = (change: object) => {
          const other = rootOfProof({ ...proof, ...change }, sha256);
          return other === null ? null : toHex(other);
        };
        expect(rootOfOther({ leaf: `${proof.leaf}x` })).not.toBe(root);
        expect(rootOfOther({ index: leaves.length })).toBeNull();
        expect(rootOfOther({ path: [...proof.path, sha256('')] })).toBeNull();
        if (proof.path.length === 0) return;
        const at = salt % proof.path.length;
        const path = proof.path.map((hash, level) => (level === at ? sha256(hash) : hash));
        expect(rootOfOther({ path })).not.toBe(root);
      }),
    );
  });

  it('proves nothing of other leaves than there were to be', () => {
    const prover = new InclusionProver(1, 3, sha256);
    for (const leaf of ['a', 'b']) prover.add(leaf);
    expect(prover.proof()).toBeNull();
  });
});
