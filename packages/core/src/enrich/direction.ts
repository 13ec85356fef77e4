/**
 * Direction: which way the packets of a record went at its interface. `flow-direction` says it where the layout has
 * the field. Otherwise one end of the record is the interface's own: source means outbound, destination inbound.
 *
 * An end is the interface's own when its address or its packet address is. Both are asked, because AWS rewrites the
 * former to the primary address of the interface, and a NAT gateway or router carries packets of which the latter is
 * at neither end its own. When both ends are own (an interface talking to itself) or neither is, nothing is known.
 */
import type { FlowRecord } from '../flow/record.ts';
import type { NetworkInterface } from '../inventory/model.ts';
import { canonicalAddress, parseAddress } from '../net/address.ts';
import { type Prefix, parsePrefix, prefixContains } from '../net/prefix.ts';
import type { Direction } from './added.ts';

export const resolveDirection = (
  record: FlowRecord,
  networkInterface: NetworkInterface | undefined,
): Direction | null => {
  const stated = record['flow-direction'];
  if (stated === 'ingress') return 'inbound';
  if (stated === 'egress') return 'outbound';
  if (networkInterface === undefined) return null;
  const isSource = owns(networkInterface, record['srcaddr']) || owns(networkInterface, record['pkt-srcaddr']);
  const isDestination = owns(networkInterface, record['dstaddr']) || owns(networkInterface, record['pkt-dstaddr']);
  if (isSource === isDestination) return null;
  return isSource ? 'outbound' : 'inbound';
};

/** Whether an address is among the private addresses of an interface or in a prefix delegated to it. */
const owns = (networkInterface: NetworkInterface, value: FlowRecord[string] | undefined): boolean => {
  if (typeof value !== 'string') return false;
  const address = value.includes(':') ? canonicalAddress(value) : value;
  if (address !== null && networkInterface.addresses.includes(address)) return true;
  return networkInterface.prefixes.length > 0 && isDelegated(prefixesOf(networkInterface), value);
};

const isDelegated = (prefixes: readonly Prefix[], text: string): boolean => {
  const address = parseAddress(text);
  return address !== null && prefixes.some((prefix) => prefixContains(prefix, address));
};

/** Parsed once per interface: the record path asks for the same few interfaces again and again. */
const parsedPrefixes = new WeakMap<NetworkInterface, readonly Prefix[]>();

const prefixesOf = (networkInterface: NetworkInterface): readonly Prefix[] => {
  const known = parsedPrefixes.get(networkInterface);
  if (known !== undefined) return known;
  const prefixes = networkInterface.prefixes.map(parsePrefix).filter((prefix) => prefix !== null);
  parsedPrefixes.set(networkInterface, prefixes);
  return prefixes;
};
