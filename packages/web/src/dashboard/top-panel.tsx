/** The values of one field by traffic, as filters to click. */

import { protocolName } from '@flowfit/core/net/protocol';
import type { TopRow } from '@flowfit/server/contract/traffic';
import type { ReactNode } from 'react';
import { LIST_LIMIT, type ListedField, useSummary, useTop } from '../api/queries.ts';
import { FIELD_TITLES, nameOfPort } from '../format/field.ts';
import { formatBytes, formatCompact, formatShare } from '../format/number.ts';
import { Link } from '../router.tsx';
import { exclude, type Facet, findFacet, include } from '../state/facets.ts';
import type { ScopeState } from '../state/scope.ts';
import { EmptyNote, SkeletonRows } from '../ui/notes.tsx';
import { Panel } from '../ui/panel.tsx';
import { ActionMark } from '../ui/verdict.tsx';
import { BarList, type BarListItem, ROW_HEIGHT } from './bar-list.tsx';

export interface TopPanelProps {
  readonly state: ScopeState;
  readonly field: ListedField;
  /** Rows in sight; the others scroll. */
  readonly rows?: number;
  readonly className?: string;
  /** Between the title and the list. */
  readonly explanation?: ReactNode;
}

export const TopPanel = ({ state, field, rows = 8, className = '', explanation }: TopPanelProps) => {
  const { data, error, isFetching, refetch } = useTop(state.scope, field, state.measure);
  const total = useSummary(state.scope, state.measure).data?.current[state.measure] ?? 0;
  const title = FIELD_TITLES[field] ?? field;
  const format = state.measure === 'bytes' ? formatBytes : formatCompact;
  const items = data?.rows.map(
    (row): BarListItem => toItem(field, row, row[state.measure], total, format, state.facets),
  );
  return (
    <Panel
      title={title}
      note={countOf(items?.length, rows)}
      busy={isFetching}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      className={className}
    >
      {explanation}
      <div className="quiet-scroll mb-2 flex flex-col outline-offset-[-2px]" style={{ height: rows * ROW_HEIGHT }}>
        {items === undefined && <SkeletonRows rows={rows} height={ROW_HEIGHT} />}
        {items?.length === 0 && <EmptyNote title="No traffic">Nothing in this window matches the filters.</EmptyNote>}
        {items !== undefined && items.length > 0 && (
          <BarList
            label={title}
            items={items}
            onInclude={(value) => state.setFacets((facets) => include(facets, field, value))}
            onExclude={(value) => state.setFacets((facets) => exclude(facets, field, value))}
          />
        )}
      </div>
    </Panel>
  );
};

const countOf = (count: number | undefined, rows: number): string => {
  if (count === undefined || count <= rows) return '';
  return count >= LIST_LIMIT ? `the first ${LIST_LIMIT}` : String(count);
};

const toItem = (
  field: string,
  row: TopRow,
  amount: number,
  total: number,
  format: (value: number) => string,
  facets: readonly Facet[],
): BarListItem => {
  const key = row.value === null ? '' : String(row.value);
  const facet = findFacet(facets, field, key);
  return {
    key,
    label: <Label field={field} row={row} />,
    text: [key === '' ? 'unknown' : key, row.name, row.owner, row.countryName].filter(Boolean).join(', '),
    amount,
    shown: format(amount),
    share: formatShare(amount, total),
    included: facet?.enabled === true && !facet.excluded,
    ...(field === 'action' ? { tone: row.value === 'REJECT' ? 'reject' : 'accept' } : {}),
  };
};

const IS_MONO = new Set(['srcaddr', 'dstaddr', 'peer-address']);

const Label = ({ field, row }: { readonly field: string; readonly row: TopRow }) => {
  if (row.value === null) return <span className="text-faint">unknown</span>;
  const { main, aside } = wordsOf(field, row);
  return (
    <span className="inline-flex max-w-full items-center gap-2 align-middle">
      {field === 'action' && <ActionMark action={String(row.value)} />}
      <span className={`truncate ${IS_MONO.has(field) ? 'font-mono' : ''}`}>{main}</span>
      {row.countryCode !== null && (
        <abbr
          title={row.countryName ?? row.countryCode}
          className="shrink-0 rounded border border-line-strong px-1 text-[10px] leading-3.5 text-soft no-underline"
        >
          {row.countryCode}
        </abbr>
      )}
      {aside !== null && <span className="truncate text-xs text-faint">{aside}</span>}
    </span>
  );
};

/** What people know the value by, and what else helps to know it. */
const wordsOf = (
  field: string,
  { value, name, owner }: TopRow,
): { readonly main: string; readonly aside: string | null } => {
  const text = String(value);
  switch (field) {
    case 'service-port':
      return { main: text, aside: nameOfPort(Number(value)) };
    case 'protocol':
      return { main: protocolName(Number(value)), aside: null };
    case 'source-country-code':
      return { main: name ?? text, aside: null };
    case 'security-group-ids':
    case 'interface-id':
      return { main: name ?? text, aside: name === null ? owner : text };
    default:
      return { main: text, aside: owner ?? name };
  }
};

/** The groups, with the reason why others stay in sight when one is selected. */
export const GroupsPanel = ({
  state,
  hasInventory,
  className,
}: {
  readonly state: ScopeState;
  readonly hasInventory: boolean;
  readonly className: string;
}) => {
  const { data } = useTop(state.scope, 'security-group-ids', state.measure);
  const selected = state.facets.filter(
    (facet) => facet.field === 'security-group-ids' && facet.enabled && !facet.excluded,
  );
  const values = new Set(selected.map(({ value }) => value));
  const others = data?.rows.filter(({ value }) => value !== null && !values.has(String(value))).length ?? 0;
  return (
    <TopPanel
      state={state}
      field="security-group-ids"
      className={className}
      rows={selected.length > 0 || !hasInventory ? 6 : 8}
      explanation={
        <GroupsExplanation hasInventory={hasInventory} selected={selected.map(({ value }) => value)} others={others} />
      }
    />
  );
};

const GroupsExplanation = ({
  hasInventory,
  selected,
  others,
}: {
  readonly hasInventory: boolean;
  readonly selected: readonly string[];
  readonly others: number;
}) => {
  const box = 'mx-4 mb-2 flex h-13 items-center rounded-md bg-sunken px-3 text-xs text-soft text-pretty';
  if (!hasInventory) {
    return (
      <p className={box}>The lake has no inventory, so no record has groups. Add one: flowfit inventory add PATH</p>
    );
  }
  const [first] = selected;
  if (first === undefined) return null;
  return (
    <div className={`${box} gap-3`}>
      <p className="min-w-0 flex-1" data-note="shared-records">
        {others === 0
          ? 'No other group shares these records.'
          : `${others} more ${others === 1 ? 'group shares' : 'groups share'} these records: a record belongs to every group of its interface.`}
      </p>
      {selected.length === 1 && (
        <Link
          href={`/groups/${encodeURIComponent(first)}`}
          className="shrink-0 font-medium text-accent hover:underline"
        >
          See its rules
        </Link>
      )}
    </div>
  );
};
