/** Security groups and rules with their verdicts: the documents of `flowfit groups --json` and `rules --json`. */
import type { GroupDocument, RuleDocument, UndecidedDocument } from '@flowfit/core/analysis/documents';
import type { AccountLacks } from '@flowfit/core/analysis/lacks';
import { REASON_CODES } from '@flowfit/core/analysis/reasons';
import * as z from 'zod';
import { countInQuery, scopeQuery } from './common.ts';

const isoTime = z.string();
const window = z.object({ from: isoTime.nullable(), to: isoTime.nullable() });

export const ruleVerdict = z.enum(['used', 'unused', 'undecided']);

export const groupVerdict = z.enum(['active', 'silent', 'unattached']);
export type GroupVerdict = z.infer<typeof groupVerdict>;

/** Time without logs, ISO 8601. */
const gap = z.object({ from: isoTime, to: isoTime });

/** First and last value, both included. */
export const portRange = z.tuple([z.int(), z.int()]).readonly();

const reason = z.enum(REASON_CODES);
const meaning = z.string().describe('What is not known.');
const decide = z.string().nullable().describe('What to do to get an answer; null = nothing decides it.');

/** Why a rule is undecided. */
const undecided = z.object({
  reason,
  meaning,
  decide,
  connections: z.number().describe('Connections in doubt; 0 where the reason is about what was not logged.'),
  firstSeen: isoTime.nullable(),
  lastSeen: isoTime.nullable(),
}) satisfies z.ZodType<UndecidedDocument>;
export type Undecided = z.infer<typeof undecided>;

const verdictCounts = z.object({ used: z.number(), unused: z.number(), undecided: z.number() });

/** What is missing for more verdicts. */
export const lacks = z.object({
  rules: verdictCounts,
  inventory: z
    .string()
    .nullable()
    .describe('How the captures lie to the window; null where there are captures on both sides of all of it.'),
  reasons: z
    .array(z.object({ reason, rules: z.number().describe('Undecided rules that have it.'), meaning, decide }))
    .readonly()
    .describe('The most frequent first.'),
}) satisfies z.ZodType<AccountLacks>;
export type Lacks = z.infer<typeof lacks>;

export const rule = z.object({
  ruleId: z.string(),
  groupId: z.string(),
  groupName: z.string().describe('Empty where the inventory does not tell it.'),
  vpcId: z.string().nullable(),
  direction: z.enum(['inbound', 'outbound']),
  protocol: z.string(),
  fromPort: z.int().nullable(),
  toPort: z.int().nullable(),
  peer: z.string().describe('A CIDR, a group id or a prefix-list id.'),
  description: z.string(),
  verdict: ruleVerdict,
  reasons: z.array(reason).readonly().describe('Codes of why it is undecided.'),
  undecided: z.array(undecided).readonly().describe('The same with what would decide it.'),
  connections: z.object({ proven: z.number(), inferred: z.number(), possible: z.number(), sole: z.number() }),
  flows: z.number(),
  packets: z.number(),
  bytes: z.number(),
  firstSeen: isoTime.nullable(),
  lastSeen: isoTime.nullable(),
  peers: z.object({
    count: z.number(),
    top: z.array(z.object({ address: z.string(), flows: z.number() })).readonly(),
  }),
  ports: z.array(portRange).readonly().describe('Service ports seen.'),
  evidence: z.object({
    grade: z.enum(['strong', 'moderate', 'weak']),
    observedDays: z.number(),
    interfaces: z.object({ attached: z.number(), logged: z.number() }),
    gaps: z.array(gap).readonly(),
    extrapolated: z
      .boolean()
      .describe(
        'Whether "used" assumes that what the nearest capture shows stood before the first or after the last one.',
      ),
  }),
}) satisfies z.ZodType<RuleDocument>;

export const windowQuery = scopeQuery.omit({ where: true });

export const rulesQuery = windowQuery.extend({
  group: z.string().max(100).optional(),
  verdict: ruleVerdict.optional(),
});

