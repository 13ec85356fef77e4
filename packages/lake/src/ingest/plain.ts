/**
 * The plain shape: what a line must look like for the bulk path to take it.
 *
 * DuckDB reads lines of millions at once, but its casts accept more than flow logs mean (`1e3`, `+1`, `0x1F`). So
 * the bulk path takes only lines of the plain shape, for which a split and a cast give what the core's parser gives,
 * and every object with any other line goes to that parser. There is one definition of what a line means, and a
 * property test holds the two against each other.
 */
import { FIELDS, type FieldDefinition, fieldOf } from '@flowfit/core/flow/fields';
import { columnOf, OTHER_FIELDS, sqlType } from '../sql/columns.ts';
import { literal } from '../sql/text.ts';

/** A blank in flow logs; a tabulator in what the careful path wrote, whose texts may hold blanks and be `-`. */
export type Separator = ' ' | '\t';

/** What stands for a missing value: AWS's own mark, or one that no text holds. */
export const missingMark = (separator: Separator): string => (separator === ' ' ? '-' : '\x02');

/** Regular expression (RE2) of a plain line with these fields in this order, between single separators. */
export const plainLine = (fields: readonly string[], separator: Separator): string =>
  fields.map((name) => `(?:${missingMark(separator)}|${plainValue(fieldOf(name), separator)})`).join(separator);

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

/** Regular expression of most addresses: none of them needs a closer look. */
export const CANONICAL_IPV4 = `(?:${OCTET}\\.){3}${OCTET}`;

/** Digits are bounded so that no number exceeds its type; longer ones are judged by the parser, or were already. */
const plainValue = (field: FieldDefinition | undefined, separator: Separator): string => {
  if (field?.values !== undefined) return field.values.join('|');
  switch (field?.type) {
    case 'int':
      return separator === ' ' ? '[0-9]{1,9}' : '[0-9]{1,10}';
    case 'long':
    case 'seconds':
      return separator === ' ' ? '[0-9]{1,15}' : '[0-9]{1,16}';
    case 'address':
      return '[0-9a-fA-F.:]+';
    case 'encoded-text':
      // Of ASCII characters only: DuckDB and the parser treat other encodings differently.
      return separator === ' ' ? '(?:[!-$&-~]|%[2-7][0-9A-Fa-f])+' : '[^\\t\\x02]+';
    default:
      return separator === ' ' ? '[!-~]+' : '[^\\t\\x02]+';
  }
};

/**
 * Regular expression of lines that begin as a header does; null for layouts whose first value never looks like a name.
 * Where it may, the shape cannot tell a header from a record.
 */
export const headerBeginning = (fields: readonly string[]): string | null => {
  const first = fieldOf(fields[0] ?? '');
  if (first?.values !== undefined || ['int', 'long', 'seconds', 'address'].includes(first?.type ?? 'text')) return null;
  // Of transit gateways as `isTransitGatewayField` knows them.
  const names = [...FIELDS.map(({ name }) => name), 'resource-type', 'tgw-[^ ]*', 'packets-lost-[^ ]*'];
  return `(?:${names.join('|').replaceAll('-', '[-_]')})(?: .*)?`;
};

/** Condition under which a staged row of these fields breaks a bound that the shape does not see; or FALSE. */
export const outOfRange = (fields: readonly string[]): string => {
  const tests = fields.flatMap((name) => {
    const field = fieldOf(name);
    return field?.max === undefined ? [] : [`${columnOf(name)} > ${field.max}`];
  });
  return tests.length === 0 ? 'FALSE' : `coalesce(${tests.join(' OR ')}, FALSE)`;
};

/** Columns of a plain line that was split into the list `v`: the known fields, then the others in one map. */
export const plainColumns = (
  fields: readonly string[],
  canonical: readonly string[],
  separator: Separator,
): string[] => {
  const text = (name: string) => `nullif(v[${fields.indexOf(name) + 1}], ${literal(missingMark(separator))})`;
  const known = canonical.filter((name) => fieldOf(name) !== undefined);
  const unknown = fields.filter((name) => fieldOf(name) === undefined);
  const columns = known.map(
    (name) => `${plainCast(fieldOf(name) as FieldDefinition, text(name), separator === ' ')} AS ${columnOf(name)}`,
  );
  return [...columns, ...otherFields(unknown.map((name) => [name, text(name)]))];
};

/** The map of the fields that no table knows, by name and SQL; no column where there are none. */
export const otherFields = (unknown: readonly (readonly [name: string, value: string])[]): string[] => {
  if (unknown.length === 0) return [];
  const entries = [...unknown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `{'key': ${literal(name)}, 'value': ${value}}`);
  return [`map_from_entries(list_filter([${entries.join(', ')}], e -> e.value IS NOT NULL)) AS ${OTHER_FIELDS}`];
};

const plainCast = (field: FieldDefinition, text: string, decode: boolean): string => {
  if (field.type === 'encoded-text') return decode ? `url_decode(${text})` : text;
  const type = sqlType(field.type);
  return type === 'VARCHAR' ? text : `CAST(${text} AS ${type})`;
};
