/** What is measured, the reference among it. */
import type { IngestStep, StepCost } from '@flowfit/lake/ingest/steps';

export const SUBJECTS = ['flowfit', 'duckdb', 'gunzip'] as const;

export type Subject = (typeof SUBJECTS)[number];

export interface Measurement {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Of flowfit alone. */
  readonly steps: readonly ({ readonly step: IngestStep } & StepCost)[];
}
