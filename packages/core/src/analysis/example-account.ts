/**
 * Small accounts in words, for the examples of findings (which are tests and documentation) and for tests.
 *
 *   groups      { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'] }, rules as in `../security-group/notation.ts`
 *   interfaces  { 'eni-1': { groups: ['sg-web'], addresses: ['10.0.0.1'] } }
 *   traffic     ['eni-1 inbound tcp 443 from 203.0.113.5'], one connection each, opened that way
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { emptySnapshot } from '../inventory/snapshot.ts';
import { parseRule } from '../security-group/notation.ts';

export interface ExampleInterface {
  readonly groups: readonly string[];
  readonly addresses?: readonly string[];
  readonly type?: string;
}

export interface ExampleAccount {
  /** Rules by group id; rules get ids in order: `sgr-web-1` is the first of `sg-web`. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly interfaces?: Readonly<Record<string, ExampleInterface>>;
  /** Entries by list id; null = the entries are not known. */
  readonly prefixLists?: Readonly<Record<string, readonly string[] | null>>;
}

export const EXAMPLE_VPC = 'vpc-1';
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** The inventory of an account in words. */
export function inventoryOf(account: ExampleAccount, capturedAt = '2024-01-01T00:00:00Z'): InventorySnapshot {
  const named = { name: null, tags: {}, accountId: ACCOUNT, region: REGION };
  return {
    ...emptySnapshot(capturedAt),
    vpcs: [{ ...named, id: EXAMPLE_VPC, cidrs: ['10.0.0.0/16', '2001:db8::/56'] }],
    groups: Object.entries(account.groups).map(([id, rules]) => groupOf(id, rules)),
    interfaces: Object.entries(account.interfaces ?? {}).map(([id, one]) => interfaceOf(id, one)),
    prefixLists: Object.entries(account.prefixLists ?? {}).map(([id, cidrs]) => ({
      ...named,
      id,
      prefixListName: id,
      ownerId: ACCOUNT,
      addressFamily: null,
      version: 1,
      entries: cidrs === null ? null : cidrs.map((cidr) => ({ cidr, description: '' })),
    })),
  };
}

function groupOf(id: string, rules: readonly string[]): SecurityGroup {
  return {
    id,
    name: null,
    tags: {},
    groupName: id.slice(3),
    description: '',
    accountId: ACCOUNT,
    region: REGION,
    vpcId: EXAMPLE_VPC,
    rules: rules.map((text, index) => ruleOf(id, text, index)),
  };
}

/** Throws on text that is no rule: examples are written by hand and checked by tests. */
function ruleOf(groupId: string, text: string, index: number): SecurityGroupRule {
  const meaning = parseRule(text);
  if (!meaning) throw new Error(`"${text}" is no rule: write it like "inbound tcp 443 from 10.0.0.0/8".`);
  return { ...meaning, id: `sgr-${groupId.slice(3)}-${index + 1}`, groupId, description: text };
}

function interfaceOf(id: string, { groups, addresses = [], type = 'interface' }: ExampleInterface): NetworkInterface {
  return {
    id,
    name: null,
    tags: {},
    accountId: ACCOUNT,
    region: REGION,
    vpcId: EXAMPLE_VPC,
    subnetId: null,
    description: '',
    type,
    instanceId: null,
    requesterId: null,
    requesterManaged: false,
    status: 'in-use',
    groupIds: [...groups].sort(),
    addresses,
    prefixes: [],
    publicAddresses: [],
    connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
  };
}
