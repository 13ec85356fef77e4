/** The figures of the window, with the same length of time just before beside them. */
import type { Figures as FiguresOf } from '@flowfit/server/contract/traffic';
import { useSummary } from '../api/queries.ts';
import { formatBytes, formatChange, formatCompact, formatCount } from '../format/number.ts';
import { formatWindow } from '../format/time.ts';
import type { ScopeState } from '../state/scope.ts';
import { ErrorNote } from '../ui/notes.tsx';
import { ActionMark } from '../ui/verdict.tsx';

interface FigureDefinition {
  readonly key: keyof FiguresOf;
  readonly label: string;
  readonly format: (value: number) => string;
  readonly action?: 'ACCEPT' | 'REJECT';
}

const FIGURES: readonly FigureDefinition[] = [
  { key: 'flows', label: 'Flow records', format: formatCompact },
  { key: 'bytes', label: 'Bytes', format: formatBytes },
  { key: 'accepted', label: 'Accepted', format: formatCompact, action: 'ACCEPT' },
  { key: 'rejected', label: 'Rejected', format: formatCompact, action: 'REJECT' },
  { key: 'groups', label: 'Security groups', format: formatCompact },
  { key: 'interfaces', label: 'Interfaces', format: formatCompact },
];

export const Figures = ({ state, className }: { readonly state: ScopeState; readonly className: string }) => {
  const { data, error, isFetching, refetch } = useSummary(state.scope, state.measure);
  if (error && data === undefined) {
    return (
      <div className={`panel ${className}`}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return (
    <section
      aria-label="Figures"
      aria-busy={isFetching}
      className={`panel grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 xl:grid-cols-6 ${className}`}
    >
      {FIGURES.map((figure) => (
        <Figure key={figure.key} figure={figure} answer={data} window={state.window} />
      ))}
    </section>
  );
};

interface FigureProps {
  readonly figure: FigureDefinition;
  readonly answer: { readonly current: FiguresOf; readonly previous: FiguresOf | null } | undefined;
  readonly window: { readonly from: number; readonly to: number };
}

const Figure = ({ figure: { key, label, format, action }, answer, window: { from, to } }: FigureProps) => {
  const value = answer?.current[key];
  const before = answer?.previous?.[key];
  const change = value === undefined || before === undefined ? null : formatChange(value, before);
  const earlier = `Before, ${formatWindow(2 * from - to, from)}`;
  return (
    <div className="flex min-w-0 flex-col bg-panel px-4 py-3" data-figure={key} data-value={value}>
      <span className="flex items-center gap-1.5 text-xs text-faint">
        {action && <ActionMark action={action} />}
        {label}
      </span>
      <span
        className="num text-2xl font-semibold tracking-tight"
        title={value === undefined ? undefined : formatCount(value)}
      >
        {value === undefined ? <span className="skeleton my-1.5 block h-5 w-20" /> : format(value)}
      </span>
      <span
        className="num h-4 truncate text-xs text-faint"
        title={before === undefined ? undefined : `${earlier}: ${formatCount(before)}`}
      >
        {before === undefined ? answer && 'no earlier data' : `${change ?? 'new'} · before ${format(before)}`}
      </span>
    </div>
  );
};
