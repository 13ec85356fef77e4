/** What the inventory and the records say of VPCs and places, as tables to join with. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { PlaceColumn } from '../ingest/places.ts';
import { literal } from '../sql/text.ts';

/** Table `interface_vpcs (interface_id, vpc_id, account_id, record_vpc_id)`: by inventory, else by the records. */
export const vpcsSql = (records: string): string => `
  CREATE OR REPLACE TEMP TABLE interface_vpcs AS
  SELECT record.interface_id, coalesce(known.vpc_id, record.vpc_id) AS vpc_id, record.account_id, record.vpc_id AS record_vpc_id
  FROM (SELECT interface_id, min(account_id) AS account_id, min(vpc_id) AS vpc_id FROM ${records} WHERE interface_id IS NOT NULL GROUP BY interface_id) AS record
  LEFT JOIN (SELECT id, any_value(vpc_id) AS vpc_id FROM interface_versions GROUP BY id) AS known ON known.id = record.interface_id`;

/**
 * Table `reachable_vpcs (vpc_id, other_vpc_id)`: VPCs in which a private address means the same interface. Those of an
 * active peering connection cannot overlap, and neither can a VPC with itself.
 */
export const reachableVpcsSql = (timeline: Timeline): string => {
  const peerings = timeline.epochs
    .flatMap((moment) => timeline.snapshotAt(moment).peerings)
    .flatMap(({ status, requesterVpcId, accepterVpcId }) =>
      status === 'active' && requesterVpcId !== null && accepterVpcId !== null
        ? [
            `(${literal(requesterVpcId)}, ${literal(accepterVpcId)})`,
            `(${literal(accepterVpcId)}, ${literal(requesterVpcId)})`,
          ]
        : [],
    );
  const peered = peerings.length === 0 ? '' : `UNION VALUES ${[...new Set(peerings)].join(', ')}`;
  return `CREATE OR REPLACE TEMP TABLE reachable_vpcs AS
    SELECT DISTINCT vpc_id, vpc_id AS other_vpc_id FROM interface_vpcs WHERE vpc_id IS NOT NULL ${peered}`;
};

/** Table `places (address, …)`: where the day's records say that addresses are. */
export const placesSql = (records: string, places: readonly PlaceColumn[]): string => {
  if (places.length === 0) return 'CREATE OR REPLACE TEMP TABLE places AS SELECT NULL::VARCHAR AS address WHERE FALSE';
  const end = (side: 'source' | 'destination', address: string) =>
    `SELECT ${address} AS address, ${places.map((column) => `${side}_${column} AS ${column}`).join(', ')} FROM ${records} WHERE ${side}_${places[0]} IS NOT NULL`;
  return `CREATE OR REPLACE TEMP TABLE places AS
    SELECT address, ${places.map((column) => `max(${column}) AS ${column}`).join(', ')}
    FROM (${end('source', 'coalesce(pkt_srcaddr, srcaddr)')} UNION ALL ${end('destination', 'coalesce(pkt_dstaddr, dstaddr)')})
    GROUP BY address`;
};
