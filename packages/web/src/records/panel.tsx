/** The records behind everything above: every field, as many as there are, to copy and to take along. */
import type { Flow } from '@flowfit/server/contract/records';
import { useState } from 'react';
import { useFlows, useSummary } from '../api/queries.ts';
import { formatCount } from '../format/number.ts';
import type { ScopeState } from '../state/scope.ts';
import { EmptyNote, SkeletonRows } from '../ui/notes.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useColumns } from './columns.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import { RecordDetail } from './record-detail.tsx';
import { RECORDS_HEIGHT, RecordTable } from './table.tsx';

type Order = 'newest' | 'oldest';

const ORDERS: readonly { readonly value: Order; readonly label: string }[] = [
  { value: 'newest', label: 'Newest' },
  { value: 'oldest', label: 'Oldest' },
];

export const RecordsPanel = ({ state, className }: { readonly state: ScopeState; readonly className: string }) => {
  const [order, setOrder] = useState<Order>('newest');
  const [columns, setColumns] = useColumns();
  const [selected, setSelected] = useState<Flow | null>(null);
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useFlows(
    state.scope,
    order,
  );
  const total = useSummary(state.scope, state.measure).data?.current.flows;
  const flows = data?.pages.flatMap((page) => page.flows);
  return (
    <Panel
      title="Records"
      note={total !== undefined && <span className="num">{formatCount(total)} match</span>}
      busy={isFetching && !isFetchingNextPage}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      className={className}
      tools={
        <div className="flex items-center gap-1">
          <span className="max-sm:hidden">
            <Segmented label="Order" value={order} options={ORDERS} onChange={setOrder} />
          </span>
          <ColumnsMenu columns={columns} onChange={setColumns} />
          <ExportMenu scope={state.scope} />
        </div>
      }
    >
      <div className="flex flex-col border-t border-line" style={{ height: RECORDS_HEIGHT }}>
        {flows === undefined && <SkeletonRows rows={12} />}
        {flows?.length === 0 && (
          <EmptyNote title="No records">
            Nothing in this window matches. Widen the time range or take a filter away.
          </EmptyNote>
        )}
        {flows !== undefined && flows.length > 0 && (
          <RecordTable
            flows={flows}
            total={total ?? flows.length}
            columns={columns}
            selected={selected}
            onSelect={setSelected}
            onEnd={() => hasNextPage && !isFetchingNextPage && void fetchNextPage()}
          />
        )}
      </div>
      {selected !== null && <RecordDetail flow={selected} state={state} onClose={() => setSelected(null)} />}
    </Panel>
  );
};
