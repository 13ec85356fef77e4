/**
 * Three columns and the traffic between neighbours. The nodes are the largest values of each field; a link is what a
 * left node has in common with a right one, so each left node is asked for its right neighbours.
 */
import { allOf, type Filter } from '@flowfit/core/filter/tree';
import type { Lake } from '@flowfit/lake/lake';
import { queryTop, type TopRow } from '@flowfit/lake/queries/top';
import type { Selection } from '@flowfit/lake/queries/window';
import { type Route, signalOf } from '../context.ts';
import type { MeasureName } from '../contract/common.ts';
import { type PathLink, type PathNode, pathsAnswer, pathsQuery } from '../contract/traffic.ts';
import { type Directory, directoryOf } from '../directory.ts';
import { toSelection } from '../scope.ts';

const SOURCES = 8;
const GROUPS = 7;
const PORTS = 8;
/** Enough to find the right-hand nodes among a left node's neighbours. */
const NEIGHBOURS = 200;

export const pathsRoute: Route = (app, { lake }) => {
  app.get(
    '/paths',
    {
      schema: {
        summary: 'Traffic from source through security group to service port',
        querystring: pathsQuery,
        response: { 200: pathsAnswer },
      },
    },
    async (request, reply) => {
      const { by = 'flows', ...scope } = request.query;
      const selection = toSelection(scope, signalOf(reply));
      const paths = new Paths(lake, selection, by);
      const [sources, groups, ports] = await Promise.all([
        paths.nodes('srcaddr', SOURCES),
        paths.nodes('security-group-ids', GROUPS),
        paths.nodes('service-port', PORTS),
      ]);
      const directory = await directoryOf(lake);
      return {
        sources: sources.map((row) => toNode(row, directory)),
        groups: groups.map((row) => toNode(row, directory)),
        ports: ports.map((row) => toNode(row, directory)),
        sourceToGroup: await paths.links('srcaddr', sources, 'security-group-ids', groups),
        groupToPort: await paths.links('security-group-ids', groups, 'service-port', ports),
      };
    },
  );
};

class Paths {
  readonly #lake: Lake;
  readonly #selection: Selection;
  readonly #by: MeasureName;

  constructor(lake: Lake, selection: Selection, by: MeasureName) {
    this.#lake = lake;
    this.#selection = selection;
    this.#by = by;
  }

  async nodes(field: string, limit: number): Promise<TopRow[]> {
    const rows = await queryTop(this.#lake, { ...this.#selection, field, by: this.#by, limit: limit + 1 });
    return rows.filter(({ value }) => value !== null).slice(0, limit);
  }

  async links(
    leftField: string,
    left: readonly TopRow[],
    rightField: string,
    right: readonly TopRow[],
  ): Promise<PathLink[]> {
    const wanted = new Set(right.map(({ value }) => value));
    const neighbours = await Promise.all(
      left.map(async (node) => {
        const rows = await queryTop(this.#lake, {
          ...this.#selection,
          filter: allOf([...(this.#selection.filter ? [this.#selection.filter] : []), isValue(leftField, node.value)]),
          field: rightField,
          by: this.#by,
          limit: NEIGHBOURS,
        });
        return rows
          .filter(({ value }) => wanted.has(value))
          .map(({ value, ...measures }) => ({ from: String(node.value), to: String(value), ...measures }));
      }),
    );
    return neighbours.flat();
  }
}

const isValue = (field: string, value: TopRow['value']): Filter => {
  const text = String(value);
  if (field === 'srcaddr') return { kind: 'in', field, values: [{ kind: 'address', address: text }] };
  return { kind: 'in', field, values: [{ kind: 'text', text }] };
};

const toNode = ({ value, ...measures }: TopRow, directory: Directory): PathNode => {
  const id = String(value);
  return { id, name: typeof value === 'string' ? (directory.nameOf(id) ?? directory.ownerOf(id)) : null, ...measures };
};
