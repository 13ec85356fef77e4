/**
 * The trade-off: how open a group is with how many rules. A point is taken with the pointer or with the handle below,
 * which lies on the same axis; the handle says all of it to screen readers.
 */
import { formatPairs } from '@flowfit/core/recommend/pairs';
import type { TightenGroupAnswer } from '@flowfit/server/contract/tighten';
import { type KeyboardEvent, type PointerEvent, useMemo } from 'react';
import { formatPlural } from '../format/number.ts';
import { useWidth } from '../ui/use-width.ts';
import { type CurveScale, type Family, type PlacedPoint, toCurveScale } from './curve-scale.ts';
import { laterCutInWords } from './words.ts';

const HEIGHT = 224;
const MARGIN = { top: 14, right: 40, bottom: 24, left: 56 };
const PLOT_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;
/** Half of what browsers draw as the thumb of a range. */
const THUMB = 8;

export interface CurveProps {
  readonly answer: TightenGroupAnswer;
  readonly family: Family;
  /** Index of the point that is looked at. */
  readonly active: number;
  readonly onChoose: (index: number) => void;
}

export const Curve = ({ answer, family, active, onChoose }: CurveProps) => {
  const [ref, width] = useWidth<HTMLDivElement>();
  const plotWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const scale = useMemo(
    () => toCurveScale(answer, family, { width: plotWidth, height: PLOT_HEIGHT }),
    [answer, family, plotWidth],
  );
  const choose = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons % 2 === 0 || plotWidth === 0) return;
    onChoose(scale.at(event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left));
  };
  return (
    <div ref={ref} className="min-w-0">
      <div
        className="cursor-pointer touch-pan-y select-none"
        style={{ height: HEIGHT }}
        onPointerDown={choose}
        onPointerMove={choose}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} className="block" aria-hidden="true">
            <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
              <Axes scale={scale} width={plotWidth} />
              <Series scale={scale} width={plotWidth} />
              <Marks scale={scale} chosen={answer.chosen} active={active} />
            </g>
          </svg>
        )}
      </div>
      <Handle answer={answer} family={family} scale={scale} active={active} onChoose={onChoose} />
    </div>
  );
};

const Axes = ({ scale, width }: { readonly scale: CurveScale; readonly width: number }) => (
  <g className="num text-[11px]">
    {scale.ticksY.map(({ value, y }) => (
      <g key={value}>
        <line x2={width} y1={y} y2={y} className="stroke-line" />
        <text x={-8} y={y} dy="0.35em" textAnchor="end" className="fill-faint">
          {formatTen(value)}
        </text>
      </g>
    ))}
    {scale.ticksX.map(({ rules, x }) => (
      <text key={rules} x={x} y={PLOT_HEIGHT + 17} textAnchor="middle" className="fill-faint">
        {rules}
      </text>
    ))}
  </g>
);

/** `1`, `10K`, `10^12` */
const formatTen = (value: number): string => {
  const exponent = Math.round(Math.log10(value));
  if (exponent > 11) return `10^${exponent}`;
  return `${10 ** (exponent % 3)}${['', 'K', 'M', 'G'][Math.floor(exponent / 3)]}`;
};

const Series = ({
  scale: { points, todayY, topShare },
  width,
}: {
  readonly scale: CurveScale;
  readonly width: number;
}) => {
  const hasLater = points.some(({ laterHeight }) => laterHeight > 0);
  return (
    <>
      <line x2={width} y1={todayY} y2={todayY} className="stroke-faint" strokeDasharray="2 4" />
      <text x={width} y={todayY - 4} textAnchor="end" className="fill-faint text-[11px]">
        today
      </text>
      {points
        .filter(({ laterHeight }) => laterHeight > 0)
        .map(({ index, x, laterHeight }) => (
          <line
            key={index}
            x1={x}
            x2={x}
            y1={PLOT_HEIGHT}
            y2={PLOT_HEIGHT - laterHeight}
            className="stroke-reject"
            strokeWidth={Math.min(3, 0.7 * spacingOf(points))}
            opacity={0.55}
          />
        ))}
      {hasLater && (
        <text x={width + 8} y={PLOT_HEIGHT * 0.55} dy="0.35em" className="num fill-reject-ink text-[11px]">
          {topShare * 100} %
        </text>
      )}
      <polyline
        points={toLine(points.map(({ x, boundY }) => [x, boundY]))}
        fill="none"
        className="stroke-line-strong"
      />
      <polyline
        points={toLine(points.map(({ x, y }) => [x, y]))}
        fill="none"
        className="stroke-accent"
        strokeWidth={1.75}
        strokeLinejoin="round"
      />
    </>
  );
};

/** A set of rules is as open as it is until there is one more: the line has steps. */
const toLine = (places: readonly (readonly [x: number, y: number])[]): string =>
  places
    .flatMap(([x, y], index) => {
      const before = places[index - 1];
      return before === undefined ? [`${x},${y}`] : [`${x},${before[1]}`, `${x},${y}`];
    })
    .join(' ');

/** Closer than this the points are a line by themselves. */
const LEAST_SPACING = 7;

/** Pixels between two points, on average. */
const spacingOf = (points: readonly PlacedPoint[]): number =>
  ((points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0)) / Math.max(1, points.length - 1);

interface MarksProps {
  readonly scale: CurveScale;
  readonly chosen: number;
  readonly active: number;
}

const Marks = ({ scale: { points }, chosen, active }: MarksProps) => {
  const [suggested, current] = [points[chosen], points[active]];
  return (
    <>
      {spacingOf(points) > LEAST_SPACING &&
        points.map(({ index, x, y }) => <circle key={index} cx={x} cy={y} r={2.5} className="fill-accent" />)}
      {suggested && <circle cx={suggested.x} cy={suggested.y} r={7} fill="none" className="stroke-accent" />}
      {current && (
        <>
          <line x1={current.x} x2={current.x} y1={current.y} y2={PLOT_HEIGHT} className="stroke-ink" opacity={0.35} />
          <circle cx={current.x} cy={current.y} r={4.5} className="fill-ink stroke-panel" strokeWidth={1.5} />
        </>
      )}
    </>
  );
};

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -5,
  PageUp: 5,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface HandleProps extends CurveProps {
  readonly scale: CurveScale;
}

/** A number of rules is a place on the axis, but not each has a point: keys go from point to point. */
const Handle = ({ answer: { curve }, family, scale, active, onChoose }: HandleProps) => {
  const point = curve[active];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onChoose(Math.max(0, Math.min(curve.length - 1, active + step)));
  };
  return (
    <div style={{ paddingLeft: MARGIN.left - THUMB, paddingRight: MARGIN.right - THUMB }}>
      <input
        type="range"
        aria-label="Number of rules"
        aria-valuetext={point && valueText(point, family)}
        min={curve[0]?.rules}
        max={curve.at(-1)?.rules}
        value={point?.rules}
        onChange={(event) => onChoose(scale.nearest(Number(event.target.value)))}
        onKeyDown={onKeyDown}
        className="block h-6 w-full cursor-pointer accent-accent"
      />
    </div>
  );
};

const valueText = ({ rules, openness, laterCut }: TightenGroupAnswer['curve'][number], family: Family): string =>
  [
    formatPlural(rules, 'rule'),
    `${formatPairs(openness[family])} ${family === 'ipv6' ? 'IPv6 ' : ''}address-port pairs`,
    laterCutInWords(laterCut),
  ].join(', ');
