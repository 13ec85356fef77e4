/** One answer of an AWS command, and what its items have in common. */
import { canonicalAddress } from '../../net/address.ts';
import { formatPrefix, parsePrefix } from '../../net/prefix.ts';
import type { Draft } from '../draft.ts';
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts';
import type { Tagged } from '../model.ts';

export interface Answer {
  readonly source: string;
  readonly json: JsonObject;
}

/** A command whose answer can be read: recognised by the key that holds its list. */
export interface Command {
  /** As in `aws ec2 <name>`. */
  readonly name: string;
  /** The key of the answer that holds the items. */
  readonly key: string;
  /** Tells apart commands that share a key. */
  readonly recognises?: (items: readonly JsonObject[], answer: JsonObject) => boolean;
  readonly read: (items: readonly JsonObject[], answer: Answer, draft: Draft) => void;
}

/** The id of an item; null, and a problem, where it is missing. */
export const idOf = (item: JsonObject, key: string, command: string, answer: Answer, draft: Draft): string | null => {
  const id = textOf(item[key]);
  if (id === null) {
    const keys = Object.keys(item).slice(0, 8).join(', ') || 'none';
    draft.report(answer.source, 'inventory-item', `An item of ${command} has no ${key} (its keys: ${keys}).`);
  }
  return id;
};

/** `TagSet` and `Tags` have the same shape. */
export const tagsOf = (list: unknown): Tagged => {
  const tags = objectsOf(list).flatMap(({ Key, Value }) =>
    typeof Key === 'string' ? [[Key, `${Value ?? ''}`] as const] : [],
  );
  tags.sort(([a], [b]) => (a < b ? -1 : 1));
  return { name: textOf(tags.find(([key]) => key === 'Name')?.[1]), tags: Object.fromEntries(tags) };
};

/** `arn:aws:ec2:eu-west-1:111122223333:security-group/sg-…` → `eu-west-1` */
export const regionOfArn = (arn: unknown): string | null => textOf(textOf(arn)?.split(':')[3]);

/** `eu-west-1a`, `us-west-2-lax-1a` (Local Zone), `us-east-1-wl1-bos-wlz-1` (Wavelength) → the region before it. */
export const regionOfZone = (zone: unknown): string | null =>
  /^[a-z]+(?:-[a-z]+)+-\d+/.exec(textOf(zone) ?? '')?.[0] ?? null;

/** The canonical text of an address, a list of one or none; what is no address is reported. */
export const addressesOf = (value: unknown, owner: string, answer: Answer, draft: Draft): readonly string[] =>
  canonical(value, 'address', canonicalAddress, owner, answer, draft);

const canonicalPrefix = (text: string): string | null => {
  const prefix = parsePrefix(text);
  return prefix === null ? null : formatPrefix(prefix);
};

/** The canonical CIDR of a prefix, a list of one or none; what is no prefix is reported. */
export const prefixesOf = (value: unknown, owner: string, answer: Answer, draft: Draft): readonly string[] =>
  canonical(value, 'prefix', canonicalPrefix, owner, answer, draft);

const canonical = (
  value: unknown,
  what: string,
  toCanonical: (text: string) => string | null,
  owner: string,
  answer: Answer,
  draft: Draft,
): readonly string[] => {
  const text = textOf(value);
  if (text === null) return [];
  const result = toCanonical(text);
  if (result !== null) return [result];
  draft.report(answer.source, 'inventory-item', `"${text}" of ${owner} is no ${what}.`);
  return [];
};

export const sortedUnique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** A time as the CLI writes it, or as recorded by an SDK (`{"__class__": "datetime", "year": …}`), in ISO 8601, UTC. */
export const timeOf = (value: unknown): string | null => {
  const milliseconds = isObject(value) ? recordedTime(value) : Date.parse(textOf(value) ?? '');
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
};

const recordedTime = (value: JsonObject): number => {
  const [year, month, day, hour, minute, second, microsecond] = [
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
    'microsecond',
  ].map((part) => Number(value[part] ?? 0)) as [number, number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second, microsecond / 1000);
};
