/**
 * The fields that enrichment adds to a record, as a table of the same shape as the one of AWS's fields: the types, the
 * Parquet schema, the OpenSearch mapping, the filter language, the docs and the labels derive from it.
 */
import { INITIATOR_METHODS } from '../conversation/model.ts';
import type { FieldDefinition, FieldType } from '../flow/fields.ts';

export type AddedFieldType =
  | FieldType
  /** A set of texts, sorted. */
  | 'text-list'
  /** A point: `{ lat, lon }` in degrees. */
  | 'location';

export interface AddedFieldDefinition extends Pick<FieldDefinition, 'name' | 'values' | 'max' | 'description'> {
  readonly type: AddedFieldType;
}

const added = <const Name extends string, const Type extends AddedFieldType, const More extends object = object>(
  name: Name,
  type: Type,
  description: string,
  more: More = {} as More,
) => ({ name, type, description, ...more });

/** All added fields, in the order in which documents show them. */
export const ADDED_FIELDS = [
  added(
    'direction',
    'text',
    'Which way the packets went at the interface; says nothing of who opened the connection.',
    {
      values: ['inbound', 'outbound'],
    },
  ),
  added('local-address', 'address', "The interface's end, by packet address where the record has one."),
  added('peer-address', 'address', 'The other end, by packet address where the record has one.'),
  added('security-group-ids', 'text-list', 'Security groups of the interface at the time of the record.'),
  added('service-port', 'int', 'Port of the end that did not open the connection.', { max: 65_535 }),
  added('initiator', 'text', 'Who opened the connection: the interface, its peer, or unknown.', {
    values: ['local', 'remote', 'unknown'],
  }),
  added('initiator-method', 'text', 'What told who opened the connection.', { values: INITIATOR_METHODS }),
  added('interface-name', 'text', 'Name tag of the interface.'),
  added('interface-kind', 'text', 'Kind of the interface in the inventory, such as interface, lambda or nat_gateway.'),
  added('interface-vpc-id', 'text', 'VPC of the interface in the inventory.'),
  added('attached-instance-id', 'text', 'Instance that the interface is attached to in the inventory.'),
  added('attached-instance-name', 'text', 'Name tag of that instance.'),
  added('source-country-code', 'text', 'Country of the source, ISO 3166-1 alpha-2.'),
  added('source-country-name', 'text', 'Country of the source in English.'),
  added('source-region-code', 'text', 'Region of the source, ISO 3166-2.'),
  added('source-region-name', 'text', 'Region of the source in English.'),
  added('source-city', 'text', 'City of the source in English.'),
  added('source-location', 'location', 'Where the source is, as exactly as the geography database knows it.'),
  added('destination-country-code', 'text', 'Country of the destination, ISO 3166-1 alpha-2.'),
  added('destination-country-name', 'text', 'Country of the destination in English.'),
  added('destination-region-code', 'text', 'Region of the destination, ISO 3166-2.'),
  added('destination-region-name', 'text', 'Region of the destination in English.'),
  added('destination-city', 'text', 'City of the destination in English.'),
  added('destination-location', 'location', 'Where the destination is, as exactly as the geography database knows it.'),
] as const satisfies readonly AddedFieldDefinition[];

type AddedField = (typeof ADDED_FIELDS)[number];

/** The added field of a name, or undefined. */
export const addedFieldOf: (name: string) => AddedFieldDefinition | undefined = (() => {
  const byName = new Map<string, AddedFieldDefinition>(ADDED_FIELDS.map((field) => [field.name, field]));
  return (name: string) => byName.get(name);
})();

type WordField = Extract<AddedField, { readonly values: readonly string[] }>;

/** Words of an added field by code, as the dictionary of a field with a closed set has them: '' and the first are 0 and 1. */
export const wordsOf = <Name extends WordField['name']>(name: Name): readonly string[] => WORDS[name];

/** The code of a word. */
export const codeOfWord = <Name extends WordField['name']>(
  name: Name,
  word: Extract<WordField, { readonly name: Name }>['values'][number],
): number => WORDS[name].indexOf(word);

const WORDS = Object.fromEntries(
  ADDED_FIELDS.flatMap((field) => ('values' in field ? [[field.name, ['', ...field.values]]] : [])),
) as unknown as Readonly<Record<WordField['name'], readonly string[]>>;

/** A place on the map, degrees. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

/** The value of a row of the table: one of its closed set, or what its type holds. */
type ValueOf<Field> = Field extends { readonly values: readonly (infer Word)[] }
  ? Word
  : Field extends { readonly type: 'text-list' }
    ? readonly string[]
    : Field extends { readonly type: 'location' }
      ? Point
      : Field extends { readonly type: 'int' | 'long' | 'seconds' }
        ? number
        : string;

/** The added fields with their values; null = not known. */
export type AddedValues = { readonly [Field in AddedField as Field['name']]: ValueOf<Field> | null };

export type Direction = NonNullable<AddedValues['direction']>;
