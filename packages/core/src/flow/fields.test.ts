import { describe, expect, it } from 'vitest';
import { toColumn, toFieldName } from './columns.ts';
import { DEFAULT_FIELDS, FIELDS, fieldOf, maximumOf } from './fields.ts';
import { TRANSIT_GATEWAY_FIELDS } from './transit-gateway.ts';

const NAMES: readonly string[] = FIELDS.map((field) => field.name);

describe('the field table', () => {
  it("counts as AWS's versions do", () => {
    const upTo = (version: number) => FIELDS.filter((field) => field.version <= version).length;
    expect([2, 3, 4, 5, 7, 8, 9, 10, 11].map(upTo)).toEqual([14, 21, 25, 29, 39, 40, 41, 42, 54]);
  });

  it('names every field once and finds it', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    for (const field of FIELDS) expect(fieldOf(field.name)).toBe(field);
    expect(fieldOf('quantum-state')).toBeUndefined();
  });

  it('has the default format of AWS', () => {
    expect(DEFAULT_FIELDS.join(' ')).toBe(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    );
  });

  it.each([
    ['dstport', 65_535],
    ['protocol', 255],
    ['tcp-flags', 2_147_483_647],
    ['bytes', 9_007_199_254_740_991],
    ['start', 9_007_199_254_740_991],
  ])('ends %s at %d', (name, max) => {
    const field = fieldOf(name);
    expect(field && maximumOf(field)).toBe(max);
  });
});

describe('columns', () => {
  it('are the names with underscores, and back', () => {
    expect(toColumn('pkt-src-aws-service')).toBe('pkt_src_aws_service');
    for (const name of [...NAMES, ...TRANSIT_GATEWAY_FIELDS]) expect(toFieldName(toColumn(name))).toBe(name);
  });

  it('leave names of others alone', () => {
    expect(toFieldName('my_column')).toBe('my_column');
    expect(toFieldName('security-groups')).toBe('security-groups');
  });
});

it('knows the 36 fields of the transit gateway', () => {
  expect(new Set(TRANSIT_GATEWAY_FIELDS).size).toBe(36);
});
