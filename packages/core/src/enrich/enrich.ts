/** Enrichment: a record with what the inventory and the geography database know of its interface and its ends. */
import type { FieldName } from '../flow/fields.ts';
import { eventTimeOf, type FieldValue, type FlowRecord } from '../flow/record.ts';
import type { Instance, NetworkInterface } from '../inventory/model.ts';
import type { AddedValues, Point } from './added.ts';
import { resolveDirection } from './direction.ts';
import { destinationOf, resolveEnds, sourceOf } from './ends.ts';
import { initiatorOfRecord } from './initiator.ts';
import { type Locate, locateAddress, toPoint } from './location.ts';

/** The fields of the record and the added ones, side by side under their names. */
export type EnrichedFlow = { readonly [name in FieldName]?: FieldValue } & AddedValues & {
    readonly [unknown: string]: FieldValue | readonly string[] | Point | undefined;
  };

/** What enrichment asks for. Times are Unix seconds. */
export interface EnrichmentSources {
  readonly interfaceAt: (id: string, seconds: number) => NetworkInterface | undefined;
  readonly instanceAt?: (id: string, seconds: number) => Instance | undefined;
  readonly locate: Locate;
}

/**
 * Adds all fields of `ADDED_FIELDS`; null = not known. Who opened the connection is what this record shows by itself;
 * where all records of the connection are at hand, they say more, see `../conversation/initiator.ts`.
 */
export const enrich = (record: FlowRecord, sources: EnrichmentSources): EnrichedFlow =>
  // Not spread into a literal: for objects of this size that takes ten times as long (measured on Node 20).
  Object.assign({}, record, resolveAdded(record, sources));

/** The added fields alone, for writers that put them after the record's own: merging the two costs most of `enrich`. */
export const resolveAdded = (record: FlowRecord, sources: EnrichmentSources): AddedValues => {
  const seconds = eventTimeOf(record);
  const id = record['interface-id'];
  const networkInterface = typeof id === 'string' ? stateAt(id, seconds, sources.interfaceAt) : undefined;
  const instanceId = networkInterface?.instanceId ?? null;
  const instance = instanceId === null ? undefined : stateAt(instanceId, seconds, sources.instanceAt);
  const direction = resolveDirection(record, networkInterface);
  const ends = resolveEnds(record, direction);
  const { initiator, method, servicePort } = initiatorOfRecord(record, direction, ends);
  const source = locateAddress(sourceOf(record), sources.locate);
  const destination = locateAddress(destinationOf(record), sources.locate);
  return {
    direction,
    'local-address': ends.localAddress,
    'peer-address': ends.peerAddress,
    'security-group-ids': networkInterface?.groupIds ?? null,
    'service-port': servicePort,
    initiator,
    'initiator-method': method,
    'interface-name': networkInterface?.name ?? null,
    'interface-kind': networkInterface?.type ?? null,
    'interface-vpc-id': networkInterface?.vpcId ?? null,
    'attached-instance-id': instanceId,
    'attached-instance-name': instance?.name ?? null,
    'source-country-code': source.countryCode,
    'source-country-name': source.countryName,
    'source-region-code': source.regionCode,
    'source-region-name': source.regionName,
    'source-city': source.city,
    'source-location': toPoint(source),
    'destination-country-code': destination.countryCode,
    'destination-country-name': destination.countryName,
    'destination-region-code': destination.regionCode,
    'destination-region-name': destination.regionName,
    'destination-city': destination.city,
    'destination-location': toPoint(destination),
  };
};

/**
 * The state of an interface or instance at a time. A record without time is matched only with one that never changed:
 * its first state is its last.
 */
const stateAt = <State>(
  id: string,
  seconds: number | null,
  stateOf: ((id: string, seconds: number) => State | undefined) | undefined,
): State | undefined => {
  if (stateOf === undefined) return undefined;
  if (seconds !== null) return stateOf(id, seconds);
  const first = stateOf(id, Number.NEGATIVE_INFINITY);
  return first === stateOf(id, Number.POSITIVE_INFINITY) ? first : undefined;
};
