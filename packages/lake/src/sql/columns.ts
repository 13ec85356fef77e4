/** The field tables as columns of DuckDB and Parquet. */
import { ADDED_FIELDS, type AddedFieldType } from '@flowfit/core/enrich/added';
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS, type FieldType } from '@flowfit/core/flow/fields';
import { identifier } from './text.ts';

const SQL_TYPES: Readonly<Record<AddedFieldType, string>> = {
  text: 'VARCHAR',
  address: 'VARCHAR',
  'encoded-text': 'VARCHAR',
  int: 'INTEGER',
  long: 'BIGINT',
  seconds: 'BIGINT',
  'text-list': 'VARCHAR[]',
  location: 'STRUCT(lat DOUBLE, lon DOUBLE)',
};

export const sqlType = (type: AddedFieldType | FieldType): string => SQL_TYPES[type];

/** The quoted column of a field. */
export const columnOf = (name: string): string => identifier(toColumn(name));

/** Values of fields that no table knows, by name: one column for all of them. */
export const OTHER_FIELDS = 'other_fields';

/** Identifies an exact repeat: the hash of the record's names and values, see core/flow/row-hash.ts. */
export const RECORD_HASH = 'record_hash';

/** Facts that are stored with each record; the other added fields are functions of them, or of whole connections. */
export const STORED_ADDED_FIELDS = ADDED_FIELDS.filter(
  ({ name }) => name === 'direction' || name === 'security-group-ids' || /^(source|destination)-/.test(name),
);

/** All columns of `flows/` with their types, whether or not the layouts of the logs had them. */
export const FLOW_COLUMNS: readonly (readonly [column: string, type: string])[] = [
  ...FIELDS.map((field) => [toColumn(field.name), sqlType(field.type)] as const),
  ...STORED_ADDED_FIELDS.map((field) => [toColumn(field.name), sqlType(field.type)] as const),
  [OTHER_FIELDS, 'MAP(VARCHAR, VARCHAR)'],
  [RECORD_HASH, 'UBIGINT'],
];
