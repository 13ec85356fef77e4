/** Which fields the record list shows: all of AWS's and all added ones. */
import { useState } from 'react';
import { useFields } from '../api/queries.ts';
import { IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { DEFAULT_COLUMNS } from './columns.ts';

export interface ColumnsMenuProps {
  readonly columns: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

export const ColumnsMenu = ({ columns, onChange }: ColumnsMenuProps) => {
  const fields = useFields().data?.fields ?? [];
  const [search, setSearch] = useState('');
  const found = fields.filter(({ name }) => name.includes(search.toLowerCase()));
  return (
    <Popover label="Columns" align="end" className="w-80" trigger={<IconButton icon="columns" label="Columns" />}>
      <div className="sticky -top-2 flex gap-2 bg-raised pb-2">
        <input
          aria-label="Find a field"
          placeholder="Find a field"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-panel px-2"
        />
        <button
          type="button"
          className="px-2 text-xs text-soft hover:underline"
          onClick={() => onChange(DEFAULT_COLUMNS)}
        >
          Reset
        </button>
      </div>
      <ul>
        {found.map(({ name, description, present }) => (
          <li key={name}>
            <label
              className="flex cursor-pointer items-start gap-2 rounded px-2 py-1 hover:bg-sunken"
              title={description}
            >
              <input
                type="checkbox"
                className="mt-1 size-3.5 accent-accent"
                checked={columns.includes(name)}
                onChange={() =>
                  onChange(columns.includes(name) ? columns.filter((column) => column !== name) : [...columns, name])
                }
              />
              <span className="min-w-0">
                <span className={`font-mono text-xs ${present ? '' : 'text-faint'}`}>{name}</span>
                <span className="block truncate text-xs text-faint">{present ? description : 'not in these logs'}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </Popover>
  );
};
