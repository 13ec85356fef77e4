/**
 * Tightening: what each group could be with fewer and narrower rules, what that would have cut, and the files that make
 * a change of it. Rules are listed once; the points of a curve name them by index, so that a page holds all of it.
 */
import type { Openness } from '@flowfit/core/recommend/model';
import type { Pin } from '@flowfit/core/recommend/pins';
import type { Outcome } from '@flowfit/core/replay/model';
import * as z from 'zod';
import { lacks, portRange } from './rules.ts';

const isoTime = z.string();
const window = z.object({ from: isoTime.nullable(), to: isoTime.nullable() });

const direction = z.enum(['inbound', 'outbound']);
const port = z.int().min(0).max(65_535);
const groupId = z.string().min(1).max(100);

const why = {
  reason: z.string().trim().min(1).max(2000).describe('Why it has to stay.'),
  expires: z.iso.date().nullable().describe('Last day that it counts, `YYYY-MM-DD`; null = always.'),
};

/** What has to stay whatever the traffic says. */
export const pin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule'), ruleId: z.string().min(1).max(200), ...why }),
  z.object({ kind: z.literal('cidr'), cidr: z.string().min(1).max(60), groupId: groupId.nullable(), ...why }),
  z.object({
    kind: z.literal('port'),
    protocol: z.enum(['tcp', 'udp']),
    port,
    groupId: groupId.nullable(),
    ...why,
  }),
]) satisfies z.ZodType<Pin>;
export type TightenPin = z.infer<typeof pin>;

const pins = z.array(pin).max(500).describe('What has to stay.');

export const tightenBody = z.object({ pins });

/** Address and port pairs; overlaps count once. */
export const openness = z.object({
  ipv4: z.number(),
  ipv6: z.number(),
  publicIpv4: z.number().describe('Of these, with an address outside the special-purpose blocks.'),
  publicIpv6: z.number(),
}) satisfies z.ZodType<Openness>;

/** Of later connections, those that a recommendation from the earlier part of the window would have cut. */
export const laterCut = z.object({
  connections: z.number(),
  of: z.number(),
  splits: z
    .array(
      z.object({
        share: z.number().describe('Of the window that was the earlier part, 0 to 1.'),
        at: isoTime,
        connections: z.number(),
        of: z.number(),
      }),
    )
    .readonly(),
});
export type LaterCutAnswer = z.infer<typeof laterCut>;

export const tightenStatus = z
  .enum(['change', 'tight', 'left-alone', 'no-evidence'])
  .describe(
    '`change`: the suggested rules differ from those of today. `tight`: they are the same. `left-alone`: they are the same, as nothing is changed on a guess. `no-evidence`: the window tells too little.',
  );
export type TightenStatus = z.infer<typeof tightenStatus>;

const summary = {
  groupId: z.string(),
  groupName: z.string(),
  vpcId: z.string().nullable(),
  status: tightenStatus,
  why: z.string().describe('Why this point is suggested, or why nothing is.'),
};

export const tightenGroup = z.object({
  ...summary,
  rules: z.object({ now: z.number(), proposed: z.number() }),
  openness: z.object({ now: openness, proposed: openness }),
  laterCut,
});
export type TightenGroup = z.infer<typeof tightenGroup>;

export const tightenAnswer = z.object({
  schema: z.literal('flowfit.tighten/1'),
  window,
  lacks,
  groups: z.array(tightenGroup),
});
export type TightenAnswer = z.infer<typeof tightenAnswer>;

export const proposedRule = z.object({
  ruleId: z.string().describe('Of a new rule: the hash of what it says.'),
  direction,
  protocol: z.string(),
  fromPort: z.int().nullable(),
  toPort: z.int().nullable(),
  peer: z.string().describe('A CIDR, a group id or a prefix-list id.'),
  peerName: z.string().nullable(),
  description: z.string(),
  exists: z.boolean().describe('Whether the group has this very rule today.'),
  from: z.array(z.string()).readonly().describe("Ids of today's rules that it stands for."),
});
export type ProposedRuleAnswer = z.infer<typeof proposedRule>;

