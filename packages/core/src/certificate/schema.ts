/** JSON Schema (2020-12) of the statement and of its envelope: `docs/reference/certificate.schema.json` is this. */
import { PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE } from './statement.ts';

type Schema = Readonly<Record<string, unknown>>;

/** All properties are required, and no others are known. */
const record = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const list = (items: Schema, description?: string): Schema => ({
  type: 'array',
  ...(description === undefined ? {} : { description }),
  items,
});

const TEXT: Schema = { type: 'string' };
const NAME: Schema = { type: 'string', minLength: 1 };
const TEXT_OR_NULL: Schema = { type: ['string', 'null'] };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const PORT: Schema = { type: ['integer', 'null'] };
const DIGEST: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const DIGEST_OR_NULL: Schema = { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' };
const TIME: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' };
const SPAN = record({ from: TIME, to: TIME });

/** The other end of a rule: what is told beside `kind` depends on it. */
const PEER: Schema = {
  type: 'object',
  oneOf: [
    record({ kind: { const: 'cidr' }, cidr: NAME }),
    record({ kind: { const: 'prefix-list' }, prefixListId: NAME }),
    record({
      kind: { const: 'group' },
      groupId: NAME,
      accountId: TEXT_OR_NULL,
      vpcId: TEXT_OR_NULL,
      peeringConnectionId: TEXT_OR_NULL,
      peeringStatus: TEXT_OR_NULL,
    }),
  ],
};

const RULE = record({
  id: NAME,
  groupId: NAME,
  direction: { enum: ['inbound', 'outbound'] },
  protocol: NAME,
  fromPort: PORT,
  toPort: PORT,
  peer: PEER,
  description: TEXT,
});

const ENTRIES: Schema = { ...list(record({ cidr: NAME, description: TEXT })), type: ['array', 'null'] };

const CHANGE = record(
  {
    groups: list(
      record({
        groupId: NAME,
        groupName: TEXT,
        vpcId: TEXT_OR_NULL,
        before: list({ $ref: '#/$defs/rule' }),
        after: list({ $ref: '#/$defs/rule' }),
        fate: { enum: ['changed', 'created', 'deleted'] },
      }),
    ),
    interfaces: list(record({ interfaceId: NAME, added: list(NAME), removed: list(NAME) })),
    prefixLists: list(record({ prefixListId: NAME, before: ENTRIES, after: ENTRIES })),
  },
  'The whole change: groups with their rules before and after, groups of interfaces, entries of prefix lists.',
);

const CONVERSATIONS = record(
  {
    count: COUNT,
    root: DIGEST,
    days: list(record({ day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' }, count: COUNT, sha256: DIGEST })),
  },
  'Lines of the conversations of the window: how many, their Merkle root (RFC 6962), and a digest for each UTC day.',
);

const COVERAGE = record(
  {
    logsBegin: TIME,
    tellsSilence: { type: 'boolean' },
    interfaces: list(
      record({
        interfaceId: NAME,
        observedSeconds: COUNT,
        gaps: list(SPAN),
        skipped: list(SPAN),
        trafficType: { enum: ['ALL', 'ACCEPT', 'REJECT', null] },
      }),
    ),
  },
  'For how much of the window each interface was logged.',
);

const PREDICATE = record({
  product: record({ name: { const: 'flowfit' }, version: NAME }),
  created: TIME,
  command: list(TEXT, 'Arguments as typed; of absolute paths the last part.'),
  window: SPAN,
  change: CHANGE,
  ruleSets: list(
    record({ groupId: NAME, before: DIGEST_OR_NULL, after: DIGEST_OR_NULL }),
    'SHA-256 of the whole rule set of each changed group; null where there is no such group.',
  ),
  objects: list(record({ name: TEXT, bytes: COUNT, sha256: DIGEST }), 'Every object of the lake, by digest.'),
  captures: list(record({ capturedAt: TIME, sha256: DIGEST }), 'Every capture of the inventory, by time.'),
  conversations: CONVERSATIONS,
  coverage: COVERAGE,
  connections: record(
    { kept: COUNT, cut: COUNT, newlyAdmitted: COUNT, unknown: COUNT, notToday: COUNT },
    'What became of the connections.',
  ),
  bundle: {
    description: 'The bundle that was written with the certificate; null = none was.',
    oneOf: [{ type: 'null' }, record({ bytes: COUNT, sha256: DIGEST })],
  },
});

export const STATEMENT_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Certificate of a Flowfit replay: an in-toto Statement v1',
  ...record({
    _type: { const: STATEMENT_TYPE },
    subject: { ...list(record({ name: NAME, digest: record({ sha256: DIGEST }) })), minItems: 1 },
    predicateType: { const: PREDICATE_TYPE },
    predicate: PREDICATE,
  }),
  $defs: { rule: RULE },
};

export const ENVELOPE_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'DSSE envelope of a certificate',
  ...record({
    payload: { type: 'string', description: 'The statement, base64.' },
    payloadType: { const: PAYLOAD_TYPE },
    signatures: { ...list(record({ keyid: DIGEST, sig: NAME })), minItems: 1 },
  }),
};
