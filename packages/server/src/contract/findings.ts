/** Findings, and the decisions people took about them. */
import * as z from 'zod';
import { lacks } from './rules.ts';

export const severity = z.enum(['high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof severity>;

export const dismissal = z.object({
  reason: z.string(),
  by: z.string().optional(),
  at: z.string().describe('ISO 8601.'),
});

export const finding = z.object({
  id: z.string().describe('Stable: `<kind>:<subject>`.'),
  kind: z.string(),
  severity,
  subject: z.record(z.string(), z.string()),
  title: z.string(),
  evidence: z.record(z.string(), z.unknown()),
  remediation: z.string(),
  dismissed: dismissal.nullable(),
});
export type Finding = z.infer<typeof finding>;

export const findingsAnswer = z.object({ schema: z.literal('flowfit.findings/1'), lacks, findings: z.array(finding) });
export type FindingsAnswer = z.infer<typeof findingsAnswer>;

export const dismissBody = z.object({
  reason: z.string().trim().min(1).max(2000).describe('Why nobody needs to act on it.'),
});

export const dismissAnswer = z.object({ id: z.string(), dismissed: dismissal.nullable() });
