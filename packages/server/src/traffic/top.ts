/** The values of a field as the API gives them: with what the inventory and the geography know about each. */
import type { TopRow } from '@flowfit/lake/queries/top';
import type { Context } from '../context.ts';
import type { TopAnswer } from '../contract/traffic.ts';
import { countryName } from '../country-name.ts';
import type { Directory } from '../directory.ts';

export const toTopAnswer = (
  field: string,
  rows: readonly TopRow[],
  directory: Directory,
  context: Context,
): TopAnswer => ({ field, rows: rows.map((row) => describe(field, row, directory, context)) });

const ADDRESSES = new Set(['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr', 'local-address', 'peer-address']);
const COUNTRIES = new Set(['source-country-code', 'destination-country-code']);

const describe = (field: string, row: TopRow, directory: Directory, { geography }: Context) => {
  const { value, flows, packets, bytes } = row;
  const unknown = { name: null, owner: null, countryCode: null, countryName: null };
  const measured = { value, flows, packets, bytes, ...unknown };
  if (typeof value !== 'string') return measured;
  if (COUNTRIES.has(field)) return { ...measured, name: countryName(value) };
  if (!ADDRESSES.has(field)) return { ...measured, name: directory.nameOf(value) };
  const location = geography?.locate(value) ?? null;
  return {
    ...measured,
    owner: directory.ownerOf(value),
    countryCode: location?.countryCode ?? null,
    countryName: location?.countryName ?? null,
  };
};
