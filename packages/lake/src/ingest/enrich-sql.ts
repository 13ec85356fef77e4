/**
 * Enrichment of many records at once, as SQL: the twin of core/enrich, against which a property test holds it.
 * The tables `interface_versions` and `places` must be there.
 */
import type { Direction } from '@flowfit/core/enrich/added';
import { columnOf } from '../sql/columns.ts';
import { literal } from '../sql/text.ts';
import { joinInterfaceVersion } from './interfaces.ts';
import { type PlaceColumn, placeColumns } from './places.ts';

/** Something with records: a staging table, or a file of `flows/`. */
export interface RecordRelation {
  /** For FROM. */
  readonly sql: string;
  /** Whether the records have a field of this name. */
  has(field: string): boolean;
}

/** The added columns, and the joins that they need after `FROM … AS record`. */
export const enrichmentSql = (
  relation: RecordRelation,
  places: readonly PlaceColumn[],
): { readonly columns: readonly string[]; readonly joins: string } => ({
  columns: [
    `${directionSql(relation)} AS direction`,
    'interface.group_ids AS security_group_ids',
    ...placeColumns(places, 'source'),
    ...placeColumns(places, 'destination'),
  ],
  joins: `
    ${joinInterfaceVersion(fieldSql(relation, 'interface-id'), fieldSql(relation, 'start'))}
    ${
      places.length === 0
        ? ''
        : `LEFT JOIN places AS source ON source.address = ${sourceSql(relation)}
    LEFT JOIN places AS destination ON destination.address = ${destinationSql(relation)}`
    }`,
});

/** The address that packets came from, as `sourceOf` of core/enrich/ends. */
export const sourceSql = (relation: RecordRelation): string => firstSql(relation, ['pkt-srcaddr', 'srcaddr']);

/** As `destinationOf`. */
export const destinationSql = (relation: RecordRelation): string => firstSql(relation, ['pkt-dstaddr', 'dstaddr']);

/** As `resolveDirection` of core/enrich/direction. */
const directionSql = (relation: RecordRelation): string => {
  const isSource = ownsSql(relation, ['srcaddr', 'pkt-srcaddr']);
  const isDestination = ownsSql(relation, ['dstaddr', 'pkt-dstaddr']);
  const inferred =
    `CASE WHEN ${isSource} AND NOT ${isDestination} THEN ${word('outbound')} ` +
    `WHEN ${isDestination} AND NOT ${isSource} THEN ${word('inbound')} END`;
  if (!relation.has('flow-direction')) return inferred;
  return `CASE ${fieldSql(relation, 'flow-direction')} WHEN 'ingress' THEN ${word('inbound')} WHEN 'egress' THEN ${word('outbound')} ELSE ${inferred} END`;
};

const word = (direction: Direction): string => literal(direction);

const ownsSql = (relation: RecordRelation, fields: readonly string[]): string => {
  const tests = fields
    .filter((name) => relation.has(name))
    .map((name) => `coalesce(list_contains(interface.addresses, record.${columnOf(name)}), FALSE)`);
  return tests.length === 0 ? 'FALSE' : `(${tests.join(' OR ')})`;
};

const firstSql = (relation: RecordRelation, fields: readonly string[]): string => {
  const columns = fields.filter((name) => relation.has(name)).map((name) => `record.${columnOf(name)}`);
  return columns.length === 0 ? 'NULL::VARCHAR' : `coalesce(${columns.join(', ')})`;
};

const fieldSql = (relation: RecordRelation, name: string): string =>
  relation.has(name) ? `record.${columnOf(name)}` : name === 'start' ? 'NULL::BIGINT' : 'NULL::VARCHAR';
