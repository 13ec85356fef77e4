/** The index pattern: every field of the mapping with its type and the way its values are shown. */
import { DOCUMENT_FIELDS, type DocumentField } from '../mapping.ts';
import type { SavedObject } from './object.ts';

/** OpenSearch Dashboards knows fewer types than the cluster. */
const DASHBOARD_TYPE: Readonly<Record<string, string>> = {
  keyword: 'string',
  ip: 'ip',
  integer: 'number',
  long: 'number',
  date: 'date',
  geo_point: 'geo_point',
};

/** Byte counts with units; ports, protocols and flags without thousands separators. */
function formatOf({ name, type }: DocumentField): object | null {
  if (name === 'bytes') return { id: 'bytes' };
  return type === 'int' ? { id: 'number', params: { pattern: '0' } } : null;
}

export function toIndexPattern(pattern: string): SavedObject {
  const formats = DOCUMENT_FIELDS.flatMap((field) => {
    const format = formatOf(field);
    return format ? [[field.name, format]] : [];
  });
  return {
    id: pattern,
    type: 'index-pattern',
    attributes: {
      title: pattern,
      timeFieldName: '@timestamp',
      fields: JSON.stringify(DOCUMENT_FIELDS.map(toDashboardField)),
      fieldFormatMap: JSON.stringify(Object.fromEntries(formats)),
    },
    references: [],
    migrationVersion: { 'index-pattern': '7.6.0' },
  };
}

const toDashboardField = ({ name, property }: DocumentField) => ({
  name,
  type: DASHBOARD_TYPE[property.type],
  esTypes: [property.type],
  count: 0,
  scripted: false,
  searchable: true,
  aggregatable: true,
  readFromDocValues: true,
});
