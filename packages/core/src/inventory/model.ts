/**
 * The inventory: what an account and region looked like at one instant, reduced to what flows are matched against.
 * Read from the AWS CLI's JSON (`aws ec2 describe-…`), see `./read.ts`.
 */

/** Anything AWS gave tags to: the `Name` tag is what people know it by. */
export interface Tagged {
  readonly name: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NetworkInterface extends Tagged {
  /** `eni-…` */
  readonly id: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly description: string;
  /** AWS's open set, underscores (`nat_gateway`), `interface` where the answer lacks it. */
  readonly type: string;
  readonly instanceId: string | null;
  readonly requesterId: string | null;
  readonly requesterManaged: boolean;
  readonly status: string;
  /** Ids of the groups, sorted; empty for NAT gateways, transit gateways and the like. */
  readonly groupIds: readonly string[];
  /** All private addresses, primary first, then secondary, then IPv6, canonical text. */
  readonly addresses: readonly string[];
  /** Delegated prefixes (CIDR), IPv4 and IPv6. */
  readonly prefixes: readonly string[];
  /** Public addresses associated with the private ones. */
  readonly publicAddresses: readonly string[];
  /** When it was attached to what uses it (`Attachment.AttachTime`), Unix seconds; absent or null = not told. */
  readonly attachedAt?: number | null;
  /** Seconds; null = the documented default of AWS. */
  readonly connectionTracking: {
    readonly tcpEstablished: number | null;
    readonly udpStream: number | null;
    readonly udpSingle: number | null;
  };
}

export interface SecurityGroup extends Tagged {
  /** `sg-…` */
  readonly id: string;
  readonly groupName: string;
  readonly description: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly vpcId: string | null;
  readonly rules: readonly SecurityGroupRule[];
}

/** Where a rule lets traffic come from (inbound) or go to (outbound). Exactly one kind. */
export type RulePeer =
  | { readonly kind: 'cidr'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly prefixListId: string }
  | {
      readonly kind: 'group';
      readonly groupId: string;
      readonly accountId: string | null;
      readonly vpcId: string | null;
      readonly peeringConnectionId: string | null;
      /** `active` where peered and up; null inside one VPC. */
      readonly peeringStatus: string | null;
    };

export interface SecurityGroupRule {
  /** `sgr-…`, or `rule-` and a stable hash of the tuple where the inventory has no rule ids. */
  readonly id: string;
  readonly groupId: string;
  readonly direction: 'inbound' | 'outbound';
  /** `-1` (all), `tcp`, `udp`, `icmp`, `icmpv6`, or a number as text. */
  readonly protocol: string;
  /** Ports of tcp and udp, type and code of icmp and icmpv6; null = all. */
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly peer: RulePeer;
  readonly description: string;
}

export interface PrefixList extends Tagged {
  /** `pl-…` */
  readonly id: string;
  readonly prefixListName: string;
  readonly ownerId: string | null;
  readonly region: string | null;
  readonly addressFamily: string | null;
  readonly version: number | null;
  /** Entries that it may have: as many rules of the quota. Absent where the answer lacks it, as for AWS's own lists. */
  readonly maxEntries?: number;
  /** null = the list is known and its entries are not. */
  readonly entries: readonly { readonly cidr: string; readonly description: string }[] | null;
}

export interface Vpc extends Tagged {
  readonly id: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly cidrs: readonly string[];
}

export interface Subnet extends Tagged {
  readonly id: string;
  readonly vpcId: string | null;
  readonly accountId: string | null;
  readonly availabilityZoneId: string | null;
  readonly cidrs: readonly string[];
}

export interface Instance extends Tagged {
  readonly id: string;
  readonly accountId: string | null;
  readonly instanceType: string | null;
  readonly vpcId: string | null;
  readonly state: string | null;
  readonly launchTime: string | null;
}

export interface PeeringConnection extends Tagged {
  readonly id: string;
  readonly status: string;
  readonly requesterVpcId: string | null;
  readonly accepterVpcId: string | null;
  readonly requesterRegion: string | null;
  readonly accepterRegion: string | null;
}

export interface FlowLogConfiguration {
  readonly id: string;
  readonly resourceId: string | null;
  /** ALL, ACCEPT or REJECT. */
  readonly trafficType: string | null;
  readonly logFormat: string | null;
  readonly maxAggregationInterval: number | null;
  readonly status: string | null;
}

/** State at one instant. Every list is sorted by id, so that equal states are equal documents. */
export interface InventorySnapshot {
  readonly schema: 'flowfit.inventory/1';
  /** ISO 8601, UTC. */
  readonly capturedAt: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly groups: readonly SecurityGroup[];
  readonly prefixLists: readonly PrefixList[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly instances: readonly Instance[];
  readonly peerings: readonly PeeringConnection[];
  readonly flowLogs: readonly FlowLogConfiguration[];
}
