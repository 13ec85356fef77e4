/** Presets, everything, or two times. */
import { type FormEvent, useState } from 'react';
import { formatInstant, formatWindow } from '../format/time.ts';
import { ALL, labelOf, PRESETS, resolveRange, type TimeWindow, toAbsolute } from '../state/range.ts';
import { Button, PrimaryButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Popover } from '../ui/popover.tsx';

export interface TimeRangeProps {
  readonly range: string;
  readonly window: TimeWindow;
  readonly bounds: TimeWindow | null;
  readonly onChange: (range: string) => void;
}

export const TimeRange = ({ range, window, bounds, onChange }: TimeRangeProps) => {
  const [open, setOpen] = useState(false);
  const choose = (next: string): void => {
    onChange(next);
    setOpen(false);
  };
  const label = labelOf(range, window);
  const span = formatWindow(window.from, window.to);
  return (
    <Popover
      label="Time range"
      open={open}
      onOpenChange={setOpen}
      className="w-80"
      trigger={
        <Button aria-label={`Time range: ${label}`} title={`${span} UTC`} className="max-w-full">
          <Icon name="clock" className="size-3.5 text-faint" />
          <span className="num truncate">{label}</span>
          {label !== span && <span className="num hidden truncate text-xs text-faint 2xl:inline">{span}</span>}
          <Icon name="chevron" className="size-3 text-faint" />
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-0.5">
        {[...PRESETS, { id: ALL, label: 'All data' }].map((preset) => (
          <button
            key={preset.id}
            type="button"
            aria-pressed={preset.id === range}
            title={bounds === null ? undefined : spanOf(preset.id, bounds)}
            className="rounded px-2 py-1 text-left hover:bg-sunken aria-pressed:bg-accent-wash aria-pressed:font-medium"
            onClick={() => choose(preset.id)}
          >
            {preset.label}
          </button>
        ))}
      </div>
      <AbsoluteRange key={`${window.from}-${window.to}`} window={window} onChange={choose} />
      {bounds && (
        <p className="px-2 pt-2 text-xs text-faint text-pretty">
          Ranges end with the newest record, {formatInstant(bounds.to).slice(0, 16)} UTC. The oldest is of{' '}
          {formatInstant(bounds.from).slice(0, 16)}.
        </p>
      )}
    </Popover>
  );
};

const spanOf = (range: string, bounds: TimeWindow): string => {
  const { from, to } = resolveRange(range, bounds);
  return formatWindow(from, to);
};

const toInput = (seconds: number): string => formatInstant(seconds).slice(0, 16).replace(' ', 'T');
const fromInput = (text: string): number => Date.parse(`${text}Z`) / 1000;

const AbsoluteRange = ({
  window,
  onChange,
}: {
  readonly window: TimeWindow;
  readonly onChange: (range: string) => void;
}) => {
  const [from, setFrom] = useState(toInput(window.from));
  const [to, setTo] = useState(toInput(window.to));
  const isValid = fromInput(from) < fromInput(to);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isValid) onChange(toAbsolute({ from: fromInput(from), to: fromInput(to) }));
  };
  const field = 'num mt-0.5 h-8 w-full rounded-md border border-line-strong bg-panel px-2 text-sm';
  return (
    <form onSubmit={submit} className="mt-2 grid gap-2 border-t border-line px-2 pt-2">
      <label className="text-xs text-soft">
        From (UTC)
        <input
          type="datetime-local"
          required
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          className={field}
        />
      </label>
      <label className="text-xs text-soft">
        To (UTC)
        <input
          type="datetime-local"
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
          className={field}
        />
      </label>
      <div className="flex items-center justify-between">
        <span className="text-xs text-high">{isValid ? '' : 'The start must be before the end.'}</span>
        <PrimaryButton type="submit" disabled={!isValid}>
          Apply
        </PrimaryButton>
      </div>
    </form>
  );
};
