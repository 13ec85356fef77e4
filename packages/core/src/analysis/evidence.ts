/**
 * How good the evidence behind a verdict is.
 *
 * | grade    | `used`                              | `unused`                                                          |
 * |----------|-------------------------------------|-------------------------------------------------------------------|
 * | strong   | an initiator proven                 | 30 days observed, inventory from the window's beginning on, NODATA |
 * |          |                                     | kept                                                              |
 * | moderate | all initiators inferred             | 7 days observed, or no interface had the group at all             |
 * | weak     |                                     | anything less                                                     |
 *
 * `undecided` is always weak. Days are those for which the longest-observed interface of the group was logged, and no
 * more than the rule's age.
 */
import type { Span } from './coverage.ts';

export type EvidenceGrade = 'strong' | 'moderate' | 'weak';

export interface Evidence {
  readonly grade: EvidenceGrade;
  readonly observedDays: number;
  /** Interfaces that had the group in the window, and those of them with records. */
  readonly interfaces: { readonly attached: number; readonly logged: number };
  /** Unlogged time and SKIPDATA of any of them, joined. */
  readonly gaps: readonly Span[];
}

export const STRONG_DAYS = 30;
export const MODERATE_DAYS = 7;

/** What the grade depends on. */
export interface GradeInput {
  readonly verdict: 'used' | 'unused' | 'undecided';
  readonly proven: boolean;
  readonly observedDays: number;
  readonly attached: number;
  readonly tellsSilence: boolean;
  /** Whether a snapshot was captured by the window's beginning, give or take a day. */
  readonly inventoryInTime: boolean;
}

export function gradeOf(input: GradeInput): EvidenceGrade {
  if (input.verdict === 'undecided') return 'weak';
  if (input.verdict === 'used') return input.proven ? 'strong' : 'moderate';
  if (input.attached === 0) return 'moderate';
  if (input.observedDays >= STRONG_DAYS && input.tellsSilence && input.inventoryInTime) return 'strong';
  return input.observedDays >= MODERATE_DAYS ? 'moderate' : 'weak';
}
