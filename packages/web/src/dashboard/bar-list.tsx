/**
 * A ranked list. The bar behind a row is its share of the largest; a click filters by the value, a second click (or
 * Alt and a click, or the button at the end) leaves it out.
 */
import { memo, type ReactNode, useCallback, useRef } from 'react';
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
  // The same function in every drawing, so that rows that stay as they are need not be drawn again.
  const choose = useRef({ onInclude, onExclude });
  choose.current = { onInclude, onExclude };
  const onChoose = useCallback(
    (key: string, excludes: boolean) => (excludes ? choose.current.onExclude(key) : choose.current.onInclude(key)),
    [],
  );
  return (
    <ul aria-label={label}>
      {items.map(({ key, ...item }) => (
        <BarRow key={key} {...item} value={key} part={item.amount / largest} onChoose={onChoose} />
      ))}
    </ul>
  );
};

interface BarRowProps extends Omit<BarListItem, 'key'> {
  readonly value: string;
  /** Of the largest. */
  readonly part: number;
  readonly onChoose: (value: string, excludes: boolean) => void;
}

/** Whether a row looks as before; its label says what its text says. */
const looksAlike = (before: BarRowProps, now: BarRowProps): boolean =>
  before.value === now.value &&
  before.text === now.text &&
  before.amount === now.amount &&
  before.shown === now.shown &&
  before.share === now.share &&
  before.part === now.part &&
  before.tone === now.tone &&
  before.included === now.included;

/** Rows out of sight are laid out when they are scrolled to. */
const ROW_STYLE = { height: ROW_HEIGHT, contentVisibility: 'auto', containIntrinsicHeight: ROW_HEIGHT } as const;

const BarRow = memo(
  ({ value, label, text, amount, shown, share, tone, included, part, onChoose }: BarRowProps) => (
    <li className="group relative flex" style={ROW_STYLE} data-value={value} data-amount={amount}>
      <div
        className={`absolute inset-y-1 left-2 rounded-sm ${tone === 'reject' ? 'bg-reject-wash' : 'bg-accept-wash'}`}
        style={{ width: `calc((100% - 1rem) * ${part})` }}
        aria-hidden="true"
      />
      <button
        type="button"
        aria-pressed={included}
        title={`${text}: ${shown}, ${share}`}
        className="relative flex min-w-0 flex-1 items-center gap-3 px-4 text-left text-sm outline-offset-[-2px] hover:bg-ink/4 aria-pressed:font-medium"
        onClick={(event) => onChoose(value, event.altKey)}
      >
        <span className="min-w-0 flex-1 truncate">{label}</span>
        <span className="num shrink-0 text-right">{shown}</span>
        <span className="num w-11 shrink-0 text-right text-xs text-faint">{share}</span>
      </button>
      <button
        type="button"
        aria-label={`Leave out ${text}`}
        title="Leave out (Alt and click)"
        className="absolute inset-y-0.5 right-1 grid w-7 place-items-center rounded bg-raised text-soft opacity-0 shadow-[0_0_0_1px_var(--line)] hover:text-ink group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:static [@media(hover:none)]:mr-2 [@media(hover:none)]:bg-transparent [@media(hover:none)]:opacity-100 [@media(hover:none)]:shadow-none"
        onClick={() => onChoose(value, true)}
      >
        <Icon name="exclude" className="size-3.5" />
      </button>
    </li>
  ),
  looksAlike,
);
BarRow.displayName = 'BarRow';
