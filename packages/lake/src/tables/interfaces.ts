/** The inventory's interfaces over time as a table to join with. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Database } from '../database.ts';
import { loadDocuments } from '../sql/load.ts';
import { joinVersion, validityOf } from '../sql/versions.ts';

const TABLE = 'interface_versions';

/**
 * Makes the temporary table `interface_versions (id, valid_from, valid_to, group_ids, vpc_id)`: one row for each state of
 * each interface that has a code, which is its `id`.
 */
export const loadInterfaceVersions = async (
  db: Database,
  timeline: Timeline,
  codes: ReadonlyMap<string, number>,
): Promise<void> => {
  const versions = timeline.interfaceVersions();
  const validity = validityOf(versions);
  await loadDocuments(
    db,
    TABLE,
    { id: 'INTEGER', valid_from: 'BIGINT', valid_to: 'BIGINT', group_ids: ['VARCHAR'], vpc_id: 'VARCHAR' },
    versions.flatMap(({ id, value }, index) => {
      const code = codes.get(id);
      return code === undefined
        ? []
        : [{ id: code, ...validity[index], group_ids: value.groupIds, vpc_id: value.vpcId }];
    }),
  );
};

/** The version of the interface of a row at the time of the row, as `alias`. @param seconds SQL, Unix seconds */
export const joinInterfaceVersion = (alias: string, code: string, seconds: string): string =>
  joinVersion(TABLE, alias, code, seconds);

export const dropInterfaceVersions = async (db: Database): Promise<void> => await db.run(`DROP TABLE ${TABLE}`);
