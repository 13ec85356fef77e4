/** Flow records themselves: pages of them, hourly conversations, and exports. */
import * as z from 'zod';
import { countInQuery, scopeQuery, seconds } from './common.ts';

const value = z.union([
  z.string(),
  z.number(),
  z.array(z.string()).readonly(),
  z.object({ lat: z.number(), lon: z.number() }),
]);

/** One enriched record: AWS's hyphenated names and the added ones, numbers as numbers, null for `-`. */
export const flow = z.record(z.string(), value.nullable());
export type Flow = z.infer<typeof flow>;

export const flowsQuery = scopeQuery.extend({
  limit: countInQuery(1, 1000).optional().describe('At most this many records; 100 unless told.'),
  offset: countInQuery(0, 10_000_000).optional(),
  after: z
    .string()
    .regex(/^\d{0,12}-\d{1,20}$/)
    .optional()
    .describe('`next` of the page before: quicker than an offset, however far one goes.'),
  order: z.enum(['newest', 'oldest']).optional(),
});

export const flowsAnswer = z.object({
  schema: z.literal('flowfit.flows/1'),
  flows: z.array(flow),
  next: z.string().nullable().describe('For `after` of the next page; null where this one is the last.'),
});
export type FlowsAnswer = z.infer<typeof flowsAnswer>;

export const exportFormat = z.enum(['csv', 'ndjson', 'parquet']);
export const exportQuery = scopeQuery.extend({ format: exportFormat });

export const conversationsQuery = scopeQuery.omit({ where: true }).extend({
  group: z.string().max(100).optional().describe('Only those of interfaces that carry this group.'),
  limit: countInQuery(1, 10_000).optional().describe('At most this many; 1000 unless told.'),
});

/** All records of one (interface, initiator, protocol, service port, peer, action) within an hour. */
const conversation = z.object({
  interfaceId: z.string(),
  vpcId: z.string().nullable(),
  initiator: z.enum(['local', 'remote', 'unknown']),
  method: z.string(),
  protocol: z.int(),
  servicePort: z.int().nullable(),
  peerAddress: z.string(),
  action: z.enum(['ACCEPT', 'REJECT']).nullable(),
  groupIds: z.array(z.string()).readonly(),
  hour: seconds,
  flows: z.number(),
  packets: z.number(),
  bytes: z.number(),
  connections: z.number(),
  firstSeen: seconds,
  lastSeen: seconds,
});

export const conversationsAnswer = z.object({
  conversations: z.array(conversation),
  truncated: z.boolean().describe('Whether there are more than the limit.'),
});
