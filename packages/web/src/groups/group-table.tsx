/** Ten thousand groups as a table of which only the rows in sight exist. */
import type { Group } from '@flowfit/server/contract/rules';
import { formatBytes, formatCompact, formatCount } from '../format/number.ts';
import { formatAgo, parseIso } from '../format/time.ts';
import { Link } from '../router.tsx';
import { Icon } from '../ui/icon.tsx';
import { Verdict } from '../ui/verdict.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { RulesBar } from './rules-bar.tsx';
import type { SortKey } from './sort.ts';

const ROW = 52;
const GRID =
  'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 md:grid-cols-[minmax(0,2.2fr)_7.5rem_5.5rem_minmax(9rem,1fr)_6rem_6rem_7rem]';

export interface GroupTableProps {
  readonly groups: readonly Group[];
  readonly sort: SortKey;
  readonly range: string;
  /** Time of the newest record, Unix seconds. */
  readonly newest: number;
  readonly onSort: (key: SortKey) => void;
}

const HEADERS: readonly { readonly key: SortKey; readonly label: string; readonly right?: true }[] = [
  { key: 'name', label: 'Group' },
  { key: 'verdict', label: 'Verdict' },
  { key: 'interfaces', label: 'Interfaces', right: true },
  { key: 'unused', label: 'Rules: used, undecided, unused' },
  { key: 'flows', label: 'Flows', right: true },
];

export const GroupTable = ({ groups, sort, range, newest, onSort }: GroupTableProps) => {
  return (
    <div role="table" aria-label="Security groups" aria-rowcount={groups.length + 1}>
      <div
        role="row"
        tabIndex={-1}
        className={`${GRID} h-8 border-b border-line bg-sunken text-xs text-soft max-md:hidden`}
      >
        {HEADERS.map(({ key, label, right }) => (
          <SortHeader key={key} label={label} right={right === true} sorted={sort === key} onSort={() => onSort(key)} />
        ))}
        <span role="columnheader" tabIndex={-1} className="text-right">
          Bytes
        </span>
        <SortHeader label="Last seen" right sorted={sort === 'seen'} onSort={() => onSort('seen')} />
      </div>
      <VirtualRows items={groups} height={ROW} className={GRID} idOf={({ groupId }) => groupId}>
        {(group) => <GroupCells group={group} range={range} newest={newest} />}
      </VirtualRows>
    </div>
  );
};

interface SortHeaderProps {
  readonly label: string;
  readonly right: boolean;
  readonly sorted: boolean;
  readonly onSort: () => void;
}

const SortHeader = ({ label, right, sorted, onSort }: SortHeaderProps) => (
  <span
    role="columnheader"
    tabIndex={-1}
    aria-sort={sorted ? 'descending' : 'none'}
    className={right ? 'text-right' : ''}
  >
    <button
      type="button"
      className={`inline-flex items-center gap-1 hover:text-ink ${sorted ? 'font-medium text-ink' : ''}`}
      onClick={onSort}
    >
      {label}
      {sorted && <Icon name="chevron" className="size-3" />}
    </button>
  </span>
);

const GroupCells = ({
  group,
  range,
  newest,
}: {
  readonly group: Group;
  readonly range: string;
  readonly newest: number;
}) => {
  const lastSeen = parseIso(group.lastSeen);
  return (
    <>
      <div role="cell" className="min-w-0">
        <Link
          href={`/groups/${encodeURIComponent(group.groupId)}?range=${range}`}
          className="block truncate font-medium hover:text-accent hover:underline"
        >
          {group.groupName || group.groupId}
        </Link>
        <span className="block truncate font-mono text-xs text-faint">
          {group.groupId}
          {group.vpcId !== null && ` · ${group.vpcId}`}
        </span>
      </div>
      <div role="cell">
        <Verdict verdict={group.verdict} />
      </div>
      <div role="cell" className="num text-right max-md:hidden">
        {formatCount(group.interfaces)}
      </div>
      <div role="cell" className="max-md:hidden">
        <RulesBar rules={group.rules} />
      </div>
      <div role="cell" className="num text-right max-md:hidden">
        {formatCompact(group.flows)}
      </div>
      <div role="cell" className="num text-right text-soft max-md:hidden">
        {formatBytes(group.bytes)}
      </div>
      <div role="cell" className="num text-right text-xs text-soft max-md:hidden" title={group.lastSeen ?? undefined}>
        {lastSeen === null ? 'never' : formatAgo(lastSeen, newest)}
      </div>
    </>
  );
};
