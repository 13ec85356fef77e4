/** The columns of the record list: widths in pixels, and which a person chose to see. */
import { useState } from 'react';
import { readStored, writeStored } from '../state/storage.ts';

export const DEFAULT_COLUMNS: readonly string[] = [
  'start',
  'action',
  'direction',
  'srcaddr',
  'srcport',
  'dstaddr',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'interface-id',
  'security-group-ids',
];

const WIDTHS: Readonly<Record<string, number>> = {
  start: 152,
  end: 152,
  action: 92,
  direction: 86,
  srcaddr: 136,
  dstaddr: 136,
  'pkt-srcaddr': 150,
  'pkt-dstaddr': 150,
  'local-address': 150,
  'peer-address': 150,
  srcport: 72,
  dstport: 72,
  'service-port': 104,
  protocol: 80,
  packets: 76,
  bytes: 88,
  'interface-id': 190,
  'security-group-ids': 216,
};

export const widthOf = (field: string): number => WIDTHS[field] ?? Math.max(110, field.length * 7.6 + 24);

const NUMERIC = new Set([
  'srcport',
  'dstport',
  'packets',
  'bytes',
  'tcp-flags',
  'version',
  'traffic-path',
  'service-port',
]);

export const isNumeric = (field: string): boolean => NUMERIC.has(field);

const KEY = 'columns';

export const useColumns = (): readonly [readonly string[], (columns: readonly string[]) => void] => {
  const [columns, setColumns] = useState<readonly string[]>(() => {
    const stored = readStored(KEY);
    const names = Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
    return names.length > 0 ? names : DEFAULT_COLUMNS;
  });
  return [
    columns,
    (next) => {
      writeStored(KEY, next);
      setColumns(next);
    },
  ];
};
