/**
 * Stacked bars over time. The pointer reads a bar and drags a window; the keyboard does the same: arrows move, Shift and
 * arrows select, Enter zooms into what is selected.
 */
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { formatBytes, formatCompact, formatCount } from '../format/number.ts';
import { formatMoment } from '../format/time.ts';
import type { TimeWindow } from '../state/range.ts';
import type { Measure } from '../state/scope.ts';
import { useWidth } from '../ui/use-width.ts';
import { heightOf, type Stack } from './histogram-data.ts';
import { niceCeiling, timeTicks } from './time-axis.ts';

export const HISTOGRAM_HEIGHT = 196;
const MARGIN = { top: 8, right: 16, bottom: 26, left: 52 };
const PLOT_HEIGHT = HISTOGRAM_HEIGHT - MARGIN.top - MARGIN.bottom;
const TICK_PIXELS = 92;

export interface HistogramProps {
  readonly stacks: readonly Stack[];
  /** Seconds. */
  readonly step: number;
  readonly measure: Measure;
  readonly onSelect: (window: TimeWindow) => void;
}

/** Indices of bars; `anchor` is where a selection began. */
interface Pick {
  readonly anchor: number;
  readonly active: number;
}

export const Histogram = ({ stacks, step, measure, onSelect }: HistogramProps) => {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [pick, setPick] = useState<Pick | null>(null);
  const [dragging, setDragging] = useState(false);
  const plotWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const barWidth = plotWidth / stacks.length;
  const last = stacks.length - 1;
  const formatAmount = measure === 'bytes' ? formatBytes : formatCompact;
  const top = niceCeiling(Math.max(...stacks.map(heightOf)));
  const active = pick === null ? undefined : stacks[Math.min(pick.active, last)];

  const indexAt = (event: PointerEvent<HTMLDivElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    return Math.max(0, Math.min(last, Math.floor(x / barWidth)));
  };

  const select = ({ anchor, active }: Pick): void => {
    const first = stacks[Math.min(anchor, active)];
    const final = stacks[Math.max(anchor, active)];
    if (first && final) onSelect({ from: first.time, to: final.time + step });
    setPick(null);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const from = pick ?? { anchor: last, active: last + 1 };
      const next = Math.max(0, Math.min(last, from.active + move));
      setPick({ active: next, anchor: event.shiftKey ? Math.min(from.anchor, last) : next });
    } else if (event.key === 'Enter' && pick !== null) select(pick);
    else if (event.key === 'Escape') setPick(null);
  };

  const ticks =
    stacks[0] === undefined
      ? []
      : timeTicks(stacks[0].time, stacks[0].time + stacks.length * step, Math.max(2, plotWidth / TICK_PIXELS));
  const xOf = (time: number): number => ((time - (stacks[0]?.time ?? 0)) / step) * barWidth;

  return (
    <div
      ref={ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the bars are read and selected with the arrow keys
      tabIndex={0}
      role="group"
      aria-roledescription="histogram"
      aria-label={`Traffic over time, ${stacks.length} bars. Arrow keys read a bar, Shift and arrows select, Enter zooms in.`}
      className="relative h-full cursor-crosshair touch-pan-y select-none outline-offset-[-2px]"
      onKeyDown={onKeyDown}
      onBlur={() => setPick(null)}
      onPointerDown={(event) => {
        if (event.button !== 0 || barWidth === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const index = indexAt(event);
        setDragging(true);
        setPick({ anchor: index, active: index });
      }}
      onPointerMove={(event) => {
        if (barWidth === 0) return;
        const index = indexAt(event);
        setPick((old) => ({ active: index, anchor: dragging && old !== null ? old.anchor : index }));
      }}
      onPointerUp={() => {
        setDragging(false);
        if (dragging && pick !== null && pick.anchor !== pick.active) select(pick);
      }}
      onPointerCancel={() => setDragging(false)}
      onPointerLeave={() => !dragging && setPick(null)}
    >
      {width > 0 && (
        <svg width={width} height={HISTOGRAM_HEIGHT} className="block" aria-hidden="true">
          <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
            <Grid width={plotWidth} top={top} format={formatAmount} />
            {ticks.map(({ time, label }) => (
              <text
                key={time}
                x={xOf(time)}
                y={PLOT_HEIGHT + 18}
                textAnchor="middle"
                className="num fill-faint text-[11px]"
              >
                {label}
              </text>
            ))}
            <Bars stacks={stacks} barWidth={barWidth} top={top} />
            {pick !== null && <Selection pick={pick} barWidth={barWidth} />}
          </g>
        </svg>
      )}
      {active && (
        <Reading
          stack={active}
          x={MARGIN.left + (Math.min(pick?.active ?? 0, last) + 0.5) * barWidth}
          width={width}
          format={measure === 'bytes' ? formatBytes : formatCount}
        />
      )}
    </div>
  );
};

const Grid = ({
  width,
  top,
  format,
}: {
  readonly width: number;
  readonly top: number;
  readonly format: (value: number) => string;
}) =>
  [0, 0.5, 1].map((share) => (
    <g key={share} transform={`translate(0 ${PLOT_HEIGHT * (1 - share)})`}>
      <line x2={width} className="stroke-line" />
      <text x={-8} dy="0.32em" textAnchor="end" className="num fill-faint text-[11px]">
        {format(top * share)}
      </text>
    </g>
  ));

/** Rejected traffic is hatched as well as orange. */
const Bars = ({
  stacks,
  barWidth,
  top,
}: {
  readonly stacks: readonly Stack[];
  readonly barWidth: number;
  readonly top: number;
}) => {
  const hatch = useId();
  const gap = barWidth > 4 ? 1 : barWidth > 2 ? 0.5 : 0;
  return (
    <>
      <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" className="fill-reject" />
        <line x1="0" x2="0" y2="5" className="stroke-panel" strokeWidth="2" strokeOpacity="0.45" />
      </pattern>
      {stacks.map((stack, index) => {
        const box = { x: index * barWidth + gap / 2, width: Math.max(0.5, barWidth - gap) };
        const scale = PLOT_HEIGHT / top;
        const accepted = stack.accepted * scale;
        const other = stack.other * scale;
        const rejected = stack.rejected * scale;
        return (
          <g key={stack.time}>
            {accepted > 0 && <rect {...box} y={PLOT_HEIGHT - accepted} height={accepted} className="fill-accept" />}
            {other > 0 && (
              <rect {...box} y={PLOT_HEIGHT - accepted - other} height={other} className="fill-line-strong" />
            )}
            {rejected > 0 && (
              <rect {...box} y={PLOT_HEIGHT - accepted - other - rejected} height={rejected} fill={`url(#${hatch})`} />
            )}
          </g>
        );
      })}
    </>
  );
};

const Selection = ({ pick: { anchor, active }, barWidth }: { readonly pick: Pick; readonly barWidth: number }) => (
  <rect
    x={Math.min(anchor, active) * barWidth}
    width={(Math.abs(anchor - active) + 1) * barWidth}
    height={PLOT_HEIGHT}
    className={anchor === active ? 'fill-ink/10' : 'fill-accent/15 stroke-accent'}
  />
);

interface ReadingProps {
  readonly stack: Stack;
  readonly x: number;
  readonly width: number;
  readonly format: (value: number) => string;
}

const Reading = ({ stack, x, width, format }: ReadingProps) => (
  <div
    aria-live="polite"
    className="float num pointer-events-none absolute top-1 z-10 w-44 px-3 py-2 text-xs"
    style={{ left: x > width / 2 ? x - 190 : x + 14 }}
  >
    <div className="mb-1 text-soft">{formatMoment(stack.time)}</div>
    <div className="flex items-center gap-1.5">
      <ReadingMark className="bg-accept" /> Accepted <b className="ml-auto font-medium">{format(stack.accepted)}</b>
    </div>
    <div className="flex items-center gap-1.5">
      <ReadingMark className="bg-reject" /> Rejected <b className="ml-auto font-medium">{format(stack.rejected)}</b>
    </div>
  </div>
);

const ReadingMark = ({ className }: { readonly className: string }) => (
  <span className={`size-2 rounded-sm ${className}`} aria-hidden="true" />
);
