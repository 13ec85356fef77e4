/**
 * Layouts: which fields the values of a line are, in their order. AWS writes the layout into every S3 text file as a
 * header, and nowhere into CloudWatch Logs or Firehose deliveries, where it has to be told.
 */
import { FlowfitError } from '../errors.ts';
import { toFieldName } from './columns.ts';
import { DEFAULT_FIELDS, fieldOf } from './fields.ts';
import { splitValues } from './tokens.ts';
import { isTransitGatewayField } from './transit-gateway.ts';

export interface Layout {
  /** AWS's hyphenated names in the order of the values, none twice; names outside the field table are allowed. */
  readonly fields: readonly string[];
  readonly kind: 'vpc' | 'transit-gateway';
}

/** AWS's default: the version-2 fields. */
export const DEFAULT_LAYOUT: Layout = { fields: DEFAULT_FIELDS, kind: 'vpc' };

/** A format given by a person cannot be read: `format-empty`, `format-bad-name` or `format-duplicate-field`. */
export class FormatError extends FlowfitError {
  override readonly name = 'FormatError';
}

/**
 * Reads a format in AWS's syntax or as bare names, separated by blanks or commas.
 *
 * @example parseFormat('${interface-id} ${srcaddr}').fields // ['interface-id', 'srcaddr']
 * @throws FormatError when it names nothing, something that is no field name, or a field twice.
 */
export const parseFormat = (text: string): Layout => {
  const tokens = splitValues(text.replaceAll(',', ' '));
  if (tokens.length === 0) {
    throw new FormatError(
      'format-empty',
      'The format names no field. Put it in single quotes, since the shell replaces $ in double quotes, or use bare names.',
    );
  }
  const names = tokens.map(toBareName);
  const duplicate = duplicateOf(names);
  if (duplicate !== undefined) {
    throw new FormatError('format-duplicate-field', `The format names "${duplicate}" twice. Name every field once.`);
  }
  return toLayout(names);
};

const toBareName = (token: string): string => {
  const name = token.startsWith('${') && token.endsWith('}') ? token.slice(2, -1) : token;
  if (isName(name)) return toFieldName(name);
  throw new FormatError(
    'format-bad-name',
    `"${token}" in the format is no field name. Write names as AWS does, for example \${srcaddr} or srcaddr.`,
  );
};

/** The layout that a header line states; null when the line is no header, or names a field twice. */
export const layoutOfHeader = (line: string): Layout | null => {
  const names = namesOfHeader(line);
  return names === null || duplicateOf(names) !== undefined ? null : toLayout(names);
};

/**
 * The names in a header line, or null when the line is none. A header begins with the name of a field that AWS
 * documents, and all its values look like names: no record does, since its first value never is such a name.
 */
export const namesOfHeader = (line: string): readonly string[] | null => {
  const tokens = splitValues(line);
  const first = tokens[0];
  if (first === undefined || !isKnownName(toFieldName(first)) || !tokens.every(isName)) return null;
  return tokens.map(toFieldName);
};

/** The first name that occurs a second time. */
export const duplicateOf = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) < index);

export const toLayout = (fields: readonly string[]): Layout => ({
  fields,
  kind: fields.some(isTransitGatewayField) ? 'transit-gateway' : 'vpc',
});

const isKnownName = (name: string): boolean => fieldOf(name) !== undefined || isTransitGatewayField(name);

const isName = (token: string): boolean => /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(token);
