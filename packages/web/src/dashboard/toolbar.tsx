/** What the whole page looks at: filter, time, measure, return traffic, views; the facets below. Stays in sight. */
import { useEffect } from 'react';
import { shift, toAbsolute, zoomOut } from '../state/range.ts';
import { MEASURES, type ScopeState } from '../state/scope.ts';
import { Segmented } from '../ui/segmented.tsx';
import { Facets } from './facets.tsx';
import { FilterBox } from './filter-box.tsx';
import { SavedViewsMenu } from './saved-views-menu.tsx';
import { TimeRange } from './time-range.tsx';

const MEASURE_OPTIONS = MEASURES.map((value) => ({ value, label: value[0]?.toUpperCase() + value.slice(1) }));

export const Toolbar = ({ state }: { readonly state: ScopeState }) => {
  useShortcuts(state);
  return (
    <div className="sticky top-0 z-30 -mx-3 mb-3 border-b border-line bg-canvas/95 px-3 py-2.5 backdrop-blur-sm sm:-mx-5 sm:px-5 max-lg:static">
      <div className="flex flex-wrap items-start gap-2">
        <FilterBox typed={state.typed} onChange={state.setTyped} />
        <div className="flex flex-wrap items-center gap-2">
          <TimeRange range={state.range} window={state.window} bounds={state.bounds} onChange={state.setRange} />
          <Segmented label="Count by" value={state.measure} options={MEASURE_OPTIONS} onChange={state.setMeasure} />
          <SavedViewsMenu />
        </div>
      </div>
      <Facets state={state} />
    </div>
  );
};

/** Shortcuts of a single key, where nobody is typing. */
const useShortcuts = ({ window: shown, setRange }: ScopeState): void => {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
      if (isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('filter')?.focus();
      } else if (event.key === '[') setRange(toAbsolute(shift(shown, -1)));
      else if (event.key === ']') setRange(toAbsolute(shift(shown, 1)));
      else if (event.key === '-') setRange(toAbsolute(zoomOut(shown)));
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [shown, setRange]);
};
