/**
 * A ranked list. The bar behind a row is its share of the largest; a click filters by the value, a second click (or
 * Alt and a click, or the button at the end) leaves it out.
 */
import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';

export const ROW_HEIGHT = 30;

export interface BarListItem {
  readonly key: string;
  readonly label: ReactNode;
  /** Plain text of the label, for tooltips and screen readers. */
  readonly text: string;
  readonly amount: number;
  /** The amount as text. */
  readonly shown: string;
  readonly share: string;
  readonly tone?: 'accept' | 'reject';
  readonly included: boolean;
}

export interface BarListProps {
  readonly label: string;
  readonly items: readonly BarListItem[];
  readonly onInclude: (key: string) => void;
  readonly onExclude: (key: string) => void;
}

export const BarList = ({ label, items, onInclude, onExclude }: BarListProps) => {
  const largest = Math.max(1, ...items.map(({ amount }) => amount));
  return (
    <ul aria-label={label}>
      {items.map((item) => (
        <li
          key={item.key}
          className="group relative flex"
          style={{ height: ROW_HEIGHT }}
          data-value={item.key}
          data-amount={item.amount}
        >
          <div
            className={`absolute inset-y-1 left-2 rounded-sm ${item.tone === 'reject' ? 'bg-reject-wash' : 'bg-accept-wash'}`}
            style={{ width: `calc((100% - 1rem) * ${item.amount / largest})` }}
            aria-hidden="true"
          />
          <button
            type="button"
            aria-pressed={item.included}
            title={`${item.text}: ${item.shown}, ${item.share}`}
            className="relative flex min-w-0 flex-1 items-center gap-3 px-4 text-left text-sm outline-offset-[-2px] hover:bg-ink/4 aria-pressed:font-medium"
            onClick={(event) => (event.altKey ? onExclude(item.key) : onInclude(item.key))}
          >
            <span className="min-w-0 flex-1 truncate">{item.label}</span>
            <span className="num shrink-0 text-right">{item.shown}</span>
            <span className="num w-11 shrink-0 text-right text-xs text-faint">{item.share}</span>
          </button>
          <button
            type="button"
            aria-label={`Leave out ${item.text}`}
            title="Leave out (Alt and click)"
            className="absolute inset-y-0.5 right-1 grid w-7 place-items-center rounded bg-raised text-soft opacity-0 shadow-[0_0_0_1px_var(--line)] hover:text-ink group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:static [@media(hover:none)]:mr-2 [@media(hover:none)]:bg-transparent [@media(hover:none)]:opacity-100 [@media(hover:none)]:shadow-none"
            onClick={() => onExclude(item.key)}
          >
            <Icon name="exclude" className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
};
