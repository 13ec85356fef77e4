import { ADDED_FIELDS, type AddedFieldType } from '@flowfit/core/enrich/added';
import { FIELDS } from '@flowfit/core/flow/fields';
import { code, page, table } from './markdown.ts';

const TYPES: Readonly<Record<AddedFieldType, string>> = {
  text: 'text, as AWS wrote it',
  'encoded-text': 'text; AWS writes it percent-encoded, it is kept decoded',
  address: 'IPv4 or IPv6 address',
  int: 'whole number of 32 bits',
  long: 'whole number below 2^53',
  seconds: 'Unix time in whole seconds',
  'text-list': 'list of texts, sorted, each once',
  location: '`{"lat", "lon"}` in degrees',
};

export const renderFields = (): string =>
  page(
    'Fields',
    'A record has the fields of its flow log under the names AWS gave them, and those that Flowfit adds. Commands, JSON, ' +
      'the filter language and OpenSearch use these names; Parquet files have underscores in place of the hyphens. A ' +
      'field that the flow log lacks, and the value `-`, are null.',
    '## Types',
    table(
      ['Type', 'Value'],
      Object.entries(TYPES).map(([type, meaning]) => [code(type), meaning]),
    ),
    '## Fields of VPC flow logs',
    'The version is the one of the flow log format that introduced the field. Names that AWS may add later are kept as text.',
    table(
      ['Field', 'Version', 'Type', 'Description'],
      FIELDS.map((field) => [code(field.name), String(field.version), code(field.type), descriptionOf(field)]),
    ),
    '## Added fields',
    table(
      ['Field', 'Type', 'Description'],
      ADDED_FIELDS.map((field) => [code(field.name), code(field.type), descriptionOf(field)]),
    ),
  );

const descriptionOf = (field: { readonly description: string; readonly values?: readonly string[] }): string =>
  field.values === undefined ? field.description : `${field.description} One of ${field.values.map(code).join(', ')}.`;
