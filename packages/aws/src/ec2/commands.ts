/** The calls of one capture, each as a stream of pages. */
import {
  type EC2Client,
  paginateDescribeFlowLogs,
  paginateDescribeInstances,
  paginateDescribeManagedPrefixLists,
  paginateDescribeNetworkInterfaces,
  paginateDescribePrefixLists,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcPeeringConnections,
  paginateDescribeVpcs,
  paginateGetManagedPrefixListEntries,
} from '@aws-sdk/client-ec2';

/** An answer as the SDK gives it: the keys of the AWS CLI's JSON, and what concerns the call. */
export type Page = { readonly $metadata?: unknown; readonly NextToken?: string | undefined };

export interface CaptureCommand {
  /** As in `aws ec2 <name>`. */
  readonly name: string;
  /** Without it no flow can be given its groups: a failure ends the capture. All others are reported and missed. */
  readonly required: boolean;
  readonly pages: (client: EC2Client) => AsyncIterable<Page>;
}

/** The most that these calls take; the token buckets count calls, not items. */
const LARGE_PAGES = 1000;
const PREFIX_LIST_PAGES = 100;

const of = (client: EC2Client, pageSize = LARGE_PAGES) => ({ client, pageSize, stopOnSameToken: true });

/** Required ones first: what cannot succeed fails early. */
export const CAPTURE_COMMANDS: readonly CaptureCommand[] = [
  {
    name: 'describe-network-interfaces',
    required: true,
    pages: (client) => paginateDescribeNetworkInterfaces(of(client), {}),
  },
  {
    name: 'describe-security-groups',
    required: true,
    pages: (client) => paginateDescribeSecurityGroups(of(client), {}),
  },
  {
    name: 'describe-security-group-rules',
    required: true,
    pages: (client) => paginateDescribeSecurityGroupRules(of(client), {}),
  },
  {
    name: 'describe-managed-prefix-lists',
    required: false,
    pages: (client) => paginateDescribeManagedPrefixLists(of(client, PREFIX_LIST_PAGES), {}),
  },
  {
    name: 'describe-prefix-lists',
    required: false,
    pages: (client) => paginateDescribePrefixLists(of(client), {}),
  },
  { name: 'describe-vpcs', required: false, pages: (client) => paginateDescribeVpcs(of(client), {}) },
  { name: 'describe-subnets', required: false, pages: (client) => paginateDescribeSubnets(of(client), {}) },
  { name: 'describe-instances', required: false, pages: (client) => paginateDescribeInstances(of(client), {}) },
  {
    name: 'describe-vpc-peering-connections',
    required: false,
    pages: (client) => paginateDescribeVpcPeeringConnections(of(client), {}),
  },
  { name: 'describe-flow-logs', required: false, pages: (client) => paginateDescribeFlowLogs(of(client), {}) },
];

/** Its answer does not name the list: the id is put beside the entries, where `readInventory` finds it. */
export const prefixListEntries = (prefixListId: string): CaptureCommand => ({
  name: 'get-managed-prefix-list-entries',
  required: false,
  pages: async function* (client) {
    const input = { PrefixListId: prefixListId };
    for await (const page of paginateGetManagedPrefixListEntries(of(client, PREFIX_LIST_PAGES), input)) {
      yield { PrefixListId: prefixListId, ...page };
    }
  },
});

/** The interfaces of some ids (200 at most); those that are gone are absent, where a call by id would fail as a whole. */
export const networkInterfacesOf = (ids: readonly string[]): CaptureCommand => ({
  name: 'describe-network-interfaces',
  required: true,
  pages: (client) =>
    paginateDescribeNetworkInterfaces(of(client), {
      Filters: [{ Name: 'network-interface-id', Values: [...ids] }],
    }),
});
