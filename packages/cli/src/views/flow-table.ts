/** Flow records as a table: who talked to whom, whether it was let through, and by which groups. */
import type { FlowRow } from '@flowfit/lake/queries/flows';
import { formatBytes, formatCount, formatTime } from '../output/humanise.ts';
import { type Column, formatTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { formatValue } from './value.ts';

export const formatFlows = (rows: readonly FlowRow[], { colours, width }: Shell): string => {
  if (rows.length === 0) return 'No record matches.';
  const text = (field: string) => (row: FlowRow) => formatValue(field, row[field]);
  const columns: Column<FlowRow>[] = [
    { heading: 'start (UTC)', cell: ({ start }) => formatTime(typeof start === 'number' ? start : null) },
    { heading: 'direction', cell: text('direction'), drops: 5 },
    {
      heading: 'action',
      cell: text('action'),
      style: (cell, { action }) => (action === 'REJECT' ? colours.red(cell) : colours.green(cell)),
    },
    { heading: 'protocol', cell: text('protocol') },
    { heading: 'source', cell: (row) => endOf(row, 'src') },
    { heading: 'destination', cell: (row) => endOf(row, 'dst') },
    {
      heading: 'packets',
      align: 'right',
      drops: 2,
      cell: ({ packets }) => (typeof packets === 'number' ? formatCount(packets) : '-'),
    },
    { heading: 'bytes', align: 'right', cell: ({ bytes }) => (typeof bytes === 'number' ? formatBytes(bytes) : '-') },
    { heading: 'from', cell: text('source-country-code'), drops: 3 },
    { heading: 'to', cell: text('destination-country-code'), drops: 3 },
    { heading: 'interface', cell: text('interface-id'), shrinks: true, drops: 1 },
    { heading: 'security groups', cell: text('security-group-ids'), shrinks: true, drops: 4 },
  ];
  return formatTable(rows, columns, { colours, width });
};

/** `192.0.2.1:443`, `[2001:db8::1]:443`; the address alone for protocols without ports. */
const endOf = (row: FlowRow, end: 'src' | 'dst'): string => {
  const address = row[`${end}addr`];
  const port = row[`${end}port`];
  if (typeof address !== 'string') return '-';
  if (typeof port !== 'number' || (row.protocol !== 6 && row.protocol !== 17)) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
};
