/** Names in the cluster that the whole streaming way agrees on. */

/** Daily indexes are `cwl-YYYY-MM-DD`; Firehose appends the day of arrival to this name. */
export const INDEX_PREFIX = 'cwl';

export interface Names {
  /** `cwl`; tests on a shared cluster take another one. */
  readonly prefix: string;
  /** The pattern of all daily indexes. */
  readonly pattern: string;
  readonly template: string;
  readonly policy: string;
  readonly writerRole: string;
}

export function namesOf(prefix: string = INDEX_PREFIX): Names {
  return {
    prefix,
    pattern: `${prefix}-*`,
    template: `flowfit-${prefix}`,
    policy: `flowfit-${prefix}-retention`,
    writerRole: `flowfit-${prefix}-writer`,
  };
}

/** The index of a day. */
export function indexOfDay(prefix: string, unixSeconds: number): string {
  return `${prefix}-${new Date(unixSeconds * 1000).toISOString().slice(0, 10)}`;
}
