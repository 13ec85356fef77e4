/** What a filter can ask for: AWS's fields and the added ones, by name, and how their values are written. */
import { ADDED_FIELDS } from '../enrich/added.ts';
import { FIELDS } from '../flow/fields.ts';
import { closest } from './distance.ts';

/** Which tests a field takes. `location` knows only `is null`. */
export type FilterKind = 'text' | 'address' | 'number' | 'time' | 'list' | 'location';

export interface FilterField {
  readonly name: string;
  readonly kind: FilterKind;
  /** The closed set of values, where there is one. */
  readonly values?: readonly string[];
  readonly description: string;
}

const KINDS = {
  text: 'text',
  'encoded-text': 'text',
  address: 'address',
  int: 'number',
  long: 'number',
  seconds: 'time',
  'text-list': 'list',
  location: 'location',
} as const;

export const FILTER_FIELDS: readonly FilterField[] = [...FIELDS, ...ADDED_FIELDS].map((field) => ({
  name: field.name,
  kind: KINDS[field.type],
  description: field.description,
  ...('values' in field ? { values: field.values } : {}),
}));

/** Short forms of names that are typed often. */
export const FIELD_ALIASES = {
  src: 'srcaddr',
  dst: 'dstaddr',
  sport: 'srcport',
  dport: 'dstport',
  proto: 'protocol',
  peer: 'peer-address',
  local: 'local-address',
  port: 'service-port',
  group: 'security-group-ids',
  interface: 'interface-id',
  vpc: 'vpc-id',
  instance: 'instance-id',
} as const satisfies Readonly<Record<string, string>>;

const BY_NAME: ReadonlyMap<string, FilterField> = (() => {
  const byName = new Map(FILTER_FIELDS.map((field) => [field.name, field]));
  const aliases = Object.entries(FIELD_ALIASES).map(([alias, name]) => [alias, byName.get(name)] as const);
  return new Map([...byName, ...aliases.flatMap(([alias, field]) => (field ? [[alias, field] as const] : []))]);
})();

/** By name or short form, in any case, with hyphens or (as in Parquet files) underscores. */
export const filterField = (name: string): FilterField | undefined =>
  BY_NAME.get(name.toLowerCase().replaceAll('_', '-'));

/** The field that was probably meant. */
export const suggestField = (name: string): string | undefined =>
  closest(name.toLowerCase().replaceAll('_', '-'), [...BY_NAME.keys()]);
