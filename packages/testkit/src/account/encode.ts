/** From what a leg has in common and what each record adds to a value of each field, or a line of text. */
import { FIELDS, type FieldName, fieldOf } from '@flowfit/core/flow/fields';
import type { FieldValue, FlowRecord } from '@flowfit/core/flow/record';
import type { Host } from './host.ts';
import type { Leg } from './path.ts';
import type { Window } from './sink.ts';

/** Fields of the named formats, in AWS's order; `alphabetical` is what the console writes for "all fields". */
export const FORMATS = {
  v2: fieldsUpTo(2),
  v3: fieldsUpTo(3),
  v5: fieldsUpTo(5),
  all: fieldsUpTo(11),
  alphabetical: [...fieldsUpTo(5)].sort(),
} as const satisfies Record<string, readonly FieldName[]>;

export type FormatName = keyof typeof FORMATS;

function fieldsUpTo(version: number): readonly FieldName[] {
  return FIELDS.filter((field) => field.version <= version).map(({ name }) => name);
}

/** The value of the `version` field: the highest version among the chosen ones. */
export const versionOf = (fields: readonly string[]): number =>
  Math.max(2, ...fields.map((name) => fieldOf(name)?.version ?? 2));

/** Values that differ between the records of a leg. */
const VARYING = ['srcport', 'dstport', 'packets', 'bytes', 'tcp-flags', 'start', 'end', 'action'] as const;
export type Varying = (typeof VARYING)[number];
export const isVarying = (name: string): name is Varying => (VARYING as readonly string[]).includes(name);

/** What all records of a leg say in a field; null is AWS's `-`. */
export function fixedValue(leg: Leg, name: string, version: number): FieldValue {
  switch (name) {
    case 'srcaddr':
      return leg.srcAddress;
    case 'dstaddr':
      return leg.dstAddress;
    case 'protocol':
      return leg.protocol;
    case 'log-status':
      return 'OK';
    case 'type':
      return leg.family === 4 ? 'IPv4' : 'IPv6';
    case 'pkt-srcaddr':
      return leg.packetSource.address;
    case 'pkt-dstaddr':
      return leg.packetDestination.address;
    case 'pkt-src-aws-service':
      return leg.packetSource.service;
    case 'pkt-dst-aws-service':
      return leg.packetDestination.service;
    case 'flow-direction':
      return leg.egress ? 'egress' : 'ingress';
    case 'traffic-path':
      return leg.trafficPath;
    case 'next-hop-interface-id':
      return leg.nextHop?.interfaceId ?? null;
    case 'next-hop-subnet-id':
      return leg.nextHop?.subnetId ?? null;
    case 'next-hop-az-id':
      return leg.nextHop?.zoneId ?? null;
    case 'next-hop-vpc-id':
      return leg.nextHop?.vpcId ?? null;
    case 'next-hop-interface-type':
      return leg.nextHop === null ? null : namedType(leg.nextHop);
    default:
      return hostValue(leg.host, name, version);
  }
}

/** What an interface says of itself, also in NODATA and SKIPDATA records. */
export function hostValue(host: Host, name: string, version: number): FieldValue {
  switch (name) {
    case 'version':
      return version;
    case 'account-id':
      return host.recordedAccountId;
    case 'interface-id':
      return host.interfaceId;
    case 'vpc-id':
      return host.vpcId;
    case 'subnet-id':
      return host.subnetId;
    case 'instance-id':
      return host.instanceId;
    case 'region':
      return host.site.region;
    case 'az-id':
      return host.zoneId;
    case 'interface-type':
      return namedType(host);
    case 'interface-tag':
      return host.instanceId === null ? null : host.name;
    default:
      return null;
  }
}

/** The v11 fields name only these types. */
const namedType = ({ type }: Host): string | null => (type === 'nat_gateway' || type === 'vpc_endpoint' ? type : null);

export const textOf = (value: FieldValue): string => (value === null ? '-' : String(value));

function statusValue(name: string, version: number, host: Host, window: Window, logStatus: string): FieldValue {
  if (name === 'start') return window.start;
  if (name === 'end') return window.end;
  return name === 'log-status' ? logStatus : hostValue(host, name, version);
}

export const statusRecord = (
  fields: readonly string[],
  version: number,
  host: Host,
  window: Window,
  logStatus: string,
): FlowRecord =>
  Object.fromEntries(fields.map((name) => [name, statusValue(name, version, host, window, logStatus)])) as FlowRecord;
