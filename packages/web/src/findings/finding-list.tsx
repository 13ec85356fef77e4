/** Findings one below the other; long lists exist only where they are in sight. */
import type { Finding } from '@flowfit/server/contract/findings';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useOffsetTop } from '../ui/use-offset-top.ts';
import { FindingCard } from './finding-card.tsx';

const CARD = 124;

export const FindingList = ({ findings, range }: { readonly findings: readonly Finding[]; readonly range: string }) => {
  const [list, top] = useOffsetTop<HTMLDivElement>();
  const rows = useWindowVirtualizer({
    count: findings.length,
    estimateSize: () => CARD,
    overscan: 6,
    scrollMargin: top,
    getItemKey: (index) => findings[index]?.id ?? index,
  });
  return (
    <div ref={list} role="list" aria-label="Findings" className="relative" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, start, key }) => {
        const finding = findings[index];
        return (
          finding && (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={findings.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 pb-2"
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <FindingCard finding={finding} range={range} />
            </div>
          )
        );
      })}
    </div>
  );
};
