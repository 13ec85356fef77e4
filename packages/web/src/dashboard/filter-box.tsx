/**
 * The filter language, typed: completion of fields, operators and values below the box, errors in place under the
 * column where they are. Enter applies; an invalid text stays in the box and filters nothing.
 */
import { parseFilter } from '@flowfit/core/filter/parse';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useCompletion } from '../api/queries.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Completions } from './completions.tsx';

export interface FilterBoxProps {
  readonly typed: string;
  readonly onChange: (typed: string) => void;
}

export const FilterBox = ({ typed, onChange }: FilterBoxProps) => {
  const [text, setText] = useState(typed);
  const [cursor, setCursor] = useState(typed.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setText(typed), [typed]);

  // What was completed goes on behind the completion, before the next key can arrive.
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current !== null) input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const { data, isPlaceholderData: isOfEarlierText } = useCompletion(text, cursor, open);
  const items = open && data !== undefined ? data.items.slice(0, 60) : [];
  const parsed = parseFilter(text);
  // While someone is typing at the end, an unfinished test is not yet a mistake.
  const isUnfinished = open && !parsed.ok && parsed.error.length === 0;
  const error = parsed.ok || isUnfinished ? null : parsed.error;

  const apply = (next: string): void => {
    setOpen(false);
    setActive(-1);
    if (parseFilter(next).ok) onChange(next.trim());
  };

  const complete = (item: string): void => {
    if (data === undefined || isOfEarlierText) return;
    const next = `${text.slice(0, data.from)}${item}${item === '(' ? '' : ' '}`;
    setText(next + text.slice(data.to).trimStart());
    setCursor(next.length);
    setActive(-1);
    caret.current = next.length;
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = items[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (items.length > 0 && !isOfEarlierText) setActive((active + step + items.length) % items.length);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) {
      event.preventDefault();
      complete(chosen.text);
    } else if (event.key === 'Enter') apply(text);
    else if (event.key === 'Escape') setOpen(false);
  };

  return (
    <div className="relative min-w-0 flex-1 basis-full sm:basis-[26rem]">
      <div
        className={`flex h-8 items-center rounded-md border bg-panel pl-2.5 focus-within:outline-2 focus-within:outline-accent ${error === null ? 'border-line-strong' : 'border-high'}`}
      >
        <Icon name="search" className="size-3.5 text-faint" />
        <input
          ref={input}
          id="filter"
          role="combobox"
          aria-label="Filter"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : `${id}-error`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="Filter: service-port in (80, 443) and not action = REJECT"
          value={text}
          className="h-full min-w-0 flex-1 bg-transparent px-2 font-mono text-sm outline-none"
          onChange={(event) => {
            setText(event.target.value);
            setCursor(event.target.selectionStart ?? event.target.value.length);
            setOpen(true);
            setActive(-1);
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? text.length)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        {text !== '' && (
          <IconButton
            icon="cross"
            label="Clear the filter"
            className="size-7"
            onClick={() => {
              setText('');
              apply('');
            }}
          />
        )}
      </div>
      {items.length > 0 && (
        <Completions id={id} items={items} busy={isOfEarlierText} active={active} onChoose={complete} />
      )}
      {error !== null && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-xs text-high">
          <span className="font-mono whitespace-pre" aria-hidden="true">
            {excerpt(text, error.column)}
          </span>
          {error.message} <span className="text-faint">(column {error.column})</span>
        </p>
      )}
    </div>
  );
};

/** A few characters before the place of the error and what stands there, marked off by brackets. */
const excerpt = (text: string, column: number): string => {
  const at = column - 1;
  const before = text.slice(Math.max(0, at - 12), at);
  const found = text.slice(at, at + 12);
  return found === '' ? '' : `…${before}▸${found} `;
};
