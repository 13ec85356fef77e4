/** From source through group to port, as a Sankey diagram whose nodes are filters. */
import { usePaths } from '../api/queries.ts';
import { nameOfPort } from '../format/field.ts';
import { formatBytes, formatCompact } from '../format/number.ts';
import { include } from '../state/facets.ts';
import type { ScopeState } from '../state/scope.ts';
import { EmptyNote } from '../ui/notes.tsx';
import { Panel } from '../ui/panel.tsx';
import { useWidth } from '../ui/use-width.ts';
import { layoutPaths, type NodeBox, type Ribbon } from './paths-layout.ts';

const HEIGHT = 340;
const PADDING = 16;
const NODE_WIDTH = 6;
const FIELDS = ['srcaddr', 'security-group-ids', 'service-port'] as const;
const HEADINGS = ['Source', 'Security group', 'Service port'] as const;

export const PathsPanel = ({ state, className }: { readonly state: ScopeState; readonly className: string }) => {
  const { data, error, isFetching, refetch } = usePaths(state.scope, state.measure);
  const [ref, width] = useWidth<HTMLDivElement>();
  return (
    <Panel
      title="Paths"
      note="from the largest sources through security groups to service ports"
      busy={isFetching}
      error={data === undefined ? error : null}
      onRetry={() => void refetch()}
      className={className}
    >
      <div ref={ref} className="flex flex-col px-4 pb-4" style={{ height: HEIGHT + PADDING * 2 }}>
        {data?.groups.length === 0 && (
          <EmptyNote title="No paths">No record of this window has security groups and a service port.</EmptyNote>
        )}
        {data !== undefined && data.groups.length > 0 && width > 0 && (
          <Sankey answer={data} width={width} state={state} />
        )}
      </div>
    </Panel>
  );
};

interface SankeyProps {
  readonly answer: Parameters<typeof layoutPaths>[0];
  readonly width: number;
  readonly state: ScopeState;
}

const Sankey = ({ answer, width, state }: SankeyProps) => {
  const format = state.measure === 'bytes' ? formatBytes : formatCompact;
  const { columns, ribbons } = layoutPaths(answer, state.measure, HEIGHT - 24);
  const label = Math.min(150, width * 0.27);
  const xs = [label, width / 2 - NODE_WIDTH / 2, width - label - NODE_WIDTH] as const;
  return (
    <svg
      width={width}
      height={HEIGHT}
      role="group"
      aria-label="Paths from source through security group to service port"
      className="overflow-visible"
    >
      {HEADINGS.map((heading, column) => (
        <text
          key={heading}
          x={column === 0 ? 0 : column === 1 ? width / 2 : width}
          y={10}
          textAnchor={ANCHORS[column]}
          className="fill-faint text-[11px]"
        >
          {heading}
        </text>
      ))}
      <g transform="translate(0 24)">
        {ribbons.map((list, index) => (
          <g key={HEADINGS[index]} className="fill-accept/20">
            {list.map((ribbon) => (
              <path
                key={ribbon.key}
                d={pathOf(ribbon, (xs[index] ?? 0) + NODE_WIDTH, xs[index + 1] ?? 0)}
                className="hover:fill-accept/45"
              >
                <title>{`${ribbon.from} → ${ribbon.to}: ${format(ribbon.amount)}`}</title>
              </path>
            ))}
          </g>
        ))}
        {columns.map((boxes, column) =>
          boxes.map((box) => (
            <Node
              key={`${HEADINGS[column]}:${box.node.id}`}
              box={box}
              x={xs[column] ?? 0}
              column={column}
              room={column === 1 ? Math.max(60, width / 2 - label - 40) : label - 8}
              shown={format(box.amount)}
              onChoose={() => state.setFacets((facets) => include(facets, FIELDS[column] ?? '', box.node.id))}
            />
          )),
        )}
      </g>
    </svg>
  );
};

const ANCHORS = ['start', 'middle', 'end'] as const;

/** A band of even thickness along a cubic curve. */
const pathOf = ({ y0, y1, thickness }: Ribbon, x0: number, x1: number): string => {
  const middle = (x0 + x1) / 2;
  return (
    `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}` +
    `L${x1} ${y1 + thickness}C${middle} ${y1 + thickness} ${middle} ${y0 + thickness} ${x0} ${y0 + thickness}Z`
  );
};

interface NodeProps {
  readonly box: NodeBox;
  readonly x: number;
  readonly column: number;
  /** Pixels for the label. */
  readonly room: number;
  readonly shown: string;
  readonly onChoose: () => void;
}

const GLYPH = 6.6;

/** Groups by their name; addresses and ports with what is known of them. */
const nameOf = (column: number, { id, name }: NodeBox['node']): string => {
  if (column === 1) return name ?? id;
  const aside = column === 0 ? name : nameOfPort(Number(id));
  return aside === null ? id : `${id} ${aside}`;
};

const Node = ({ box: { node, y, height }, x, column, room, shown, onChoose }: NodeProps) => {
  const name = nameOf(column, node);
  const fitting = Math.max(4, Math.floor(room / GLYPH));
  const text = name.length > fitting ? `${name.slice(0, fitting - 1)}…` : name;
  const middle = y + height / 2;
  return (
    <g
      role="button"
      tabIndex={0}
      // What is written comes first, as it may be cut short.
      aria-label={`${text}: ${shown}. Filter by ${HEADINGS[column]} ${name}`}
      className="cursor-pointer [&:hover_text]:fill-accent"
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <title>{`${name}: ${shown}`}</title>
      <rect x={x} y={y} width={NODE_WIDTH} height={height} rx={1.5} className="fill-accept" />
      <text
        x={column === 0 ? x - 8 : x + NODE_WIDTH + 8}
        y={middle}
        dy="0.34em"
        textAnchor={column === 0 ? 'end' : 'start'}
        className="num fill-ink text-[12px] [paint-order:stroke] stroke-panel [stroke-width:3px]"
      >
        {text}
      </text>
    </g>
  );
};
