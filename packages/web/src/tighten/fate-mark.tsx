/** What becomes of a rule as a mark and a word: the form of the mark tells without its colour. */
import type { ReactNode } from 'react';
import type { Fate } from './compare.ts';

const WORDS: Readonly<Record<Fate | 'new', string>> = {
  stays: 'stays',
  left: 'left alone',
  pinned: 'pinned',
  replaced: 'replaced',
  dropped: 'dropped',
  new: 'new',
};

const CLASSES: Readonly<Record<Fate | 'new', string>> = {
  stays: 'bg-sunken text-soft',
  left: 'bg-sunken text-soft',
  pinned: 'bg-accent-wash text-accent',
  replaced: 'bg-accept-wash text-accept-ink',
  dropped: 'bg-reject-wash text-reject-ink',
  new: 'bg-accept-wash text-accept-ink',
};

const line = (d: string): ReactNode => <path d={d} fill="none" stroke="currentColor" strokeWidth="1.5" />;

const MARKS: Readonly<Record<Fate | 'new', ReactNode>> = {
  stays: line('M1 3.5h8M1 6.5h8'),
  left: <circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  pinned: <path d="M3 1h4v3l1.5 2h-7L3 4zM5 6v3.5" fill="currentColor" stroke="currentColor" />,
  replaced: line('M1 5h7M5.5 2.5L8 5 5.5 7.5'),
  dropped: line('M2 2l6 6M8 2L2 8'),
  new: line('M5 1v8M1 5h8'),
};

export const FateMark = ({ fate, children }: { readonly fate: Fate | 'new'; readonly children?: ReactNode }) => (
  <span
    className={`inline-flex h-5 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap ${CLASSES[fate]}`}
    data-fate={fate}
  >
    <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden="true">
      {MARKS[fate]}
    </svg>
    {WORDS[fate]}
    {children}
  </span>
);