export const curvePoint = z.object({
  rules: z.number().describe('Rules of the group, both directions.'),
  openness,
  bound: z
    .object({ ipv4: z.number(), ipv6: z.number() })
    .describe('No set of so many rules of this kind can be less open.'),
  laterCut,
  proposed: z.array(z.int()).describe('The whole rule set: indices into `rules`.'),
});
export type CurvePointAnswer = z.infer<typeof curvePoint>;

const remark = z.object({ ruleId: z.string(), because: z.string() });

export const tightenGroupAnswer = z.object({
  ...summary,
  schema: z.literal('flowfit.tighten-group/1'),
  window,
  now: openness,
  rules: z.array(proposedRule).describe('Every rule of any point, once.'),
  curve: z.array(curvePoint).describe('By number of rules, ascending.'),
  chosen: z.int().describe('Index of the suggested point.'),
  removed: z.array(remark).readonly(),
  kept: z.array(remark).readonly(),
  leftAlone: z.array(z.string()).readonly(),
  observed: z.object({ connections: z.number(), peers: z.number() }),
});
export type TightenGroupAnswer = z.infer<typeof tightenGroupAnswer>;

/** A point of the curve of each group that is to change. */
export const choicesBody = tightenBody.extend({
  choices: z
    .array(z.object({ groupId, rules: z.int().min(0).max(100_000).describe('Number of rules of the point.') }))
    .min(1)
    .max(10_000),
});
export type Choices = z.infer<typeof choicesBody>['choices'];

export const replayedTraffic = z.object({
  groupIds: z.array(z.string()).readonly(),
  interfaceId: z.string(),
  interfaceName: z.string().nullable(),
  direction,
  protocol: z.string(),
  port: z.int().nullable(),
  peer: z.string(),
  peerName: z.string().nullable(),
  connections: z.number(),
  firstSeen: isoTime,
  lastSeen: isoTime,
  admittedBy: z.array(z.string()).readonly(),
});
export type ReplayedTrafficAnswer = z.infer<typeof replayedTraffic>;

/** Connections by what becomes of them. */
const outcomes = z.object({
  kept: z.number(),
  cut: z.number(),
  newlyAdmitted: z.number(),
  unknown: z.number(),
  notToday: z.number().describe("Accepted when seen; today's rules would not admit them any more."),
}) satisfies z.ZodType<Readonly<Record<Outcome, number>>>;

/** Connections that one rule of the proposed state would have admitted. */
export const ruleTraffic = z.object({
  connections: z.number().describe('Proven and inferred.'),
  possible: z.number(),
  peers: z.number(),
  ports: z.array(portRange).readonly(),
  allowed: z.array(z.string()).nullable().describe('What the peer stands for as CIDRs; null = unknown.'),
  seenBlocks: z.array(z.string()).describe('CIDRs that hold every peer seen.'),
});
export type RuleTrafficAnswer = z.infer<typeof ruleTraffic>;

export const tightenReplayAnswer = z.object({
  schema: z.literal('flowfit.tighten-replay/1'),
  window,
  connections: outcomes,
  cut: z.array(replayedTraffic).describe('The first hundred, most connections first.'),
  newlyAdmitted: z.array(replayedTraffic).describe('As `cut`.'),
  unknown: z.array(replayedTraffic).describe('As `cut`.'),
  traffic: z.record(z.string(), ruleTraffic).describe('By id of the rule, of the groups that change.'),
});
export type TightenReplayAnswer = z.infer<typeof tightenReplayAnswer>;

export const TIGHTEN_FILES = [
  'terraform',
  'cloudformation',
  'apply',
  'rollback',
  'recommendation',
  'certificate',
  'bundle',
] as const;

export const fileParameter = z.object({ kind: z.enum(TIGHTEN_FILES) });
export type TightenFile = z.infer<typeof fileParameter>['kind'];
