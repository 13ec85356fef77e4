/**
 * The panels of the SGDashboard, in the order in which a reader meets them. A click on a row, slice, bar or cell sets
 * the filter of all panels; the minus beside it reverses it.
 */
import {
  byPlace,
  countOfFlows,
  distinct,
  numbered,
  overTime,
  sumOf,
  topValues,
  type Unnumbered,
  type VisAggregation,
} from './aggregations.ts';

/** Columns and rows of the dashboard's grid, which is 48 wide. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Panel {
  /** Stable: importing again replaces the panel. */
  readonly id: string;
  readonly title: string;
  readonly type: 'metric' | 'histogram' | 'table' | 'pie' | 'tile_map';
  readonly aggregations: readonly VisAggregation[];
  /** Parameters of the visualization beyond its type's defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

const panel =
  (type: Panel['type'], params: Panel['params']) =>
  (id: string, title: string, place: Place, aggregations: readonly Unnumbered[]): Panel => ({
    id,
    title,
    type,
    aggregations: numbered(aggregations),
    params,
    place,
  });

const table = panel('table', {
  perPage: 10,
  showPartialRows: false,
  showMetricsAtAllLevels: false,
  showTotal: false,
  totalFunc: 'sum',
  percentageCol: '',
});

const pie = panel('pie', {
  type: 'pie',
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  isDonut: true,
  labels: { show: false, values: true, last_level: true, truncate: 100 },
});

const figures = panel('metric', {
  addTooltip: true,
  addLegend: false,
  type: 'metric',
  metric: {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 32 },
  },
});

const columns = panel('histogram', {
  type: 'histogram',
  grid: { categoryLines: false },
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: 'bottom',
      show: true,
      style: {},
      scale: { type: 'linear' },
      labels: { show: true, filter: true, truncate: 100 },
      title: {},
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: 'left',
      show: true,
      style: {},
      scale: { type: 'linear', mode: 'normal' },
      labels: { show: true, rotate: 0, filter: false, truncate: 100 },
      title: { text: 'Flows' },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: 'histogram',
      mode: 'stacked',
      data: { label: 'Flows', id: '1' },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      showCircles: true,
    },
  ],
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  times: [],
  addTimeMarker: false,
});

const map = panel('tile_map', {
  colorSchema: 'Yellow to Red',
  mapType: 'Scaled Circle Markers',
  isDesaturated: true,
  addTooltip: true,
  heatClusterSize: 1.5,
  legendPosition: 'bottomright',
  mapZoom: 2,
  mapCenter: [20, 0],
  wms: { enabled: false, options: { format: 'image/png', transparent: true } },
});

const BYTES = sumOf('bytes', 'Bytes');

export const PANELS: readonly Panel[] = [
  figures('figures', 'Traffic', { x: 0, y: 0, w: 12, h: 10 }, [
    countOfFlows,
    BYTES,
    distinct('security-group-ids', 'Security groups'),
  ]),
  columns('over-time', 'Flows over time', { x: 12, y: 0, w: 36, h: 10 }, [
    countOfFlows,
    overTime,
    topValues('action', 'Action', 2, 'group'),
  ]),
  table('security-groups', 'Security groups', { x: 0, y: 10, w: 16, h: 15 }, [
    countOfFlows,
    BYTES,
    topValues('security-group-ids', 'Security group', 100, 'bucket'),
  ]),
  table('destination-ports', 'Destination ports', { x: 16, y: 10, w: 16, h: 15 }, [
    countOfFlows,
    BYTES,
    topValues('dstport', 'Destination port', 100, 'bucket'),
  ]),
  table('source-addresses', 'Source addresses', { x: 32, y: 10, w: 16, h: 15 }, [
    countOfFlows,
    BYTES,
    topValues('srcaddr', 'Source address', 100, 'bucket'),
  ]),
  pie('actions', 'Actions', { x: 0, y: 25, w: 12, h: 10 }, [countOfFlows, topValues('action', 'Action', 2, 'segment')]),
  pie('protocols', 'Protocols', { x: 12, y: 25, w: 12, h: 10 }, [
    countOfFlows,
    topValues('protocol', 'Protocol', 10, 'segment'),
  ]),
  pie('directions', 'Directions', { x: 24, y: 25, w: 12, h: 10 }, [
    countOfFlows,
    topValues('direction', 'Direction', 2, 'segment'),
  ]),
  table('source-countries', 'Source countries', { x: 36, y: 25, w: 12, h: 10 }, [
    countOfFlows,
    topValues('source-country-name', 'Country', 50, 'bucket'),
  ]),
  map('source-map', 'Where traffic comes from', { x: 0, y: 35, w: 48, h: 18 }, [
    countOfFlows,
    byPlace('source-location'),
  ]),
];

/** Columns of the list of raw records below the panels. */
export const RECORD_COLUMNS: readonly string[] = [
  'direction',
  'action',
  'srcaddr',
  'srcport',
  'dstaddr',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'interface-id',
  'security-group-ids',
  'source-country-name',
];

export const RECORDS_PLACE: Place = { x: 0, y: 53, w: 48, h: 20 };
