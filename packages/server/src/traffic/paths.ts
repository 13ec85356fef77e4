/** Three columns, the largest values of each field, and the traffic that neighbours have in common. */
import type { Paths } from '@flowfit/lake/queries/paths';
import type { TopRow } from '@flowfit/lake/queries/top';
import type { PathNode, PathsAnswer } from '../contract/traffic.ts';
import type { Directory } from '../directory.ts';

/** As many as a person can follow. */
export const PATH_COLUMNS = [
  { field: 'srcaddr', limit: 8 },
  { field: 'security-group-ids', limit: 7 },
  { field: 'service-port', limit: 8 },
] as const;

/** @param paths of `PATH_COLUMNS` */
export const toPathsAnswer = ({ columns, links }: Paths, directory: Directory): PathsAnswer => {
  const [sources = [], groups = [], ports = []] = columns.map((rows) => rows.map((row) => toNode(row, directory)));
  const [sourceToGroup = [], groupToPort = []] = links.map((list) => [...list]);
  return { sources, groups, ports, sourceToGroup, groupToPort };
};

const toNode = ({ value, ...measures }: TopRow, directory: Directory): PathNode => {
  const id = String(value);
  return { id, name: typeof value === 'string' ? (directory.nameOf(id) ?? directory.ownerOf(id)) : null, ...measures };
};
