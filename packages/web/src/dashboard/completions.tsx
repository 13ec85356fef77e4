/** The list below the filter box. Pointer and keyboard mark one item at a time. */
import type { CompleteAnswer } from '@flowfit/server/contract/lake';
import { useEffect, useRef } from 'react';

export interface CompletionsProps {
  readonly id: string;
  readonly items: CompleteAnswer['items'];
  /** They are those of an earlier text: in sight, so that nothing flickers, and not to be chosen. */
  readonly busy: boolean;
  readonly active: number;
  readonly onChoose: (text: string) => void;
}

export const Completions = ({ id, items, busy, active, onChoose }: CompletionsProps) => {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="Completions"
      aria-busy={busy}
      className="float quiet-scroll absolute inset-x-0 top-9 z-40 max-h-72 p-1"
    >
      {items.map((item, index) => (
        <div
          key={`${item.kind}:${item.text}`}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className="flex cursor-pointer items-baseline gap-3 rounded px-2 py-1 hover:bg-sunken aria-selected:bg-accent-wash"
          // The box keeps the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(item.text);
          }}
        >
          <span className="shrink-0 font-mono text-sm">{item.text}</span>
          <span className="min-w-0 truncate text-xs text-faint">{item.description ?? item.kind}</span>
        </div>
      ))}
    </div>
  );
};