export const rulesAnswer = z.object({ schema: z.literal('flowfit.rules/1'), window, lacks, rules: z.array(rule) });
export type RulesAnswer = z.infer<typeof rulesAnswer>;

export const group = z.object({
  groupId: z.string(),
  groupName: z.string().describe('Empty where the inventory does not tell it.'),
  vpcId: z.string().nullable(),
  verdict: groupVerdict,
  interfaces: z.number(),
  referencedBy: z.array(z.string()).readonly(),
  rules: verdictCounts,
  flows: z.number(),
  bytes: z.number(),
  lastSeen: isoTime.nullable(),
}) satisfies z.ZodType<GroupDocument>;
export type Group = z.infer<typeof group>;

export const groupsAnswer = z.object({ schema: z.literal('flowfit.groups/1'), lacks, groups: z.array(group) });
export type GroupsAnswer = z.infer<typeof groupsAnswer>;

/** An interface that carries the group, now or earlier. */
export const groupInterface = z.object({
  id: z.string(),
  name: z.string().nullable(),
  kind: z.string(),
  description: z.string(),
  instanceId: z.string().nullable(),
  instanceName: z.string().nullable(),
  addresses: z.array(z.string()).readonly(),
  groupIds: z.array(z.string()).readonly(),
});
export type GroupInterface = z.infer<typeof groupInterface>;

/** A rule with what its peer means in addresses and who of it was seen. */
export const groupRule = rule.extend({
  allowed: z
    .array(z.string())
    .nullable()
    .describe('What the peer stands for as CIDRs: itself, the list entries, the members of the group; null = unknown.'),
  peerName: z.string().nullable().describe('Name of the referenced group or prefix list.'),
  seenBlocks: z.array(z.string()).describe('CIDRs that hold every peer seen; single addresses while they are few.'),
  topPeers: z
    .array(
      z.object({
        address: z.string(),
        owner: z.string().nullable(),
        countryCode: z.string().nullable(),
        flows: z.number(),
      }),
    )
    .describe('Peers by flows, with the interface that holds the address.'),
});
export type GroupRule = z.infer<typeof groupRule>;

export const groupAnswer = z.object({
  group: group.extend({ description: z.string(), tags: z.record(z.string(), z.string()) }),
  interfaces: z.array(groupInterface),
  lacks: lacks.describe('For the rules of this group.'),
  rules: z.array(groupRule),
  names: z.record(z.string(), z.string()).describe('Names of the other groups that are mentioned.'),
});
export type GroupAnswer = z.infer<typeof groupAnswer>;

export const idParameter = z.object({ id: z.string().min(1).max(500) });

/** Either a rule, or a packet: who at the interface, who at the other end, which way it was opened. */
export const explainQuery = windowQuery.extend({
  rule: z.string().max(200).optional().describe('What has this rule admitted?'),
  interface: z.string().max(100).optional().describe('Which rules of this interface admit the connection?'),
  direction: z.enum(['inbound', 'outbound']).optional(),
  protocol: z.string().max(20).optional().describe('Name or IANA number.'),
  port: countInQuery(0, 65_535).optional().describe('Service port.'),
  peer: z.string().max(100).optional().describe('Address at the other end.'),
});

export const explainAnswer = z.object({
  subject: z.string(),
  sentences: z.array(z.string()).readonly().describe('What a person reads.'),
  rules: z.array(rule).describe('The rules that admit it, or the rule asked for.'),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;

/** For how much of the window each interface was logged. */
export const coverageAnswer = z.object({
  window,
  tellsSilence: z.boolean().describe('Whether NODATA records are kept, so that gaps can be told from silence.'),
  interfaces: z.array(
    z.object({
      id: z.string(),
      name: z.string().nullable(),
      observedSeconds: z.number(),
      trafficType: z
        .enum(['ALL', 'ACCEPT', 'REJECT'])
        .nullable()
        .describe('What its flow logs record; null = unknown.'),
      gaps: z.array(gap).describe('Time without any record.'),
      skipped: z.array(gap).describe('Hours of which AWS dropped records.'),
    }),
  ),
});
