/** Three columns, the largest values of each field, and the traffic that neighbours have in common. */
import { queryTop, type TopRow } from '@flowfit/lake/queries/top';
import type { Route } from '../context.ts';
import { type PathNode, pathsAnswer, pathsQuery } from '../contract/traffic.ts';
import { type Directory, directoryOf } from '../directory.ts';
import { queryPairs, type Side } from '../query-pairs.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

/** As many as a person can follow. */
const SOURCES = 8;
const GROUPS = 7;
const PORTS = 8;

export const pathsRoute: Route = (app, { access }) => {
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
      const within = toSelection(scope);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const selection = { ...within, signal };
        const side = async (field: string, limit: number): Promise<Side> => {
          const rows = await queryTop(lake, { ...selection, field, by, limit: limit + 1 });
          return { field, nodes: rows.filter(({ value }) => value !== null).slice(0, limit) };
        };
        const sources = await side('srcaddr', SOURCES);
        const groups = await side('security-group-ids', GROUPS);
        const ports = await side('service-port', PORTS);
        const directory = await directoryOf(lake);
        const toNodes = ({ nodes }: Side): PathNode[] => nodes.map((row) => toNode(row, directory));
        return {
          sources: toNodes(sources),
          groups: toNodes(groups),
          ports: toNodes(ports),
          sourceToGroup: await queryPairs(lake, selection, sources, groups),
          groupToPort: await queryPairs(lake, selection, groups, ports),
        };
      });
    },
  );
};

const toNode = ({ value, ...measures }: TopRow, directory: Directory): PathNode => {
  const id = String(value);
  return { id, name: typeof value === 'string' ? (directory.nameOf(id) ?? directory.ownerOf(id)) : null, ...measures };
};
