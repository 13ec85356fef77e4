/** Random flow logs as text: good lines, lines that nearly are, and what else may stand in a file. */
import { FIELDS, fieldOf } from '@flowfit/core/flow/fields';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import fc from 'fast-check';

export const unknownNames = ['x-cost-center', 'team', 'region2', 'object', 'line'] as const;

const FIELD_NAMES = FIELDS.map(({ name }) => name);
const TEXT_NAMES = FIELDS.filter(({ type }) => type === 'text').map(({ name }) => name);

export const layouts: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constant(DEFAULT_LAYOUT.fields),
  fc.shuffledSubarray([...FIELD_NAMES, ...unknownNames], { minLength: 1, maxLength: 12 }),
  fc.shuffledSubarray([...DEFAULT_LAYOUT.fields, 'tcp-flags', 'instance-tag', 'team'], { minLength: 12 }),
  fc.shuffledSubarray(TEXT_NAMES, { minLength: 1, maxLength: 3 }),
);

const goodNumbers = (max: number): readonly string[] =>
  ['0', '6', '22', '443', '49152', '1999999999', '2147483647', '9007199254740991'].filter(
    (text) => Number(text) <= max,
  );
const oddNumbers = ['1e3', '+1', '0x1F', '01', '0000000000000000443', '65536', '256', '2147483648', '9007199254740992'];
const badNumbers = ['-1', '1.0', '99999999999999999999', '1_000', 'ACCEPT', '１', '0b1', 'nan', 'inf'];
const seconds = ['0', '86399', '86400', '1767225600', '1767225660', '1767312000', '253402300799', '253402300800'];
const goodAddresses = ['10.0.0.1', '192.0.2.255', '2001:db8::1', '::', '2001:db8:1:2:3:4:5:6'];
const oddAddresses = ['2001:DB8::A', '2001:db8:0:0:0:0:0:1', '::ffff:10.0.0.1', '0:0:0:0:0:0:0:0', '::ffff:a00:1'];
const badAddresses = ['10.1', '256.0.0.1', '01.2.3.4', '1.2.3.4.5', '::g', '1::2::3', '10.0.0.1/8', 'fe80::1%eth0'];
const goodTexts = ['eni-0a1b2c3d', 'sg-1', 'unknown', 'a|b', '111122223333', 'x'.repeat(300), "it's", '"q"', 'a\\b'];
const oddTexts = [
  'ü',
  '日本',
  'a\u00a0b',
  'a\u0085b',
  '\u2028',
  'vpc-id',
  'region',
  'srcaddr',
  'NULL',
  '""',
  "'",
  '\\N',
];
const goodTags = ['web', 'a%20b', '%41', 'a+b', '100%25'];
const oddTags = ['%2D', '%C3%BC', '%', '%zz', '%0A', '%E2%82', 'ü%20', '%00', '%7F'];

/** Values of a field that mostly are good, now and then odd but right, and seldom wrong. */
const valuesOf = (name: string, purity: Purity): fc.Arbitrary<string> => {
  const field = fieldOf(name);
  const pick = (good: readonly string[], odd: readonly string[], bad: readonly string[]) =>
    fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom('-', ...good, ...good) },
      { weight: purity === 'plain' ? 0 : 2, arbitrary: fc.constantFrom(...odd) },
      { weight: purity === 'messy' ? 1 : 0, arbitrary: fc.constantFrom(...bad) },
    );
  if (field?.values !== undefined) return pick(field.values, field.values, ['accept', 'OKAY', '1', 'ACCEPTED']);
  switch (field?.type) {
    case 'int':
      return pick(goodNumbers(field.max ?? 2_147_483_647), oddNumbers, badNumbers);
    case 'long':
      return pick(goodNumbers(Number.MAX_SAFE_INTEGER), oddNumbers, badNumbers);
    case 'seconds':
      return pick(seconds, ['9007199254740991', '01767225600', '1767225600000'], badNumbers);
    case 'address':
      return pick(goodAddresses, oddAddresses, badAddresses);
    case 'encoded-text':
      return pick(goodTags, oddTags, oddTags);
    default:
      return pick(goodTexts, oddTexts, ['--', 'a\uFFFDb']);
  }
};

/** `plain`: what AWS writes; `odd`: right, but otherwise than AWS writes it; `messy`: anything. */
export type Purity = 'plain' | 'odd' | 'messy';

const valueLists = (fields: readonly string[], purity: Purity): fc.Arbitrary<string[]> =>
  fc.tuple(...fields.map((name) => valuesOf(name, purity)));

const lineOf = (fields: readonly string[], purity: Purity): fc.Arbitrary<string> => {
  const plain = valueLists(fields, purity).map((values) => values.join(' '));
  if (purity === 'plain') return plain;
  const odd = fc.oneof(
    plain,
    valueLists(fields, purity).map((values) => `  ${values.join('  ')} `),
    valueLists(fields, purity).map((values) => values.join('\t')),
    plain.map((line) => `${line}\r`),
    fc.constantFrom('', ' ', '\t \r', fields.join(' ')),
    valueLists(fields, 'plain').map((values) => JSON.stringify({ message: values.join(' ') })),
    valueLists(fields, 'plain').map((values) =>
      JSON.stringify(Object.fromEntries(fields.map((name, index) => [name, values[index]]))),
    ),
  );
  if (purity === 'odd') return fc.oneof({ weight: 8, arbitrary: plain }, { weight: 1, arbitrary: odd });
  const messy = fc.oneof(
    odd,
    plain.map((line) => `${line} more`),
    plain.map((line) => line.slice(0, line.lastIndexOf(' '))),
    layouts.map((names) => names.join(' ')),
    layouts.map((names) => `${names.join(' ')} ${names[0]}`),
    fc.constantFrom('\u0001', 'rubbish', '6 TransitGateway 111122223333 tgw-1 - -', '{"message": 1}', '[]', '{"a": 1}'),
    plain.map((line) => `${line.slice(0, 5)}\u0002${line.slice(5)}`),
    plain.map((line) => line.replaceAll(' ', '\r')),
  );
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: messy });
};

export interface RandomFile {
  readonly text: string;
  readonly gzip: boolean;
}

export const files = (purity: fc.Arbitrary<Purity>): fc.Arbitrary<RandomFile> =>
  fc.tuple(layouts, purity, fc.constantFrom('\n', '\n', '\n', '\r\n')).chain(([fields, kind, end]) =>
    fc
      .record({
        header: kind === 'messy' ? fc.boolean() : fc.constant(true),
        lines: fc.array(lineOf(fields, kind), { maxLength: 12 }),
        mark: kind === 'plain' ? fc.constant('') : fc.constantFrom('', '', '', '\uFEFF'),
        last: fc.constantFrom('', '', end, `${end}${end}`),
        gzip: fc.boolean(),
      })
      .map(({ header, lines, mark, last, gzip }) => ({
        text: mark + [...(header ? [fields.join(' ')] : []), ...lines].join(kind === 'plain' ? '\n' : end) + last,
        gzip,
      })),
  );
