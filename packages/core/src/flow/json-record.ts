/** Flow records as JSON objects: `{"srcaddr": "10.0.0.1", "srcport": 443, …}`, in hyphenated or underscore names. */
import { toFieldName } from './columns.ts';
import { fieldOf } from './fields.ts';
import type { FieldValue, ParsedLine, RejectedLine } from './record.ts';
import { resolveKind } from './status.ts';
import { isTransitGatewayField } from './transit-gateway.ts';
import { isDamaged, MISSING, quote, readValue, rejectValue, toRejected, toValueRule } from './value.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Names of which a flow record has at least one, and other logs none: `version` or `region` alone say nothing. */
const TELLING_FIELDS = new Set([
  'interface-id',
  'srcaddr',
  'dstaddr',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'log-status',
  'flow-direction',
]);

export const isRecordObject = (object: JsonObject): boolean =>
  Object.keys(object).some((key) => {
    const name = toFieldName(key);
    return TELLING_FIELDS.has(name) || isTransitGatewayField(name);
  });

/**
 * Reads an object as a record. Values follow the rules of text, numbers may also be numbers; null, `"-"` and `""` are
 * missing. Names outside the field table are kept as text, objects and lists under them as their JSON.
 */
export const decodeRecordObject = (object: JsonObject): ParsedLine => {
  const values = new Map<string, FieldValue>();
  for (const [key, value] of Object.entries(object)) {
    const name = toFieldName(key);
    if (isTransitGatewayField(name)) return { kind: 'skipped', reason: 'transit-gateway' };
    if (values.has(name)) return toRejected('duplicate-field', `the record names ${name} twice`);
    const decoded = isMissing(value) ? null : decodeValue(name, value);
    if (typeof decoded === 'object' && decoded !== null) return decoded;
    values.set(name, decoded);
  }
  // From entries, since an assignment to a key like "__proto__" would do something else than add it.
  const record = Object.fromEntries(values);
  return { kind: resolveKind(record), record };
};

const isMissing = (value: unknown): boolean => value === null || value === MISSING || value === '';

const decodeValue = (name: string, value: unknown): FieldValue | RejectedLine => {
  const text = toText(value);
  if (text === null) return toRejected('bad-value', `${name} is nested too deeply`);
  if (isDamaged(text)) return toRejected('bad-encoding', `${name} holds bytes that are not valid UTF-8`);
  if (fieldOf(name) !== undefined && typeof value !== 'string' && typeof value !== 'number') {
    return toRejected('bad-value', `${name} is ${quote(text)}, neither text nor a number`);
  }
  const rule = toValueRule(name);
  return readValue(text, 0, text.length, rule) ?? rejectValue(text, rule);
};

/** A value as text: itself, or its JSON; null when it is nested beyond what can be written. */
const toText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
};
