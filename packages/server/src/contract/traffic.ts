/** Traffic in numbers: figures, over time, by field, on the map, and from source to port. */
import * as z from 'zod';
import { countInQuery, measureName, measures, scopeQuery, seconds } from './common.ts';

/** The figures at the top of the dashboard. */
export const figures = measures.extend({
  accepted: z.number().describe('Flow records with action ACCEPT.'),
  rejected: z.number().describe('Flow records with action REJECT.'),
  groups: z.number().describe('Security groups with traffic.'),
  interfaces: z.number().describe('Network interfaces with traffic.'),
  peers: z.number().describe('Distinct addresses at the other end.'),
});
export type Figures = z.infer<typeof figures>;

export const summaryAnswer = z.object({
  from: seconds.nullable(),
  to: seconds.nullable(),
  current: figures,
  previous: figures.nullable().describe('The window of the same length just before; null without data there.'),
});
export type SummaryAnswer = z.infer<typeof summaryAnswer>;

export const histogramQuery = scopeQuery.extend({
  buckets: countInQuery(1, 500).optional().describe('At most this many steps; 120 unless told.'),
});

export const histogramAnswer = z.object({
  stepSeconds: z.int().positive(),
  from: seconds,
  to: z.int().describe('End of the last step, which may lie behind the end of the window.'),
  rows: z.array(measures.extend({ time: seconds, action: z.enum(['ACCEPT', 'REJECT']).nullable() })),
});
export type HistogramAnswer = z.infer<typeof histogramAnswer>;

export const topQuery = scopeQuery.extend({
  field: z.string().max(100).describe('A field of flow records or an added one, such as `security-group-ids`.'),
  by: measureName.optional(),
  limit: countInQuery(1, 1000).optional().describe('At most this many rows; 10 unless told.'),
});

/** A value with what the inventory and the geography database know about it. */
export const topRow = measures.extend({
  value: z.union([z.string(), z.number()]).nullable(),
  name: z.string().nullable().describe('Name of a group, service, protocol, interface or country.'),
  owner: z.string().nullable().describe('Of an address: the interface or instance that holds it.'),
  countryCode: z.string().nullable(),
  countryName: z.string().nullable(),
});
export type TopRow = z.infer<typeof topRow>;

export const topAnswer = z.object({ field: z.string(), rows: z.array(topRow) });
export type TopAnswer = z.infer<typeof topAnswer>;

export const mapQuery = scopeQuery.extend({ by: measureName.optional() });

/** A place that traffic came from; all sources of one coordinate together. */
export const mapPoint = measures.extend({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});

export const mapAnswer = z.object({
  points: z.array(mapPoint).describe('Where the geography database has coordinates.'),
  countries: z.array(measures.extend({ code: z.string(), name: z.string().nullable() })),
  unlocated: measures.describe('Sources without geography: private, special-purpose or unknown addresses.'),
});
export type MapAnswer = z.infer<typeof mapAnswer>;

export const pathsQuery = scopeQuery.extend({ by: measureName.optional() });

const pathNode = measures.extend({ id: z.string(), name: z.string().nullable() });
const pathLink = measures.extend({ from: z.string(), to: z.string() });

/** Three columns (source address, security group, service port) and the traffic between neighbours. */
export const pathsAnswer = z.object({
  sources: z.array(pathNode),
  groups: z.array(pathNode),
  ports: z.array(pathNode),
  sourceToGroup: z.array(pathLink),
  groupToPort: z.array(pathLink),
});
export type PathsAnswer = z.infer<typeof pathsAnswer>;
export type PathNode = z.infer<typeof pathNode>;
export type PathLink = z.infer<typeof pathLink>;

export const dashboardQuery = scopeQuery.extend({
  fields: z
    .string()
    .min(1)
    .max(1000)
    .describe('Fields to list by traffic, with commas between: `srcaddr,service-port`.'),
  by: measureName.optional(),
  limit: countInQuery(1, 1000).optional().describe('At most this many rows of each list; 10 unless told.'),
  buckets: histogramQuery.shape.buckets,
});

/** The answers of `/summary`, `/histogram`, `/top` for each field, `/map` and `/paths`, all of one state of the lake. */
export const dashboardAnswer = z.object({
  summary: summaryAnswer,
  histogram: histogramAnswer,
  lists: z.array(topAnswer).describe('In the order of `fields`.'),
  map: mapAnswer,
  paths: pathsAnswer,
});
export type DashboardAnswer = z.infer<typeof dashboardAnswer>;
