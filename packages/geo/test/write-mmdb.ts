/**
 * Writes small MMDB files for tests. Format: MaxMind DB 2.0 (`maxmind.github.io/MaxMind-DB`): a binary tree of 24-bit
 * records over the bits of the address, 16 zero bytes, the data section, a marker, and the metadata as a map.
 */
import { parsePrefix } from '@flowfit/core/net/prefix';

export type MmdbValue = string | number | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };

export interface MmdbPlan {
  readonly databaseType: string;
  readonly ipVersion: 4 | 6;
  /** Unix seconds. */
  readonly buildEpoch: number;
  /** Data by network; networks must not contain one another. IPv4 networks of an IPv6 database lie in ::/96. */
  readonly networks: Readonly<Record<string, MmdbValue>>;
}

type Child = Node | { readonly data: number } | null;
type Node = [Child, Child];

export const writeMmdb = (plan: MmdbPlan): Buffer => {
  const root: Node = [null, null];
  const data: Buffer[] = [];
  let dataLength = 0;
  for (const [cidr, value] of Object.entries(plan.networks)) {
    insert(root, bitsOf(cidr, plan.ipVersion), { data: dataLength });
    const encoded = encode(value);
    data.push(encoded);
    dataLength += encoded.length;
  }
  const nodes = nodesOf(root);
  return Buffer.concat([
    treeOf(nodes),
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    encode({
      binary_format_major_version: uint16(2),
      binary_format_minor_version: uint16(0),
      build_epoch: uint32(plan.buildEpoch),
      database_type: plan.databaseType,
      description: { en: 'written by a test' },
      ip_version: uint16(plan.ipVersion),
      languages: ['en'],
      node_count: uint32(nodes.length),
      record_size: uint16(24),
    }),
  ]);
};

/** Bits of a network, most significant first. */
const bitsOf = (cidr: string, ipVersion: 4 | 6): number[] => {
  const prefix = parsePrefix(cidr);
  if (prefix === null) throw new Error(`${cidr} is no network`);
  const width = prefix.family === 4 ? 32 : 128;
  const bits = [...prefix.first.toString(2).padStart(width, '0')].slice(0, prefix.length).map(Number);
  return prefix.family === 4 && ipVersion === 6 ? [...Array<number>(96).fill(0), ...bits] : bits;
};

const insert = (root: Node, bits: readonly number[], leaf: { readonly data: number }): void => {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const child = node[bit] ?? [null, null];
    if (!Array.isArray(child)) throw new Error('a network contains another');
    node[bit] = child;
    node = child;
  }
  node[bits.at(-1) as number] = leaf;
};

/** Breadth first: the root is node 0. */
const nodesOf = (root: Node): Node[] => {
  const nodes = [root];
  for (const node of nodes) nodes.push(...node.filter((child): child is Node => Array.isArray(child)));
  return nodes;
};

const treeOf = (nodes: readonly Node[]): Buffer => {
  const places = new Map(nodes.map((node, index) => [node, index]));
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, node] of nodes.entries()) {
    for (const [side, child] of node.entries()) {
      const record =
        child === null
          ? nodes.length
          : Array.isArray(child)
            ? (places.get(child) as number)
            : nodes.length + 16 + child.data;
      tree.writeUIntBE(record, index * 6 + side * 3, 3);
    }
  }
  return tree;
};

const EXTENDED = 7;

/** Control byte(s) of a type and a size below 285. */
const control = (type: number, size: number): Buffer => {
  const length = size < 29 ? [size] : [29, size - 29];
  const first = (type > EXTENDED ? 0 : type << 5) | (length[0] as number);
  return Buffer.from([first, ...(type > EXTENDED ? [type - EXTENDED] : []), ...length.slice(1)]);
};

/** Numbers are doubles unless they are wrapped: the metadata needs integers. */
const uint16 = (value: number): MmdbValue => ({ uint: value, type: 5 });
const uint32 = (value: number): MmdbValue => ({ uint: value, type: 6 });

const encode = (value: MmdbValue): Buffer => {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const double = Buffer.alloc(8);
    double.writeDoubleBE(value);
    return Buffer.concat([control(3, 8), double]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const map = value as { readonly [key: string]: MmdbValue };
  if (typeof map.uint === 'number' && typeof map.type === 'number') {
    const size = map.type === 5 ? 2 : 4;
    const integer = Buffer.alloc(size);
    integer.writeUIntBE(map.uint, 0, size);
    return Buffer.concat([control(map.type, size), integer]);
  }
  const entries = Object.entries(map);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, part]) => [encode(key), encode(part)])]);
};
