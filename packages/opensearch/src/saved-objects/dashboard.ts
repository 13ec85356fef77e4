/** The SGDashboard with everything it refers to, ready for the import API of OpenSearch Dashboards. */
import type { Names } from '../names.ts';
import { toIndexPattern } from './index-pattern.ts';
import { type SavedObject, searchSource } from './object.ts';
import { PANELS, type Panel, type Place, RECORD_COLUMNS, RECORDS_PLACE } from './panels.ts';
import { toSavedQueries } from './queries.ts';

/** Index pattern, saved queries, one visualization per panel, the list of records, and the dashboard itself. */
export function toSavedObjects({ prefix, pattern }: Names): SavedObject[] {
  const visualizations = PANELS.map((panel) => toVisualization(panel, prefix, pattern));
  const records = toRecordList(prefix, pattern);
  const placed = [
    ...visualizations.map((object, i) => ({ object, place: PANELS[i]!.place })),
    { object: records, place: RECORDS_PLACE },
  ];
  return [toIndexPattern(pattern), ...toSavedQueries(prefix), ...visualizations, records, toDashboard(prefix, placed)];
}

function toVisualization(
  { id, title, type, aggregations, params }: Panel,
  prefix: string,
  pattern: string,
): SavedObject {
  const source = searchSource(pattern);
  return {
    id: `flowfit-${prefix}-${id}`,
    type: 'visualization',
    attributes: {
      title,
      description: '',
      version: 1,
      visState: JSON.stringify({ title, type, aggs: aggregations, params }),
      uiStateJSON: '{}',
      ...source.attributes,
    },
    references: source.references,
    migrationVersion: { visualization: '7.10.0' },
  };
}

function toRecordList(prefix: string, pattern: string): SavedObject {
  const source = searchSource(pattern);
  return {
    id: `flowfit-${prefix}-records`,
    type: 'search',
    attributes: {
      title: 'Flow records',
      description: '',
      version: 1,
      hits: 0,
      columns: RECORD_COLUMNS,
      sort: [['@timestamp', 'desc']],
      ...source.attributes,
    },
    references: source.references,
    migrationVersion: { search: '7.9.3' },
  };
}

function toDashboard(prefix: string, placed: readonly { object: SavedObject; place: Place }[]): SavedObject {
  const panels = placed.map(({ place }, i) => ({
    version: '3.0.0',
    gridData: { ...place, i: String(i) },
    panelIndex: String(i),
    embeddableConfig: {},
    panelRefName: `panel_${i}`,
  }));
  return {
    id: `flowfit-${prefix}-sgdashboard`,
    type: 'dashboard',
    attributes: {
      title: prefix === 'cwl' ? 'SGDashboard' : `SGDashboard (${prefix})`,
      description: 'Traffic by security group, port, source, action, protocol and direction.',
      version: 1,
      hits: 0,
      timeRestore: true,
      timeFrom: 'now-7d',
      timeTo: 'now',
      refreshInterval: { pause: true, value: 60_000 },
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      panelsJSON: JSON.stringify(panels),
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
      },
    },
    references: placed.map(({ object }, i) => ({ name: `panel_${i}`, type: object.type, id: object.id })),
    migrationVersion: { dashboard: '7.9.3' },
  };
}
