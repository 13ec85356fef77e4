/** What a finding is, and what a kind of finding is made from. */
import type { InventorySnapshot } from '../../inventory/model.ts';
import type { Coverage } from '../coverage.ts';
import type { Usage } from '../usage.ts';
import type { Verdicts } from '../verdict.ts';
import type { Example } from './example.ts';

export type Severity = 'high' | 'medium' | 'low' | 'info';

/** What the finding is about: ids by what they are ids of. */
export type Subject = Readonly<Record<string, string>>;

/** JSON values only. */
export type EvidenceDetails = Readonly<Record<string, unknown>>;

/** One thing a person should look at. */
export interface Finding {
  /** `<kind>:<subject>`: the same thing has the same id in every run. */
  readonly id: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly title: string;
  readonly evidence: EvidenceDetails;
  /** What to do, in the imperative. We recommend; we change nothing. */
  readonly remediation: string;
}

/** Everything that analysis knows. */
export interface FindingContext {
  /** The newest inventory. */
  readonly snapshot: InventorySnapshot;
  readonly usage: Usage;
  readonly coverage: Coverage;
  readonly verdicts: Verdicts;
}

export interface FindingKind {
  /** Stable code. */
  readonly kind: string;
  /** One sentence: what it says. */
  readonly summary: string;
  /** When it is reported, when not, and what it cannot know. */
  readonly explanation: string;
  readonly examples: readonly Example[];
  /** Sorted by subject. */
  find(context: FindingContext): Finding[];
}
