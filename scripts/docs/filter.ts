import { FIELD_ALIASES, FILTER_FIELDS, type FilterKind } from '@flowfit/core/filter/fields';
import { operatorsOf, parseFilter } from '@flowfit/core/filter/parse';
import { code, page, table } from './markdown.ts';

const EXAMPLES: readonly (readonly [filter: string, meaning: string])[] = [
  ['srcaddr in 10.0.0.0/8 and dstport in (443, 8443) and not action = REJECT', 'accepted HTTPS from the inside'],
  ['security-group-ids = sg-0123456789abcdef0 and direction = inbound', 'what comes in at the interfaces of a group'],
  ['action = REJECT and peer-address not in (10.0.0.0/8, fd00::/8)', 'refused traffic with the outside'],
  ['protocol = udp and dstport in 33434-33534', 'traceroute'],
  ['start >= 2026-06-01 and start < 2026-06-01T06:00:00Z', 'the first six hours of a day'],
  ['source-country-code is not null and source-country-code not in (DE, FR)', 'from known countries other than two'],
  ["interface-name ~ 'web server' or ecs-service-name ~ checkout", 'by parts of names'],
];

const KINDS: Readonly<Record<FilterKind, string>> = {
  text: 'a word, or a text in quotes; compared exactly, closed sets and country codes in any case',
  address: 'an address, or a CIDR for all addresses in it',
  number: 'a whole number, or a range such as `1024-65535`; for `protocol` also a name such as `tcp`',
  time: 'ISO 8601 (`2026-06-01`, `2026-06-01T12:00:00Z`, `…+02:00`; UTC where no offset is given), or Unix seconds',
  list: 'as text; a test holds when it holds for an element of the list',
  location: 'none',
};

const OPERATORS = [
  ['`=` `!=`', 'is, is not; with a CIDR or a range: is in it, is not'],
  ['`in` `not in`', 'is one of, is none of: `in (443, 8000-8999)`; the parentheses may be left out around one value'],
  ['`<` `<=` `>` `>=`', 'order of numbers and times'],
  [
    '`~` `!~`',
    'contains the text, does not; the case of ASCII letters counts for nothing. Also written `contains`, `not contains`',
  ],
  ['`is null` `is not null`', 'the field is missing, is there'],
  ['`not` `and` `or`', 'in this order of strength; parentheses as usual'],
];

export const renderFilter = (): string =>
  page(
    'Filter language',
    'A filter says which flows are meant, on the command line (`--where`), in the web app and in the HTTP API. An empty ' +
      'filter means all.',
    table(
      ['Filter', 'Flows'],
      EXAMPLES.map(([filter, meaning]) => [code(checked(filter)), meaning]),
    ),
    '## Tests',
    'A test is a field, an operator and a value. Words of the language and names of fields are read in any case. All ' +
      '[fields](fields.md) can be used, with hyphens or underscores.',
    table(['Operator', 'Meaning'], OPERATORS),
    '## Values',
    'Texts with blanks, parentheses, commas, quotes or operators, and words of the language, stand in quotes, single or ' +
      "double; the quote itself is doubled: `'it''s'`.",
    table(
      ['Kind', 'Values', 'Operators', 'Fields'],
      Object.entries(KINDS).map(([kind, values]) => kindRow(kind, values)),
    ),
    '## Missing values',
    'A test of a field that is null is false, and `not` makes it true. So `instance-id != i-1` holds for flows without an ' +
      'instance, and means the same as `not instance-id = i-1`; add `and instance-id is not null` where that is not wanted. ' +
      'Neither `bytes < 5` nor `bytes >= 5` holds where `bytes` is null.',
    '## Short names',
    table(
      ['Short', 'Field'],
      Object.entries(FIELD_ALIASES).map(([alias, name]) => [code(alias), code(name)]),
    ),
  );

const kindRow = (kind: string, values: string): readonly string[] => {
  const fields = FILTER_FIELDS.filter((field) => field.kind === kind);
  const [first] = fields;
  const operators = first === undefined ? [] : operatorsOf(first);
  const names = fields.length > 20 ? 'all others' : fields.map(({ name }) => code(name)).join(', ');
  return [kind, values, operators.map(code).join(' '), names];
};

/** An example that the language does not read must not get into the page. */
const checked = (filter: string): string => {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(`The example "${filter}" is wrong: ${parsed.error.message}`);
  return filter;
};
