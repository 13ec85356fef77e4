/**
 * THE field table. One row is one field; the parser, the TypeScript types, the Parquet schema, the OpenSearch
 * mapping, the filter language, the CLI help, the docs page and the labels of the web app derive from it.
 *
 * Source: VPC User Guide, "Flow log records" (versions 2 to 11, 54 fields).
 */

/** How the text of a field is read, and what a stored value looks like. */
export type FieldType =
  /** Kept as it is. */
  | 'text'
  /** IPv4 or IPv6 address in text form. */
  | 'address'
  /** Non-negative integer that fits 32 bits. */
  | 'int'
  /** Non-negative integer below 2^53. */
  | 'long'
  /** Unix time in whole seconds. */
  | 'seconds'
  /** Text with UTF-8 percent-encoding (tag values), stored decoded. */
  | 'encoded-text';

export interface FieldDefinition {
  /** AWS's hyphenated name. */
  readonly name: string;
  /** The flow log version that introduced the field. */
  readonly version: 2 | 3 | 4 | 5 | 7 | 8 | 9 | 10 | 11;
  readonly type: FieldType;
  /** The closed set of values, where AWS documents one that will not grow. */
  readonly values?: readonly string[];
  /** The largest value, where it is smaller than what the type holds (see `maximumOf`). */
  readonly max?: number;
  /** Always present in a record of packets, always `-` where there were none: what tells the two apart. */
  readonly traffic?: true;
  /** One sentence for help, docs and tooltips. */
  readonly description: string;
}

const field = <const Name extends string>(
  name: Name,
  version: FieldDefinition['version'],
  type: FieldType,
  description: string,
  more: Pick<FieldDefinition, 'values' | 'max' | 'traffic'> = {},
) => ({ name, version, type, description, ...more }) as const;

/** Mark of the rows that describe the packets themselves. */
const traffic = true;

