/**
 * Transit gateway flow logs (version 6) share names and shape with VPC flow logs, but have neither an interface nor an
 * action, so no security group can be judged by them. They are recognised and set aside.
 *
 * Source: "AWS Transit Gateway Flow Logs", default format.
 */
import { splitValues } from './tokens.ts';

/** All fields in AWS's order. */
export const TRANSIT_GATEWAY_FIELDS: readonly string[] = [
  'version',
  'resource-type',
  'account-id',
  'tgw-id',
  'tgw-attachment-id',
  'tgw-src-vpc-account-id',
  'tgw-dst-vpc-account-id',
  'tgw-src-vpc-id',
  'tgw-dst-vpc-id',
  'tgw-src-subnet-id',
  'tgw-dst-subnet-id',
  'tgw-src-eni',
  'tgw-dst-eni',
  'tgw-src-az-id',
  'tgw-dst-az-id',
  'tgw-pair-attachment-id',
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'log-status',
  'type',
  'packets-lost-no-route',
  'packets-lost-blackhole',
  'packets-lost-mtu-exceeded',
  'packets-lost-ttl-expired',
  'tcp-flags',
  'region',
  'flow-direction',
  'pkt-src-aws-service',
  'pkt-dst-aws-service',
];

/** Whether only transit gateway flow logs have a field of this name. */
export const isTransitGatewayField = (name: string): boolean =>
  name === 'resource-type' || name.startsWith('tgw-') || name.startsWith('packets-lost-');

/** Whether a line without a header is a transit gateway record: version 6, which no VPC record has, and a `tgw-…` id. */
export const isTransitGatewayLine = (line: string): boolean => {
  const values = splitValues(line);
  return values[0] === '6' && values.some((value) => value.startsWith('tgw-'));
};
