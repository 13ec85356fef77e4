/**
 * A small EC2 that pages, throttles and refuses, which emulators do not. Speaks the EC2 Query protocol: form-encoded
 * requests, XML answers whose element names are the API model's lower-case ones (`networkInterfaceSet`, `item`).
 */
import { type LocalAnswer, type LocalServer, startLocalServer } from '@flowfit/testkit/faulty-aws/http';

export type Xml = string | number | boolean | readonly Xml[] | { readonly [element: string]: Xml };

/** The element of an answer that holds its items. */
const LISTS = {
  DescribeFlowLogs: 'flowLogSet',
  DescribeInstances: 'reservationSet',
  DescribeManagedPrefixLists: 'prefixListSet',
  DescribeNetworkInterfaces: 'networkInterfaceSet',
  DescribePrefixLists: 'prefixListSet',
  DescribeSecurityGroupRules: 'securityGroupRuleSet',
  DescribeSecurityGroups: 'securityGroupInfo',
  DescribeSubnets: 'subnetSet',
  DescribeVpcPeeringConnections: 'vpcPeeringConnectionSet',
  DescribeVpcs: 'vpcSet',
  GetManagedPrefixListEntries: 'entrySet',
} as const;

type Action = keyof typeof LISTS;

export interface Ec2Plan {
  /** What an action answers; nothing for those that are missing. */
  readonly items: { readonly [action in Action]?: readonly Xml[] };
  /** Items of one page, whatever the caller asks for. */
  readonly pageSize?: number;
  /** The code of an error to answer, for request number `call` (0 = the first of all); undefined = answer. */
  readonly fault?: (action: string, call: number) => string | undefined;
}

export interface FaultyEc2 extends LocalServer {
  /** All requests, those answered with an error included. */
  readonly requests: readonly Readonly<Record<string, string>>[];
}

export const startFaultyEc2 = async (plan: Ec2Plan): Promise<FaultyEc2> => {
  const requests: Record<string, string>[] = [];
  const server = await startLocalServer(({ body }) => {
    const request = Object.fromEntries(new URLSearchParams(body.toString()));
    const code = plan.fault?.(request.Action ?? '', requests.length);
    requests.push(request);
    return code === undefined ? page(plan, request) : failure(code);
  });
  return { ...server, requests };
};

const page = ({ items, pageSize = 1000 }: Ec2Plan, request: Readonly<Record<string, string>>): LocalAnswer => {
  const action = request.Action as Action;
  const list = items[action] ?? [];
  const from = Number(request.NextToken ?? 0);
  const to = from + pageSize;
  const body: Xml = {
    requestId: 'request-1',
    [LISTS[action]]: list.slice(from, to),
    ...(to < list.length ? { nextToken: String(to) } : {}),
  };
  return answer(200, `${action}Response`, body);
};

const failure = (code: string): LocalAnswer =>
  answer(code === 'RequestLimitExceeded' ? 503 : 403, 'Response', {
    Errors: { Error: { Code: code, Message: `${code}, says the test.` } },
    RequestID: 'request-1',
  });

const answer = (status: number, element: string, body: Xml): LocalAnswer => ({
  status,
  contentType: 'text/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?>${toXml(element, body)}`,
});

const toXml = (element: string, value: Xml): string => `<${element}>${content(value)}</${element}>`;

const content = (value: Xml): string => {
  if (Array.isArray(value)) return value.map((item) => toXml('item', item)).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([element, part]) => toXml(element, part))
      .join('');
  }
  return `${value}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
};
