/**
 * Layout of the Sankey diagram: three columns of nodes, heights in proportion to the traffic, ribbons between
 * neighbours. A record with two groups flows through both, so that more may leave a source than it sent: a node is as
 * high as the largest of its own traffic, what arrives and what leaves.
 */
import type { PathLink, PathNode, PathsAnswer } from '@flowfit/server/contract/traffic';
import type { Measure } from '../state/scope.ts';

export interface NodeBox {
  readonly node: PathNode;
  readonly amount: number;
  readonly y: number;
  readonly height: number;
}

export interface Ribbon {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** Upper edge at both ends, and the thickness there. */
  readonly y0: number;
  readonly y1: number;
  readonly thickness: number;
}

export interface PathsLayout {
  readonly columns: readonly [readonly NodeBox[], readonly NodeBox[], readonly NodeBox[]];
  readonly ribbons: readonly [readonly Ribbon[], readonly Ribbon[]];
}

const GAP = 10;
const MIN_HEIGHT = 3;

/** One scale for all columns: the fullest one fills the height. */
export const layoutPaths = (answer: PathsAnswer, measure: Measure, height: number): PathsLayout => {
  const { sourceToGroup, groupToPort } = answer;
  const columns = [
    weigh(answer.sources, measure, [], sourceToGroup),
    weigh(answer.groups, measure, sourceToGroup, groupToPort),
    weigh(answer.ports, measure, groupToPort, []),
  ] as const;
  const scale = Math.min(...columns.map((nodes) => scaleOf(nodes, height)));
  const [sources, groups, ports] = columns.map((nodes) => stack(nodes, scale, height)) as [
    readonly NodeBox[],
    readonly NodeBox[],
    readonly NodeBox[],
  ];
  return {
    columns: [sources, groups, ports],
    ribbons: [
      connect(sourceToGroup, sources, groups, measure, scale),
      connect(groupToPort, groups, ports, measure, scale),
    ],
  };
};

interface WeighedNode {
  readonly node: PathNode;
  readonly amount: number;
  /** What its height stands for. */
  readonly weight: number;
}

const weigh = (
  nodes: readonly PathNode[],
  measure: Measure,
  arriving: readonly PathLink[],
  leaving: readonly PathLink[],
): readonly WeighedNode[] => {
  const sum = (links: readonly PathLink[]): number => links.reduce((total, link) => total + link[measure], 0);
  return nodes.map((node) => ({
    node,
    amount: node[measure],
    weight: Math.max(
      node[measure],
      sum(arriving.filter(({ to }) => to === node.id)),
      sum(leaving.filter(({ from }) => from === node.id)),
    ),
  }));
};

const scaleOf = (nodes: readonly WeighedNode[], height: number): number => {
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  const room = height - GAP * Math.max(0, nodes.length - 1) - MIN_HEIGHT * nodes.length;
  return total === 0 ? Number.POSITIVE_INFINITY : Math.max(0, room) / total;
};

/** From the top, centred in the height. */
const stack = (nodes: readonly WeighedNode[], scale: number, height: number): readonly NodeBox[] => {
  const heights = nodes.map(({ weight }) => MIN_HEIGHT + (Number.isFinite(scale) ? weight * scale : 0));
  const used = heights.reduce((sum, value) => sum + value, 0) + GAP * Math.max(0, nodes.length - 1);
  let y = Math.max(0, (height - used) / 2);
  return nodes.map(({ node, amount }, index) => {
    const box = { node, amount, y, height: heights[index] ?? 0 };
    y += box.height + GAP;
    return box;
  });
};

/** Ribbons leave and arrive in the order of the nodes at their other end, so that they cross as little as can be. */
const connect = (
  links: readonly PathLink[],
  left: readonly NodeBox[],
  right: readonly NodeBox[],
  measure: Measure,
  scale: number,
): readonly Ribbon[] => {
  const leftAt = new Map(left.map((box) => [box.node.id, { box, used: 0 }]));
  const rightAt = new Map(right.map((box) => [box.node.id, { box, used: 0 }]));
  const order = (link: PathLink): number =>
    (leftAt.get(link.from)?.box.y ?? 0) * 10_000 + (rightAt.get(link.to)?.box.y ?? 0);
  const ribbons: Ribbon[] = [];
  for (const link of [...links].sort((a, b) => order(a) - order(b))) {
    const from = leftAt.get(link.from);
    const to = rightAt.get(link.to);
    const thickness = Number.isFinite(scale) ? link[measure] * scale : 0;
    if (from === undefined || to === undefined || thickness <= 0) continue;
    ribbons.push({
      key: `${link.from}→${link.to}`,
      from: link.from,
      to: link.to,
      amount: link[measure],
      y0: from.box.y + from.used,
      y1: to.box.y + to.used,
      thickness,
    });
    from.used += thickness;
    to.used += thickness;
  }
  return ribbons;
};
