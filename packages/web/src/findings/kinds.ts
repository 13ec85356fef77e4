/** Words for the kinds of findings; a kind that is not listed shows its id. */
import type { Finding, Severity } from '@flowfit/server/contract/findings';

export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low', 'info'];

export const KIND_TITLES: Readonly<Record<string, string>> = {
  'unused-rule': 'Unused rules',
  'unattached-group': 'Unattached groups',
  'silent-group': 'Silent groups',
  'broad-source': 'Broad sources',
  'broad-ports': 'Broad port ranges',
  'unused-attribute': 'Unused parts of rules',
  'redundant-rule': 'Redundant rules',
  'stale-reference': 'Stale references',
  'open-to-world': 'Open to the world',
  'rejected-but-allowed': 'Rejected although allowed',
  'unattributed-accept': 'Accepted without a rule',
};

/** The group that a finding is about, where it is about one. */
export const groupOf = ({ subject }: Finding): string | null => {
  const id = subject['groupId'];
  return typeof id === 'string' ? id : null;
};

/** What a smaller set of rules mends. */
const TIGHTENED: ReadonlySet<string> = new Set([
  'unused-rule',
  'silent-group',
  'broad-source',
  'broad-ports',
  'unused-attribute',
  'redundant-rule',
  'open-to-world',
]);

export const isTightened = ({ kind }: Finding): boolean => TIGHTENED.has(kind);

/** `observedDays` → `Observed days` */
export const toWords = (key: string): string => {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

/** Evidence as text: lists joined, objects as `key value`. */
export const toText = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(toText).join(', ');
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 2 });
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => `${toWords(key).toLowerCase()} ${toText(inner)}`)
      .join(' · ');
  }
  return String(value);
};
