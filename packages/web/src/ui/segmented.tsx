/** One of a few choices, side by side. */
import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly title?: string }[];
  readonly onChange: (value: Value) => void;
}

export const Segmented = <Value extends string>({ label, value, options, onChange }: SegmentedProps<Value>) => (
  <ToggleGroup.Root
    type="single"
    aria-label={label}
    value={value}
    onValueChange={(next) => next !== '' && onChange(next as Value)}
    className="inline-flex h-8 shrink-0 items-center rounded-md border border-line-strong bg-sunken p-0.5"
  >
    {options.map((option) => (
      <ToggleGroup.Item
        key={option.value}
        value={option.value}
        title={option.title}
        aria-label={option.title}
        className="inline-flex h-full items-center gap-1.5 rounded px-2 text-sm max-sm:px-1.5 text-soft hover:text-ink data-[state=on]:bg-panel data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--line-strong)]"
      >
        {option.label}
      </ToggleGroup.Item>
    ))}
  </ToggleGroup.Root>
);
