/** The matching records as a file. */
import { apiUrl } from '../api/client.ts';
import type { Scope } from '../state/scope.ts';
import { IconButton } from '../ui/button.tsx';
import { Popover, PopoverClose } from '../ui/popover.tsx';

const FORMATS = [
  { format: 'csv', label: 'CSV', note: 'for spreadsheets' },
  { format: 'ndjson', label: 'NDJSON', note: 'one JSON record per line' },
  { format: 'parquet', label: 'Parquet', note: 'for DuckDB, Athena, pandas' },
] as const;

export const ExportMenu = ({ scope }: { readonly scope: Scope }) => (
  <Popover label="Export" align="end" className="w-60" trigger={<IconButton icon="download" label="Export" />}>
    <p className="px-2 pb-1 text-xs text-faint">All records that match, every field</p>
    {FORMATS.map(({ format, label, note }) => (
      <PopoverClose key={format} asChild>
        <a
          href={apiUrl('export', { ...scope, format })}
          download={`flows.${format}`}
          className="flex items-baseline gap-2 rounded px-2 py-1 hover:bg-sunken"
        >
          {label} <span className="text-xs text-faint">{note}</span>
        </a>
      </PopoverClose>
    ))}
  </Popover>
);
