/** Saved queries: what people ask again and again, in the query language of OpenSearch Dashboards. */
import type { SavedObject } from './object.ts';

const QUERIES: readonly { id: string; title: string; description: string; query: string }[] = [
  {
    id: 'accepted-inbound',
    title: 'Accepted inbound traffic',
    description: 'What the inbound rules let in. Replies to outbound connections are among it.',
    query: 'direction : "inbound" and action : "ACCEPT"',
  },
  {
    id: 'rejected',
    title: 'Rejected traffic',
    description: 'Refused by a security group or a network ACL, or arrived after the connection was closed.',
    query: 'action : "REJECT"',
  },
  {
    id: 'administrative-ports',
    title: 'Administrative ports',
    description: 'SSH, RDP and WinRM, accepted.',
    query: 'dstport : (22 or 3389 or 5985 or 5986) and action : "ACCEPT"',
  },
  {
    id: 'from-the-internet',
    title: 'From the internet',
    description: 'Sources that have a place on the map: neither private nor reserved.',
    query: 'source-country-code : * and direction : "inbound"',
  },
  {
    id: 'without-groups',
    title: 'Records without security groups',
    description: 'The interface was not in the inventory, or it has no groups (NAT gateways, transit gateways).',
    query: 'not security-group-ids : *',
  },
];

export function toSavedQueries(prefix: string): SavedObject[] {
  return QUERIES.map(({ id, title, description, query }) => ({
    id: `flowfit-${prefix}-${id}`,
    type: 'query',
    attributes: { title, description, query: { query, language: 'kuery' } },
    references: [],
  }));
}
