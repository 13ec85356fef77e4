/** A table of which only the rows in sight exist. Arrow keys move between rows, Enter opens one. */
import type { Flow } from '@flowfit/server/contract/records';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatValue } from '../format/field.ts';
import { formatCount } from '../format/number.ts';
import { ActionMark } from '../ui/verdict.tsx';
import { isNumeric, widthOf } from './columns.ts';

const ROW = 30;
export const RECORDS_HEIGHT = ROW * 15;
/** Ask for more this many rows before the end. */
const AHEAD = 40;

export interface RecordTableProps {
  readonly flows: readonly Flow[];
  readonly total: number;
  readonly columns: readonly string[];
  readonly selected: Flow | null;
  readonly onSelect: (flow: Flow) => void;
  /** The last rows come into sight. */
  readonly onEnd: () => void;
}

export const RecordTable = ({ flows, total, columns, selected, onSelect, onEnd }: RecordTableProps) => {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const rows = useVirtualizer({
    count: flows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const items = rows.getVirtualItems();
  const lastInSight = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastInSight >= flows.length - AHEAD) onEnd();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    const flow = flows[active];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(flows.length - 1, active + step));
      setActive(next);
      rows.scrollToIndex(next, { align: 'auto' });
    } else if (event.key === 'Enter' && flow !== undefined) onSelect(flow);
  };

  const width = columns.reduce((sum, column) => sum + widthOf(column), 32);
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Flow records"
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      className="quiet-scroll h-full overflow-x-auto outline-offset-[-2px]"
      onKeyDown={onKeyDown}
    >
      <div style={{ width, minWidth: '100%' }}>
        <div
          role="row"
          tabIndex={-1}
          aria-rowindex={1}
          className="sticky top-0 z-10 flex border-b border-line bg-sunken px-4 text-xs text-soft"
        >
          {columns.map((column) => (
            <div
              key={column}
              role="columnheader"
              tabIndex={-1}
              className={`flex h-7 shrink-0 items-center truncate pr-3 ${isNumeric(column) ? 'justify-end' : ''}`}
              style={{ width: widthOf(column) }}
            >
              {column}
            </div>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const flow = flows[index];
            if (flow === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the grid opens the active row
              <div
                key={index}
                role="row"
                tabIndex={-1}
                aria-rowindex={index + 2}
                aria-selected={flow === selected}
                data-active={index === active}
                className="num absolute inset-x-0 flex cursor-pointer items-center px-4 font-mono text-xs hover:bg-ink/4 aria-selected:bg-accent-wash data-[active=true]:shadow-[inset_2px_0_0_var(--accent)]"
                style={{ height: ROW, transform: `translateY(${start}px)` }}
                onClick={() => {
                  setActive(index);
                  onSelect(flow);
                }}
              >
                {columns.map((column) => (
                  <Cell key={column} field={column} value={flow[column] ?? null} />
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
};

const COUNTED = new Set(['packets', 'bytes']);

const Cell = ({ field, value }: { readonly field: string; readonly value: unknown }) => {
  const text = COUNTED.has(field) && typeof value === 'number' ? formatCount(value) : formatValue(field, value);
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      title={text}
      className={`shrink-0 truncate pr-3 ${isNumeric(field) ? 'text-right' : ''} ${value === null ? 'text-faint' : ''}`}
      style={{ width: widthOf(field) }}
    >
      {field === 'action' && value !== null ? (
        <span className="inline-flex items-center gap-1.5">
          <ActionMark action={text} /> {text}
        </span>
      ) : (
        text
      )}
    </div>
  );
};
