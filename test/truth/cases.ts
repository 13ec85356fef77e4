/** Which account each seed stands for: formats in turn, features in such combinations as make them meet. */
import type { FormatName } from '@flowfit/testkit/account/encode';
import type { AccountOptions, Features } from '@flowfit/testkit/account/options';

export interface TruthCase {
  readonly seed: number;
  readonly format: FormatName;
  /** What is written: the format and the aggregation interval. */
  readonly log: LogName;
  readonly hasFlags: boolean;
  readonly options: AccountOptions;
}

export type LogName = (typeof LOGS)[number]['name'];

/** Logs as they are commonly set up. Days: as short as lets every change of the account take an interval. */
export const LOGS = [
  { name: 'v2, 60 s', format: 'v2', aggregationInterval: 60, days: 0.125, hasFlags: false },
  { name: 'v2, 600 s', format: 'v2', aggregationInterval: 600, days: 0.5, hasFlags: false },
  { name: 'v5, 60 s', format: 'v5', aggregationInterval: 60, days: 0.125, hasFlags: true },
  { name: 'v5, 600 s', format: 'v5', aggregationInterval: 600, days: 0.5, hasFlags: true },
] as const;

/** Features that change what can be known, each off in some of the seeds; the others are always on. */
const VARIED: readonly (keyof Features)[] = [
  'skipData',
  'openAtStart',
  'duplicates',
  'changes',
  'nat',
  'ipv6',
  'lowEphemeralPorts',
  'noData',
  'churn',
];

/** @param records about how many to write */
export const caseOf = (seed: number, records: number): TruthCase => {
  const log = LOGS[seed % LOGS.length] as (typeof LOGS)[number];
  // Runs through all combinations in the course of 4 x 512 seeds; an odd factor so that neighbours differ much.
  const bits = Math.imul(Math.floor(seed / LOGS.length), 0x9d) & 0x1ff;
  const features = Object.fromEntries(VARIED.map((name, index) => [name, ((bits >> index) & 1) === 0]));
  const { name, format, hasFlags, aggregationInterval, days } = log;
  // Now and then across midnight, so that connections span the days of the lake.
  const start = bits % 4 === 1 ? '2026-06-01T22:00:00Z' : '2026-06-01T08:00:00Z';
  const options = { seed, start, days, aggregationInterval, interfaces: 24, records, features };
  return { seed, format, log: name, hasFlags, options };
};

/** For evidence that hides history: there is some to hide, but for one account in four. */
export const historyCaseOf = (seed: number, records: number): TruthCase => {
  const one = caseOf(seed, records);
  const changes = Math.floor(seed / LOGS.length) % 4 !== 3;
  return { ...one, options: { ...one.options, features: { ...one.options.features, changes, churn: changes } } };
};
