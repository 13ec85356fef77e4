/**
 * What a person wants kept whatever the traffic says: rules, blocks and ports, each with a reason, as the keep-file
 * (`flowfit.keep/1`) and the web page name them.
 */
import { FlowfitError } from '../errors.ts';
import { isObject, type JsonObject, parseDocuments, textOf } from '../inventory/json.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { hasPorts, protocolNumber } from '../net/protocol.ts';

interface Kept {
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day on which it counts; null = for ever. */
  readonly expires: string | null;
}

export type Pin = Kept &
  (
    | { readonly kind: 'rule'; readonly ruleId: string }
    | { readonly kind: 'cidr'; readonly cidr: string; readonly groupId: string | null }
    | { readonly kind: 'port'; readonly protocol: string; readonly port: number; readonly groupId: string | null }
  );

export const KEEP_SCHEMA = 'flowfit.keep/1';

/** Reads a keep-file. @throws FlowfitError `keep-invalid`, `keep-newer`, naming the entry */
export function parseKeepFile(text: string): Pin[] {
  const { documents, error } = parseDocuments(text);
  if (error !== null || documents.length !== 1 || !isObject(documents[0])) {
    const place = error === null ? '' : ` Line ${error.line}, column ${error.column} is not JSON.`;
    throw invalid(`The keep-file is not one JSON object.${place}`);
  }
  const [document] = documents;
  const schema = textOf(document.schema) ?? '';
  if (/^flowfit\.keep\/([2-9]|\d{2,})$/.test(schema)) {
    throw new FlowfitError('keep-newer', `The keep-file has schema ${schema}; this version reads ${KEEP_SCHEMA}.`);
  }
  if (schema !== KEEP_SCHEMA || !Array.isArray(document.keep)) {
    throw invalid(`The keep-file needs "schema": "${KEEP_SCHEMA}" and a list "keep".`);
  }
  return document.keep.map((entry, index) => parsePin(entry, index + 1));
}

/** The keep-file of pins, as `parseKeepFile` reads it. */
export const formatKeepFile = (pins: readonly Pin[]): string =>
  `${JSON.stringify({ schema: KEEP_SCHEMA, keep: pins.map(toEntry) }, null, 2)}\n`;

const toEntry = (pin: Pin): JsonObject => ({
  ...(pin.kind === 'rule' ? { rule: pin.ruleId } : {}),
  ...(pin.kind === 'cidr' ? { cidr: pin.cidr } : {}),
  ...(pin.kind === 'port' ? { port: `${pin.protocol} ${pin.port}` } : {}),
  ...(pin.kind !== 'rule' && pin.groupId !== null ? { group: pin.groupId } : {}),
  reason: pin.reason,
  ...(pin.expires === null ? {} : { expires: pin.expires }),
});

const KEYS: ReadonlySet<string> = new Set(['rule', 'cidr', 'port', 'group', 'reason', 'expires']);

function parsePin(entry: unknown, number: number): Pin {
  const place = `Entry ${number} of the keep-file`;
  if (!isObject(entry)) throw invalid(`${place} is no object.`);
  const reason = textOf(entry.reason)?.trim() ?? '';
  if (reason === '') throw invalid(`${place} has no "reason".`);
  const expires = textOf(entry.expires);
  if (entry.expires !== undefined && (expires === null || !isDay(expires))) {
    throw invalid(`${place}: "expires" is no day such as 2027-01-31.`);
  }
  const stray = Object.keys(entry).find((key) => !KEYS.has(key));
  if (stray !== undefined) throw invalid(`${place} has a key "${stray}" that is not known.`);
  if (entry.group !== undefined && (textOf(entry.group) === null || entry.rule !== undefined)) {
    throw invalid(`${place}: "group" is the id of a group, beside "cidr" or "port".`);
  }
  const kept = { reason, expires };
  const groupId = textOf(entry.group);
  const named = ['rule', 'cidr', 'port'].filter((key) => entry[key] !== undefined);
  if (named.length !== 1) throw invalid(`${place} names ${named.length} of "rule", "cidr" and "port" instead of one.`);
  if (named[0] === 'rule') {
    const ruleId = textOf(entry.rule);
    if (ruleId === null) throw invalid(`${place}: "rule" is no id.`);
    return { ...kept, kind: 'rule', ruleId };
  }
  if (named[0] === 'cidr') {
    const prefix = parsePrefix(textOf(entry.cidr) ?? '');
    if (prefix === null) throw invalid(`${place}: "cidr" is no block such as 10.0.0.0/16.`);
    return { ...kept, kind: 'cidr', cidr: formatPrefix(prefix), groupId };
  }
  const [, protocol = '', port = ''] = /^(tcp|udp) (\d{1,5})$/.exec(textOf(entry.port) ?? '') ?? [];
  if (!hasPorts(protocolNumber(protocol) ?? -1) || Number(port) > 65_535) {
    throw invalid(`${place}: "port" is no port such as "tcp 443".`);
  }
  return { ...kept, kind: 'port', protocol, port: Number(port), groupId };
}

/** A day that the calendar has. */
const isDay = (text: string): boolean => {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

const invalid = (message: string): FlowfitError =>
  new FlowfitError('keep-invalid', `${message} docs/how-to/tighten-a-group.md shows a keep-file.`);

/**
 * Pins that can count: of rules and groups that exist, and not expired.
 *
 * @param day today, `YYYY-MM-DD`
 * @throws FlowfitError `keep-unknown`, `keep-expired`: to be mended or taken out, never passed over
 */
export function checkPins(pins: readonly Pin[], today: InventorySnapshot, day: string): void {
  const groups = new Set(today.groups.map(({ id }) => id));
  const rules = new Set(today.groups.flatMap((group) => group.rules.map(({ id }) => id)));
  pins.forEach((pin, index) => {
    const place = `Entry ${index + 1} of the keep-file`;
    const unknown = pin.kind === 'rule' ? !rules.has(pin.ruleId) : pin.groupId !== null && !groups.has(pin.groupId);
    if (unknown) {
      const id = pin.kind === 'rule' ? `rule ${pin.ruleId}` : `group ${pin.groupId}`;
      throw new FlowfitError(
        'keep-unknown',
        `${place} names the ${id}, which the newest inventory does not have. Take it out, or mend the id.`,
      );
    }
    if (pin.expires !== null && pin.expires < day) {
      throw new FlowfitError(
        'keep-expired',
        `${place} expired on ${pin.expires} (${pin.reason}). Take it out, or set a later day.`,
      );
    }
  });
}
