/** Enrichment of one record after the other, as plainly as it can be said: what that of batches is held against. */
import { resolveInitiator } from '../src/conversation/initiator.ts';
import type { AddedValues, Direction } from '../src/enrich/added.ts';
import { type Locate, locateAddress, toPoint } from '../src/enrich/location.ts';
import type { FlowRecord } from '../src/flow/record.ts';
import type { NetworkInterface } from '../src/inventory/model.ts';
import type { Timeline } from '../src/inventory/timeline.ts';
import { parseAddress } from '../src/net/address.ts';
import { type Prefix, parsePrefix, prefixContains } from '../src/net/prefix.ts';
import { hasPorts } from '../src/net/protocol.ts';

const LONG_AGO = Number.NEGATIVE_INFINITY;
const FAR_AHEAD = Number.POSITIVE_INFINITY;

/** A record without time is matched only with what is the same at all times. */
const stateOf = <State>(seconds: unknown, at: (seconds: number) => State): State | undefined => {
  if (typeof seconds === 'number') return at(seconds);
  return at(LONG_AGO) === at(FAR_AHEAD) ? at(LONG_AGO) : undefined;
};

const parsed = new Map<string, Prefix | null>();
const prefixOf = (text: string): Prefix | null => {
  if (!parsed.has(text)) parsed.set(text, parsePrefix(text));
  return parsed.get(text) ?? null;
};

const owns = ({ addresses, prefixes }: NetworkInterface, text: unknown): boolean => {
  const address = typeof text === 'string' ? parseAddress(text) : null;
  if (address === null) return false;
  return [...addresses, ...prefixes].some((own) => {
    const prefix = prefixOf(own);
    return prefix !== null && prefixContains(prefix, address);
  });
};

const directionOf = (record: FlowRecord, state: NetworkInterface | undefined): Direction | null => {
  if (record['flow-direction'] === 'ingress') return 'inbound';
  if (record['flow-direction'] === 'egress') return 'outbound';
  if (state === undefined) return null;
  const isSource = owns(state, record.srcaddr) || owns(state, record['pkt-srcaddr']);
  const isDestination = owns(state, record.dstaddr) || owns(state, record['pkt-dstaddr']);
  if (isSource && !isDestination) return 'outbound';
  if (isDestination && !isSource) return 'inbound';
  return null;
};

/** What is known of who opened the connection of a record. */
const initiatorOf = (record: FlowRecord, direction: Direction | null, localPort: unknown, peerPort: unknown) => {
  const { protocol } = record;
  if (typeof protocol !== 'number') return { 'service-port': null, initiator: null, 'initiator-method': null };
  if (direction === null) return { 'service-port': null, initiator: 'unknown', 'initiator-method': 'none' } as const;
  const flags = record['tcp-flags'] as number | null | undefined;
  const { initiator, method } = resolveInitiator({
    protocol,
    action: null,
    localPort: (localPort ?? null) as number | null,
    peerPort: (peerPort ?? null) as number | null,
    flags: { inbound: null, outbound: null, [direction]: flags ?? null },
  });
  const service = initiator === 'unknown' ? null : initiator === 'remote' ? localPort : peerPort;
  return {
    'service-port': hasPorts(protocol) ? ((service ?? null) as number | null) : null,
    initiator,
    'initiator-method': method,
  };
};

export const addedTo = (record: FlowRecord, timeline: Timeline, locate: Locate): AddedValues => {
  const id = record['interface-id'];
  const state = typeof id === 'string' ? stateOf(record.start, (at) => timeline.interfaceAt(id, at)) : undefined;
  const instanceId = state?.instanceId ?? null;
  const instance = instanceId === null ? null : stateOf(record.start, (at) => timeline.instanceAt(instanceId, at));
  const direction = directionOf(record, state);
  const source = (record['pkt-srcaddr'] ?? record.srcaddr ?? null) as string | null;
  const destination = (record['pkt-dstaddr'] ?? record.dstaddr ?? null) as string | null;
  const ends = [
    [source, record.srcport],
    [destination, record.dstport],
  ] as const;
  const [local, peer] = direction === null ? [] : direction === 'outbound' ? ends : [ends[1], ends[0]];
  const from = locateAddress(source, locate);
  const to = locateAddress(destination, locate);
  return {
    direction,
    'local-address': local?.[0] ?? null,
    'peer-address': peer?.[0] ?? null,
    'security-group-ids': state?.groupIds ?? null,
    ...initiatorOf(record, direction, local?.[1], peer?.[1]),
    'interface-name': state?.name ?? null,
    'interface-kind': state?.type ?? null,
    'interface-vpc-id': state?.vpcId ?? null,
    'attached-instance-id': instanceId,
    'attached-instance-name': instance?.name ?? null,
    'source-country-code': from.countryCode,
    'source-country-name': from.countryName,
    'source-region-code': from.regionCode,
    'source-region-name': from.regionName,
    'source-city': from.city,
    'source-location': toPoint(from),
    'destination-country-code': to.countryCode,
    'destination-country-name': to.countryName,
    'destination-region-code': to.regionCode,
    'destination-region-name': to.regionName,
    'destination-city': to.city,
    'destination-location': toPoint(to),
  };
};
