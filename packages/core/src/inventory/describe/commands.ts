/** The commands whose answers are read, and those that are known and set aside. A new one is a file and a line here. */
import type { Command } from './answer.ts';
import { flowLogs } from './flow-logs.ts';
import { instances } from './instances.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { peeringConnections, subnets, vpcs } from './networks.ts';
import { managedPrefixLists, prefixListEntries, servicePrefixLists } from './prefix-lists.ts';
import { securityGroupRules } from './security-group-rules.ts';
import { securityGroups } from './security-groups.ts';

export const COMMANDS: readonly Command[] = [
  networkInterfaces,
  securityGroups,
  securityGroupRules,
  managedPrefixLists,
  servicePrefixLists,
  prefixListEntries,
  vpcs,
  subnets,
  instances,
  peeringConnections,
  flowLogs,
];

/** Keys of answers that often lie in the same folder and add nothing: not a problem, only counted. */
export const SET_ASIDE_KEYS: ReadonlySet<string> = new Set([
  'Account', // sts get-caller-identity
  'Addresses',
  'AvailabilityZones',
  'CustomerGateways',
  'DhcpOptions',
  'EgressOnlyInternetGateways',
  'InternetGateways',
  'LoadBalancers',
  'NatGateways',
  'NetworkAcls',
  'Regions',
  'RouteTables',
  'SecurityGroupReferenceSet',
  'SecurityGroupVpcAssociations',
  'StaleSecurityGroupSet',
  'TransitGatewayAttachments',
  'TransitGatewayVpcAttachments',
  'TransitGateways',
  'VpcEndpoints',
  'VpnConnections',
]);
