/** The inventory's interfaces as a table to join records with. */
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { type Address, parseAddress } from '@flowfit/core/net/address';
import { type Prefix, parsePrefix, prefixContains } from '@flowfit/core/net/prefix';
import type { Database } from '../database.ts';
import { loadDocuments } from '../sql/load.ts';
import { literals } from '../sql/text.ts';
import { joinVersion, validityOf } from '../sql/versions.ts';

/** Rows of interface_id and address, to look for addresses in delegated prefixes. */
export type AddressesSql = (interfaceIds: string) => string;

/** For uses that do not look at addresses. */
export const NO_ADDRESSES = 'SELECT NULL::VARCHAR AS interface_id, NULL::VARCHAR AS address WHERE FALSE';

/**
 * Makes the temporary table `interface_versions (id, valid_from, valid_to, group_ids, addresses, vpc_id)`: one row for
 * each state of each interface, to be joined by `joinInterfaceVersion`.
 *
 * `addresses` are the private ones and, of those in delegated prefixes, the ones that occur: so that the join compares
 * texts only, and what a prefix contains is decided by core/net alone.
 */
export const loadInterfaceVersions = async (
  db: Database,
  timeline: Timeline,
  occurring: AddressesSql,
): Promise<void> => {
  const versions = timeline.interfaceVersions();
  const validity = validityOf(versions);
  const delegated = await delegatedAddresses(
    db,
    versions.map(({ value }) => value),
    occurring,
  );
  await loadDocuments(
    db,
    'interface_versions',
    {
      id: 'VARCHAR',
      valid_from: 'BIGINT',
      valid_to: 'BIGINT',
      group_ids: ['VARCHAR'],
      addresses: ['VARCHAR'],
      vpc_id: 'VARCHAR',
    },
    versions.map(({ id, value }, index) => ({
      id,
      ...validity[index],
      group_ids: value.groupIds,
      addresses: [...value.addresses, ...within(value, delegated.get(id) ?? [])],
      vpc_id: value.vpcId,
    })),
  );
};

/** The version of the interface of a row at the time of the row. */
export const joinInterfaceVersion = (id: string, seconds: string): string =>
  joinVersion('interface_versions', 'interface', id, seconds);

const delegatedAddresses = async (
  db: Database,
  interfaces: readonly NetworkInterface[],
  occurring: AddressesSql,
): Promise<Map<string, string[]>> => {
  const ids = new Set(interfaces.filter(({ prefixes }) => prefixes.length > 0).map(({ id }) => id));
  const found = new Map<string, string[]>();
  if (ids.size === 0) return found;
  const rows = await db.all<{ id: string; addresses: string[] }>(
    `SELECT interface_id AS id, list(DISTINCT address) AS addresses
     FROM (${occurring(literals([...ids]))}) WHERE address IS NOT NULL GROUP BY interface_id`,
  );
  for (const { id, addresses } of rows) found.set(id, addresses);
  return found;
};

const within = ({ prefixes }: NetworkInterface, addresses: readonly string[]): string[] => {
  const parsed = prefixes.map(parsePrefix).filter((prefix): prefix is Prefix => prefix !== null);
  return addresses.filter((text) => {
    const address: Address | null = parseAddress(text);
    return address !== null && parsed.some((prefix) => prefixContains(prefix, address));
  });
};
