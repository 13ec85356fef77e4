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
  start: 160,
  end: 160,
  action: 100,
  direction: 96,
  srcaddr: 150,
  dstaddr: 150,
  'pkt-srcaddr': 150,
  'pkt-dstaddr': 150,
  'local-address': 150,
  'peer-address': 150,
  srcport: 76,
  dstport: 76,
  'service-port': 104,
  protocol: 84,
  packets: 84,
  bytes: 96,
  'interface-id': 196,
  'security-group-ids': 260,
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
