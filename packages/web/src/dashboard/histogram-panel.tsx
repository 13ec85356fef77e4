/** Traffic over time by action, and the buttons that move the window. */
import { useHistogram } from '../api/queries.ts';
import { formatDuration } from '../format/time.ts';
import { shift, toAbsolute, zoomOut } from '../state/range.ts';
import type { ScopeState } from '../state/scope.ts';
import { IconButton } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { ActionMark } from '../ui/verdict.tsx';
import { HISTOGRAM_HEIGHT, Histogram } from './histogram.tsx';
import { toStacks } from './histogram-data.ts';

const TITLES = { flows: 'Flow records over time', bytes: 'Bytes over time', packets: 'Packets over time' } as const;

export const HistogramPanel = ({ state, className }: { readonly state: ScopeState; readonly className: string }) => {
  const { data, error, isFetching, refetch } = useHistogram(state.scope, state.measure);
  const { window, setRange } = state;
  return (
    <Panel
      title={TITLES[state.measure]}
      note={
        data && <span className="hidden sm:inline">one bar = {formatDuration(data.stepSeconds)}; drag to zoom in</span>
      }
      busy={isFetching}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      className={className}
      tools={
        <div className="flex items-center gap-1">
          <Legend />
          <IconButton icon="left" label="Earlier ( [ )" onClick={() => setRange(toAbsolute(shift(window, -1)))} />
          <IconButton icon="zoomOut" label="Zoom out ( - )" onClick={() => setRange(toAbsolute(zoomOut(window)))} />
          <IconButton icon="right" label="Later ( ] )" onClick={() => setRange(toAbsolute(shift(window, 1)))} />
        </div>
      }
    >
      <div style={{ height: HISTOGRAM_HEIGHT }}>
        {data && (
          <Histogram
            stacks={toStacks(data, state.measure)}
            step={data.stepSeconds}
            measure={state.measure}
            onSelect={(selected) => setRange(toAbsolute(selected))}
          />
        )}
      </div>
    </Panel>
  );
};

const Legend = () => (
  <div className="mr-2 flex items-center gap-3 text-xs text-soft max-sm:hidden">
    <span className="flex items-center gap-1.5">
      <ActionMark action="ACCEPT" /> Accepted
    </span>
    <span className="flex items-center gap-1.5">
      <ActionMark action="REJECT" /> Rejected
    </span>
  </div>
);
