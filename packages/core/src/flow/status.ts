/**
 * What a record stands for. AWS says it in `log-status`. Custom layouts may lack that field; then a record that has
 * none of its packets' properties is one of an interval without traffic.
 */
import { FIELDS, type FieldName } from './fields.ts';
import type { FlowRecord, RecordKind } from './record.ts';

/** Fields that every record of packets has and no other has. */
export const TRAFFIC_FIELDS: readonly FieldName[] = FIELDS.filter((field) => 'traffic' in field).map(
  (field) => field.name,
);

/**
 * `log-status` decides where the record has one, whatever else it says. Otherwise: at least one traffic field in the
 * layout, and all of them null, is `no-data`; everything else is a `record`.
 */
export const resolveKind = (record: FlowRecord): RecordKind => {
  switch (record['log-status']) {
    case 'OK':
      return 'record';
    case 'NODATA':
      return 'no-data';
    case 'SKIPDATA':
      return 'skip-data';
    default:
      return hasTraffic(record) ? 'record' : 'no-data';
  }
};

const hasTraffic = (record: FlowRecord): boolean => {
  let asked = false;
  for (const name of TRAFFIC_FIELDS) {
    const value = record[name];
    if (value === undefined) continue;
    if (value !== null) return true;
    asked = true;
  }
  return !asked;
};
