/** The mapping of enriched flows, one property per row of the field tables. */
import { ADDED_FIELDS, type AddedFieldType } from '@flowfit/core/enrich/added';
import { FIELDS, type FieldType } from '@flowfit/core/flow/fields';

export type Property = Readonly<Record<string, unknown>> & { readonly type: string };

/** How a type of the field tables is stored. Text is a keyword: flows are filtered and counted, never searched by word. */
const PROPERTY_OF_TYPE: Readonly<Record<FieldType | AddedFieldType, Property>> = {
  text: { type: 'keyword', ignore_above: 1024 },
  'encoded-text': { type: 'keyword', ignore_above: 1024 },
  'text-list': { type: 'keyword', ignore_above: 1024 },
  address: { type: 'ip' },
  int: { type: 'integer' },
  long: { type: 'long' },
  seconds: { type: 'date', format: 'epoch_second' },
  location: { type: 'geo_point' },
};

/** A field of a document with what the field tables say about it. */
export interface DocumentField {
  readonly name: string;
  readonly type: FieldType | AddedFieldType | 'timestamp';
  readonly description: string;
  readonly property: Property;
}

/** Every field a document can have: AWS's own, the added ones, and the time that dashboards go by. */
export const DOCUMENT_FIELDS: readonly DocumentField[] = [
  {
    name: '@timestamp',
    type: 'timestamp',
    description: 'Time of the record: its start.',
    property: { type: 'date' },
  },
  ...[...FIELDS, ...ADDED_FIELDS].map(({ name, type, description }) => ({
    name,
    type,
    description,
    property: PROPERTY_OF_TYPE[type],
  })),
];

export function toMapping() {
  return {
    // Fields that AWS adds after this version arrive under their own names, as text.
    dynamic: true,
    date_detection: false,
    numeric_detection: false,
    dynamic_templates: [{ text: { match_mapping_type: 'string', mapping: PROPERTY_OF_TYPE.text } }],
    properties: Object.fromEntries(DOCUMENT_FIELDS.map(({ name, property }) => [name, property])),
  };
}
