/** Reads and writes the values of a filter as the kind of their field asks. */
import { canonicalAddress } from '../net/address.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { protocolName, protocolNumber } from '../net/protocol.ts';
import { closest } from './distance.ts';
import { FilterSyntaxError } from './error.ts';
import type { FilterField } from './fields.ts';
import { formatTime, parseTime } from './time.ts';
import { isWord, type Token } from './tokens.ts';
import type { Value } from './tree.ts';

/** @throws FilterSyntaxError where the text is no value of the field */
export const parseValue = (field: FilterField, token: Token): Value => {
  switch (field.kind) {
    case 'address':
      return parseAddressValue(field, token);
    case 'number':
    case 'time':
      return parseRange(field, token) ?? { kind: 'number', number: parseNumber(field, token) };
    default:
      return { kind: 'text', text: parseText(field, token) };
  }
};

/** A number, a protocol's name, or a time. @throws FilterSyntaxError */
export const parseNumber = (field: FilterField, token: Token): number => {
  const number = readNumber(field, token.text);
  if (number !== null) return number;
  const wanted = field.kind === 'time' ? 'a time; write 2026-06-01T12:00:00Z or Unix seconds' : 'a whole number';
  throw new FilterSyntaxError(token, `"${token.text}" is not ${field.name === 'protocol' ? 'a protocol' : wanted}`);
};

/** The text by which the parser reads the value again. */
export const formatValue = (field: FilterField, value: Value): string => {
  switch (value.kind) {
    case 'text':
      return formatText(value.text);
    case 'address':
      return value.address;
    case 'prefix':
      return value.prefix;
    case 'range':
      return `${value.from}-${value.to}`;
    case 'number':
      return formatNumber(field, value.number);
  }
};

export const formatNumber = (field: FilterField, number: number): string => {
  if (field.name === 'protocol') return protocolName(number);
  return field.kind === 'time' ? formatTime(number) : String(number);
};

/** Quoted where the text could be taken for something else. */
export const formatText = (text: string): string =>
  isWord(text) && !KEYWORDS.has(text.toLowerCase()) ? text : `'${text.replaceAll("'", "''")}'`;

/** Words of the grammar: not values, unless quoted. */
export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'contains']);

const readNumber = (field: FilterField, text: string): number | null => {
  if (/^[0-9]{1,16}$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : null;
  if (field.name === 'protocol') return protocolNumber(text);
  return field.kind === 'time' ? parseTime(text) : null;
};

const parseRange = (field: FilterField, token: Token): Value | null => {
  const match = /^([0-9]{1,16})-([0-9]{1,16})$/.exec(token.text);
  if (match === null) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  if (from <= to && Number.isSafeInteger(to)) return { kind: 'range', from, to };
  throw new FilterSyntaxError(token, `the range ${token.text} of ${field.name} holds nothing`);
};

const parseAddressValue = (field: FilterField, token: Token): Value => {
  const address = canonicalAddress(token.text);
  if (address !== null) return { kind: 'address', address };
  const prefix = parsePrefix(token.text);
  if (prefix !== null) return { kind: 'prefix', prefix: formatPrefix(prefix) };
  throw new FilterSyntaxError(
    token,
    `${field.name} takes an address or a CIDR, such as 192.0.2.1 or 2001:db8::/32, not "${token.text}"`,
  );
};

/** Closed sets are matched in any case and stored as they stand in the table; so are the two-letter country codes. */
const parseText = ({ name, values }: FilterField, token: Token): string => {
  if (name.endsWith('-country-code')) return token.text.toUpperCase();
  if (values === undefined) return token.text;
  const wanted = token.text.toLowerCase();
  const value = values.find((candidate) => candidate.toLowerCase() === wanted);
  if (value !== undefined) return value;
  throw new FilterSyntaxError(token, `${name} is one of ${values.join(', ')}, not "${token.text}"`, {
    suggestion: values.find((candidate) => candidate.toLowerCase() === closest(wanted, values.map(toLower))),
  });
};

const toLower = (text: string): string => text.toLowerCase();
