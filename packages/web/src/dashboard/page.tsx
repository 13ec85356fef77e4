/** SGDashboard: the traffic of a window, by everything that a rule looks at. */
import { useOverview } from '../api/queries.ts';
import { MapPanel } from '../map/panel.tsx';
import { RecordsPanel } from '../records/panel.tsx';
import { useScope } from '../state/scope.ts';
import { EmptyNote } from '../ui/notes.tsx';
import { Figures } from './figures.tsx';
import { HistogramPanel } from './histogram-panel.tsx';
import { PathsPanel } from './paths-panel.tsx';
import { Toolbar } from './toolbar.tsx';
import { GroupsPanel, TopPanel } from './top-panel.tsx';

export const DashboardPage = () => {
  const overview = useOverview().data;
  const state = useScope();
  if (overview !== undefined && state.bounds === null) return <EmptyLake />;
  return (
    <>
      <Toolbar state={state} />
      <div className="grid grid-cols-1 gap-3 md:grid-cols-2 xl:grid-cols-12">
        <Figures state={state} className="md:col-span-2 xl:col-span-12" />
        <HistogramPanel state={state} className="md:col-span-2 xl:col-span-12" />
        <GroupsPanel state={state} hasInventory={overview?.inventory !== null} className="xl:col-span-4" />
        <TopPanel state={state} field="service-port" className="xl:col-span-4" />
        <TopPanel state={state} field="srcaddr" className="xl:col-span-4" />
        <PathsPanel state={state} className="md:col-span-2 xl:col-span-5" />
        <MapPanel state={state} className="md:col-span-2 xl:col-span-7" />
        <TopPanel state={state} field="interface-id" className="xl:col-span-4" />
        <TopPanel state={state} field="dstaddr" className="xl:col-span-4" />
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 md:col-span-2 xl:col-span-4">
          <TopPanel state={state} field="action" rows={3} />
          <TopPanel state={state} field="direction" rows={3} />
          <TopPanel state={state} field="protocol" rows={3} />
          <TopPanel state={state} field="initiator" rows={3} />
        </div>
        <RecordsPanel state={state} className="md:col-span-2 xl:col-span-12" />
      </div>
    </>
  );
};

const EmptyLake = () => (
  <EmptyNote title="This lake is empty">
    Fill it, and this page shows the traffic as it arrives:{' '}
    <code className="mt-2 block rounded bg-sunken px-2 py-1 font-mono">flowfit ingest PATH… --inventory PATH</code>
  </EmptyNote>
);
