/**
 * The format of the flow logs that the stack creates: all fields up to version 5. TCP flags say who opened a
 * connection, packet addresses see through NAT, and `flow-direction` needs no inventory.
 */
const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id ' +
  'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path';

export const LOG_FORMAT = FIELDS.split(' ')
  .map((name) => `\${${name}}`)
  .join(' ');
