/** Values of fields with the words people know them by. */
import { protocolName } from '@flowfit/core/net/protocol';
import { serviceName } from '@flowfit/core/net/services';
import { formatInstant } from './time.ts';

const TIMES = new Set(['start', 'end']);

/** One cell: text for people, never empty. */
export const formatValue = (field: string, value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' && TIMES.has(field)) return formatInstant(value);
  if (typeof value === 'number' && field === 'protocol') return protocolName(value);
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
};

/** `https` of 443: what people call the port over TCP, else over UDP. */
export const nameOfPort = (port: number): string | null => serviceName(6, port) ?? serviceName(17, port) ?? null;

/** `443 https`, `1024–65535`, `all ports` */
export const formatPorts = (protocol: string, from: number | null, to: number | null): string => {
  if (protocol === '-1') return 'all traffic';
  if (protocol.startsWith('icmp')) return formatIcmp(from, to);
  if (from === null || to === null || (from === 0 && to === 65_535)) return 'all ports';
  return from === to ? String(from) : `${from}–${to}`;
};

const formatIcmp = (type: number | null, code: number | null): string => {
  if (type === null || type === -1) return 'all types';
  return code === null || code === -1 ? `type ${type}` : `type ${type}, code ${code}`;
};

/** What a list is called, by its field. */
export const FIELD_TITLES: Readonly<Record<string, string>> = {
  'security-group-ids': 'Security groups',
  'service-port': 'Service ports',
  srcaddr: 'Source addresses',
  dstaddr: 'Destination addresses',
  'peer-address': 'Peers',
  action: 'Actions',
  protocol: 'Protocols',
  direction: 'Directions',
  initiator: 'Initiators',
  'interface-id': 'Interfaces',
  'source-country-code': 'Countries',
};
