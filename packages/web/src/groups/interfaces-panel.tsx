/** Who carries the group, and which other groups they carry: rules of all of them add up. */
import type { GroupInterface } from '@flowfit/server/contract/rules';
import { useState } from 'react';
import { formatPlural } from '../format/number.ts';
import { Link } from '../router.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyNote } from '../ui/notes.tsx';
import { Panel } from '../ui/panel.tsx';

const FIRST = 50;

export interface InterfacesPanelProps {
  readonly interfaces: readonly GroupInterface[];
  readonly names: Readonly<Record<string, string>>;
  /** The group whose page it is. */
  readonly group: string;
}

export const InterfacesPanel = ({ interfaces, names, group }: InterfacesPanelProps) => {
  const [all, setAll] = useState(false);
  const shown = all ? interfaces : interfaces.slice(0, FIRST);
  return (
    <Panel title="Interfaces" note={formatPlural(interfaces.length, 'interface')}>
      {interfaces.length === 0 ? (
        <EmptyNote title="No interface carries this group">
          Neither instances nor load balancers, functions, endpoints or databases do.
        </EmptyNote>
      ) : (
        <ul className="border-t border-line">
          {shown.map((each) => (
            <li
              key={each.id}
              className="grid gap-x-6 gap-y-0.5 border-b border-line px-4 py-2 text-sm last:border-b-0 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,1.4fr)]"
            >
              <span className="min-w-0 truncate">
                <span className="font-medium">{each.name ?? each.instanceName ?? each.id}</span>{' '}
                <span className="text-xs text-faint">{each.kind}</span>
              </span>
              <span className="num truncate font-mono text-xs text-soft">{each.addresses.join(', ')}</span>
              <span className="truncate text-xs text-faint">
                {each.groupIds.length > 1 && 'with '}
                {each.groupIds
                  .filter((id) => id !== group)
                  .map((id) => (
                    <Link
                      key={id}
                      href={`/groups/${encodeURIComponent(id)}`}
                      className="mr-2 text-soft hover:text-accent hover:underline"
                    >
                      {names[id] ?? id}
                    </Link>
                  ))}
              </span>
            </li>
          ))}
        </ul>
      )}
      {interfaces.length > shown.length && (
        <Button className="m-3 self-start" onClick={() => setAll(true)}>
          Show all {interfaces.length}
        </Button>
      )}
    </Panel>
  );
};