/** All fields of VPC flow logs in AWS's order. */
export const FIELDS = [
  field('version', 2, 'int', 'The highest version among the fields of the format.'),
  field('account-id', 2, 'text', 'Owner of the network interface; may be the word "unknown".'),
  field(
    'interface-id',
    2,
    'text',
    'The network interface that captured the packets; absent for regional NAT gateways.',
  ),
  field('srcaddr', 2, 'address', 'Source address; of outgoing packets the primary private address of the interface.', {
    traffic,
  }),
  field(
    'dstaddr',
    2,
    'address',
    'Destination address; of incoming packets the primary private address of the interface.',
  ),
  field('srcport', 2, 'int', 'Source port; 0 for protocols without ports.', { max: 65_535, traffic }),
  field('dstport', 2, 'int', 'Destination port; 0 for protocols without ports.', { max: 65_535, traffic }),
  field('protocol', 2, 'int', 'IANA protocol number.', { max: 255, traffic }),
  field('packets', 2, 'long', 'Packets of this direction in the interval.', { traffic }),
  field('bytes', 2, 'long', 'Bytes of this direction in the interval.', { traffic }),
  field('start', 2, 'seconds', 'When the first packet of the flow was received in the interval.'),
  field('end', 2, 'seconds', 'When the last packet of the flow was received in the interval.'),
  field(
    'action',
    2,
    'text',
    'ACCEPT, or REJECT by a security group, a network ACL, or after the connection was closed.',
    { values: ['ACCEPT', 'REJECT'], traffic },
  ),
  field('log-status', 2, 'text', 'OK, NODATA (no traffic) or SKIPDATA (records were dropped by AWS).', {
    values: ['OK', 'NODATA', 'SKIPDATA'],
  }),
  field('vpc-id', 3, 'text', 'VPC of the network interface.'),
  field('subnet-id', 3, 'text', 'Subnet of the network interface.'),
  field('instance-id', 3, 'text', 'Instance of the network interface, where the account owns it.'),
  field('tcp-flags', 3, 'int', 'FIN 1, SYN 2, RST 4, SYN-ACK 18, or-ed over the interval.'),
  field('type', 3, 'text', 'Kind of traffic: IPv4, IPv6 or EFA.', { traffic }),
  field('pkt-srcaddr', 3, 'address', 'Source address in the packet itself.', { traffic }),
  field('pkt-dstaddr', 3, 'address', 'Destination address in the packet itself.', { traffic }),
  field('region', 4, 'text', 'Region of the network interface.'),
  field('az-id', 4, 'text', 'Availability zone id of the network interface.'),
  field('sublocation-type', 4, 'text', 'wavelength, outpost or localzone.'),
  field('sublocation-id', 4, 'text', 'Id of the sublocation.'),
  field('pkt-src-aws-service', 5, 'text', 'AWS service whose published ranges hold the packet source address.'),
  field('pkt-dst-aws-service', 5, 'text', 'AWS service whose published ranges hold the packet destination address.'),
  field(
    'flow-direction',
    5,
    'text',
    'ingress or egress, relative to the interface; says nothing of who opened the connection.',
    { values: ['ingress', 'egress'], traffic },
  ),
  field(
    'traffic-path',
    5,
    'int',
    'Path of egress traffic: 1 same VPC, 2 or 8 internet gateway, 3 virtual private gateway, 4 and 5 peering, 6 zone, 7 gateway endpoint.',
  ),
  field('ecs-cluster-arn', 7, 'text', 'ARN of the ECS cluster.'),
  field('ecs-cluster-name', 7, 'text', 'Name of the ECS cluster.'),
  field('ecs-container-instance-arn', 7, 'text', 'ARN of the ECS container instance.'),
  field('ecs-container-instance-id', 7, 'text', 'Id of the ECS container instance.'),
  field('ecs-container-id', 7, 'text', 'Runtime id of the first container.'),
  field('ecs-second-container-id', 7, 'text', 'Runtime id of the second container.'),
  field('ecs-service-name', 7, 'text', 'Name of the ECS service.'),
  field('ecs-task-definition-arn', 7, 'text', 'ARN of the ECS task definition.'),
  field('ecs-task-arn', 7, 'text', 'ARN of the ECS task.'),
  field('ecs-task-id', 7, 'text', 'Id of the ECS task.'),
  field(
    'reject-reason',
    8,
    'text',
    'BPA (block public access) or EC (encryption controls); absent for security groups and network ACLs.',
  ),
  field('resource-id', 9, 'text', 'Regional NAT gateway that captured the packets.'),
  field('encryption-status', 10, 'int', '0 none, 1 Nitro, 2 application, 3 both.'),
  field('instance-tag', 11, 'encoded-text', 'Value of the first chosen instance tag.'),
  field('instance-tag-2', 11, 'encoded-text', 'Value of the second chosen instance tag.'),
  field('interface-tag', 11, 'encoded-text', 'Value of the first chosen interface tag.'),
  field('interface-tag-2', 11, 'encoded-text', 'Value of the second chosen interface tag.'),
  field('asg-tag', 11, 'encoded-text', 'Value of the first chosen auto-scaling group tag.'),
  field('asg-tag-2', 11, 'encoded-text', 'Value of the second chosen auto-scaling group tag.'),
  field('interface-type', 11, 'text', 'Kind of the capturing interface, such as nat_gateway or vpc_endpoint.'),
  field('next-hop-interface-id', 11, 'text', 'Interface that receives (egress) or sends (ingress) next.'),
  field('next-hop-subnet-id', 11, 'text', 'Subnet of the next-hop interface.'),
  field('next-hop-az-id', 11, 'text', 'Availability zone id of the next-hop interface.'),
  field('next-hop-vpc-id', 11, 'text', 'VPC of the next-hop interface.'),
  field('next-hop-interface-type', 11, 'text', 'Kind of the next-hop interface.'),
] as const satisfies readonly FieldDefinition[];

export type FieldName = (typeof FIELDS)[number]['name'];

/** The field of a name, or undefined: unknown names are kept as text, they are no error. */
export const fieldOf: (name: string) => FieldDefinition | undefined = (() => {
  const byName = new Map<string, FieldDefinition>(FIELDS.map((f) => [f.name, f]));
  return (name: string) => byName.get(name);
})();

/** The default format of AWS: the version-2 fields in their order. */
export const DEFAULT_FIELDS: readonly FieldName[] = FIELDS.filter((f) => f.version === 2).map((f) => f.name);

/** The largest value of a numeric field; every whole number from 0 to it is valid. */
export const maximumOf = ({ type, max }: FieldDefinition): number =>
  max ?? (type === 'int' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER);

/**
 * The fields of a layout in one order, whatever theirs was: the table's, then unknown names by the alphabet. Records
 * with the same fields meet in the same columns, and repeats are recognised across layouts of another order.
 */
export const canonicalOrder = (fields: readonly string[]): readonly string[] => {
  const asked = new Set(fields);
  const known = FIELDS.map((one) => one.name).filter((name) => asked.has(name));
  return [...known, ...fields.filter((name) => fieldOf(name) === undefined).sort()];
};
