/** Rows of a table of groups, all of one height; of thousands only those in sight exist. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import { useOffsetTop } from './use-offset-top.ts';

export interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  /** Of a row, in pixels. */
  readonly height: number;
  readonly className: string;
  /** Id of the group. */
  readonly idOf: (item: Item) => string;
  /** The cells of a row. */
  readonly children: (item: Item) => ReactNode;
}

/** The first row of the table is its head. */
export const VirtualRows = <Item,>({ items, height, className, idOf, children }: VirtualRowsProps<Item>) => {
  const [list, top] = useOffsetTop<HTMLDivElement>();
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => height,
    overscan: 16,
    scrollMargin: top,
  });
  return (
    <div ref={list} role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, start }) => {
        const item = items[index];
        return (
          item && (
            <div
              key={idOf(item)}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 2}
              data-group={idOf(item)}
              className={`${className} absolute inset-x-0 border-b border-line text-sm hover:bg-ink/3`}
              style={{ height, transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              {children(item)}
            </div>
          )
        );
      })}
    </div>
  );
};
