/**
 * Prefixes (CIDR) in SQL, over columns that hold addresses as canonical text (RFC 5952 for IPv6).
 *
 * DuckDB has no address type at hand, and turning every row's text into a number costs far more than the rest of a
 * scan. Canonical text allows better: what a prefix fixes is nearly always the beginning of the text.
 *
 * - IPv4: `10.16.0.0/12` is "starts with `10.`, and the second octet is 16 to 31".
 * - IPv6: groups that are not zero stand in the text as they are, up to the first `::`. So `2001:db8:40::/42` is
 *   "starts with `2001:db8:`, and the third group is 0040 to 007f", the group padded to four digits, an empty one
 *   being zero. Only behind a fixed group that is zero the place of `::` is open: there the text is expanded to 32
 *   hexadecimal digits, of those rows alone that begin with the groups before.
 */
import { addressLength, formatAddress } from '@flowfit/core/net/address';
import { type Prefix, prefixRange } from '@flowfit/core/net/prefix';
import { both, type Sql, sql } from './fragment.ts';

/** Whether the address in `column`, an SQL expression, lies in the prefix. Null gives null. */
export const inPrefixSql = (column: string, prefix: Prefix): Sql =>
  prefix.length === addressLength(prefix.family)
    ? sql(`${column} = ?`, formatAddress({ family: prefix.family, bits: prefix.first }))
    : prefix.family === 4
      ? inIpv4Prefix(column, prefix)
      : inIpv6Prefix(column, prefix);

const inIpv4Prefix = (column: string, prefix: Prefix): Sql => {
  const fixed = Math.floor(prefix.length / 8);
  const { first, last } = prefixRange(prefix);
  const octet = (bits: bigint, index: number) => Number((bits >> BigInt(24 - 8 * index)) & 0xffn);
  const octets = Array.from({ length: fixed }, (_, index) => octet(first, index));
  const begins =
    fixed === 0 ? sql(`contains(${column}, '.')`) : sql(`starts_with(${column}, ?)`, `${octets.join('.')}.`);
  if (prefix.length % 8 === 0) return begins;
  return both(
    begins,
    sql(
      `try_cast(split_part(${column}, '.', ${fixed + 1}) as utinyint) between ? and ?`,
      octet(first, fixed),
      octet(last, fixed),
    ),
  );
};

const inIpv6Prefix = (column: string, prefix: Prefix): Sql => {
  const { first, last } = prefixRange(prefix);
  const [lowest, highest] = [toHex(first), toHex(last)];
  const fixed = Math.floor(prefix.length / 16);
  const plain = leadingNonZeroGroups(lowest, fixed);
  const begins =
    plain.length === 0
      ? sql(`contains(${column}, ':')`)
      : sql(`starts_with(${column}, ?)`, plain.map((group) => `${group}:`).join(''));
  if (plain.length < fixed) {
    return both(begins, sql(`${expandedIpv6(column)} between ? and ?`, lowest, highest));
  }
  if (prefix.length % 16 === 0) return begins;
  return both(
    begins,
    sql(
      `lpad(split_part(${column}, ':', ${fixed + 1}), 4, '0') between ? and ?`,
      groupOf(lowest, fixed),
      groupOf(highest, fixed),
    ),
  );
};

/** 32 digits. */
const toHex = (bits: bigint): string => bits.toString(16).padStart(32, '0');

/** Four digits. */
const groupOf = (hex: string, index: number): string => hex.slice(4 * index, 4 * index + 4);

/** Of the fixed groups those before the first zero, as canonical text writes them. */
const leadingNonZeroGroups = (hex: string, fixed: number): string[] => {
  const groups = Array.from({ length: fixed }, (_, index) => groupOf(hex, index));
  const zero = groups.indexOf('0000');
  return (zero < 0 ? groups : groups.slice(0, zero)).map((group) => group.replace(/^0+/, ''));
};

/**
 * An SQL expression: the 32 hexadecimal digits of a canonical IPv6 address. The groups before `::` are filled up with
 * zeros to eight less the number of groups behind it. An empty side is one empty group, which pads to a zero group.
 */
const expandedIpv6 = (column: string): string => {
  const before = `string_split(split_part(${column}, '::', 1), ':')`;
  const behind = `case when contains(${column}, '::') then string_split(split_part(${column}, '::', 2), ':') else [] end`;
  const groups = `list_concat(list_resize(${before}, greatest(0, 8 - len(${behind})), '0'), ${behind})`;
  return `array_to_string(list_transform(${groups}, lambda part: lpad(part, 4, '0')), '')`;
};
