/** Where the sources are: a map, and the countries as a list beside it. */
import { lazy, Suspense } from 'react';
import { useMap, useOverview, useSummary } from '../api/queries.ts';
import { BarList, ROW_HEIGHT } from '../dashboard/bar-list.tsx';
import { formatBytes, formatCompact, formatShare } from '../format/number.ts';
import { exclude, findFacet, include } from '../state/facets.ts';
import type { ScopeState } from '../state/scope.ts';
import { EmptyNote, SkeletonRows } from '../ui/notes.tsx';
import { Panel } from '../ui/panel.tsx';

/** A chunk of its own: the outlines weigh more than the rest of the page. */
const WorldMap = lazy(() => import('./world-map.tsx').then((module) => ({ default: module.WorldMap })));

const FIELD = 'source-country-code';
const HEIGHT = 372;

export const MapPanel = ({ state, className }: { readonly state: ScopeState; readonly className: string }) => {
  const { data, error, isFetching, refetch } = useMap(state.scope, state.measure);
  const total = useSummary(state.scope, state.measure).data?.current[state.measure] ?? 0;
  const format = state.measure === 'bytes' ? formatBytes : formatCompact;
  const located = data && data.countries.length > 0;
  const choose = (code: string): void => state.setFacets((facets) => include(facets, FIELD, code));
  return (
    <Panel
      title="Sources on the map"
      note={data && `${formatShare(data.unlocated[state.measure], total)} private or unknown`}
      busy={isFetching}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      className={className}
    >
      <div className="flex flex-col sm:flex-row" style={{ minHeight: HEIGHT }}>
        {data !== undefined && !located && <NoPlaces />}
        {located !== false && (
          <>
            <div className="h-60 min-w-0 flex-1 px-3 pb-2 sm:h-auto">
              <Suspense fallback={<div className="skeleton m-4 h-4/5 opacity-40" />}>
                {data && <WorldMap answer={data} measure={state.measure} format={format} onChoose={choose} />}
              </Suspense>
            </div>
            <div className="quiet-scroll mb-2 shrink-0 sm:w-56" style={{ maxHeight: HEIGHT - 8 }}>
              {data === undefined ? (
                <SkeletonRows rows={8} height={ROW_HEIGHT} />
              ) : (
                <BarList
                  label="Countries of the sources"
                  items={data.countries.map((row) => {
                    const facet = findFacet(state.facets, FIELD, row.code);
                    return {
                      key: row.code,
                      label: row.name ?? row.code,
                      text: row.name ?? row.code,
                      amount: row[state.measure],
                      shown: format(row[state.measure]),
                      share: formatShare(row[state.measure], total),
                      included: facet?.enabled === true && !facet.excluded,
                    };
                  })}
                  onInclude={choose}
                  onExclude={(code) => state.setFacets((facets) => exclude(facets, FIELD, code))}
                />
              )}
            </div>
          </>
        )}
      </div>
    </Panel>
  );
};

const NoPlaces = () => {
  const hasDatabase = (useOverview().data?.geography.length ?? 0) > 0;
  return (
    <EmptyNote title="No source has a place">
      {hasDatabase
        ? 'All sources of this window are private, special-purpose or unknown to the geography database.'
        : 'The records were read without a geography database. Pass one: flowfit ingest … --geoip FILE'}
    </EmptyNote>
  );
};
