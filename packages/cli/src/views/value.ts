/** The value of a field as a person reads it. */
import { filterField } from '@flowfit/core/filter/fields';
import { protocolName } from '@flowfit/core/net/protocol';
import { formatTime } from '../output/humanise.ts';

/** `-` for what is not known; names for protocols, times for times, lists with commas. */
export const formatValue = (field: string, value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  if (typeof value === 'number') {
    if (field === 'protocol') return `${protocolName(value)}`;
    return filterField(field)?.kind === 'time' ? formatTime(value) : String(value);
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
