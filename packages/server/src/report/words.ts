/** Numbers and times as a report writes them. */
import type { RuleDocument } from '@flowfit/core/analysis/documents';

const WHOLE = new Intl.NumberFormat('en');
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

export const count = (value: number): string => WHOLE.format(value);

/** Decimal units: `12.3 MB`. */
export const bytes = (value: number): string => {
  const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
};

/** `2026-06-01 09:05` of an ISO time. */
export const moment = (iso: string | null): string => (iso === null ? 'never' : iso.slice(0, 16).replace('T', ' '));

/** Of an undecided rule nothing is certain, not even that it was never seen. */
export const lastSeenOf = ({ verdict, lastSeen }: RuleDocument): string =>
  lastSeen === null && verdict === 'undecided' ? '–' : moment(lastSeen);

export const ofSeconds = (seconds: number | null): string =>
  seconds === null ? 'never' : moment(new Date(seconds * 1000).toISOString());
