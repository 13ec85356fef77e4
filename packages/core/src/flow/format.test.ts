import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FIELDS, FIELDS } from './fields.ts';
import { DEFAULT_LAYOUT, FormatError, layoutOfHeader, parseFormat } from './format.ts';
import { TRANSIT_GATEWAY_FIELDS } from './transit-gateway.ts';

const NAMES = FIELDS.map((field) => field.name);

const codeOf = (text: string): string => {
  try {
    parseFormat(text);
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('parseFormat', () => {
  it.each([
    ["AWS's syntax", '${version} ${vpc-id} ${pkt-srcaddr}', ['version', 'vpc-id', 'pkt-srcaddr']],
    ['bare names', 'version vpc-id pkt-srcaddr', ['version', 'vpc-id', 'pkt-srcaddr']],
    ['commas', 'version, ${vpc-id},pkt-srcaddr', ['version', 'vpc-id', 'pkt-srcaddr']],
    ['column names', 'pkt_srcaddr instance_tag_2', ['pkt-srcaddr', 'instance-tag-2']],
    ['names of the future', 'srcaddr quantum-state my_own', ['srcaddr', 'quantum-state', 'my_own']],
  ])('reads %s', (_, text, fields) => {
    expect(parseFormat(text)).toEqual({ fields, kind: 'vpc' });
  });

  it('recognises the transit gateway', () => {
    expect(parseFormat(TRANSIT_GATEWAY_FIELDS.join(' ')).kind).toBe('transit-gateway');
    expect(parseFormat('srcaddr packets-lost-blackhole').kind).toBe('transit-gateway');
  });

  it.each([
    ['format-empty', ''],
    ['format-empty', ' , '],
    ['format-bad-name', 'srcaddr $dstaddr'],
    ['format-bad-name', '${}'],
    ['format-bad-name', 'srcaddr;dstaddr'],
    ['format-bad-name', 'Srcaddr'],
    ['format-duplicate-field', 'srcaddr ${srcaddr}'],
    ['format-duplicate-field', 'pkt-srcaddr pkt_srcaddr'],
  ])('says %s of "%s"', (code, text) => {
    expect(codeOf(text)).toBe(code);
  });

  it('names what is wrong', () => {
    expect(() => parseFormat('srcaddr src;addr')).toThrow('"src;addr" in the format is no field name');
    expect(() => parseFormat('end srcaddr end')).toThrow('The format names "end" twice');
  });

  it('reads every choice of fields in either syntax', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: 1 }), (fields) => {
        expect(parseFormat(fields.join(' ')).fields).toEqual(fields);
        expect(parseFormat(fields.map((name) => `\${${name}}`).join(' ')).fields).toEqual(fields);
        expect(layoutOfHeader(fields.join(' '))?.fields).toEqual(fields);
      }),
    );
  });
});

describe('layoutOfHeader', () => {
  it('reads the default header', () => {
    expect(layoutOfHeader(DEFAULT_FIELDS.join(' '))).toEqual(DEFAULT_LAYOUT);
    expect(layoutOfHeader(`  ${DEFAULT_FIELDS.join('\t ')} \r`)).toEqual(DEFAULT_LAYOUT);
  });

  it.each([
    ['a record', '2 123456789012 eni-1235b8ca - - - - - - - 1431280876 1431280934 - NODATA'],
    ['an unknown first name', 'quantum-state srcaddr'],
    ['a value among names', 'srcaddr dstaddr 443'],
    ['a name twice', 'srcaddr dstaddr srcaddr'],
    ['nothing', ''],
  ])('is null for %s', (_, line) => {
    expect(layoutOfHeader(line)).toBeNull();
  });

  it('keeps unknown names after a known one', () => {
    expect(layoutOfHeader('srcaddr quantum-state')?.fields).toEqual(['srcaddr', 'quantum-state']);
  });
});
