/** Snapshots as documents: equal states give equal text, and text that is no snapshot is refused with a reason. */
import { canonicalJson, isObject, type JsonObject, textOf } from './json.ts';
import type { InventorySnapshot } from './model.ts';

export const SNAPSHOT_SCHEMA = 'flowfit.inventory/1';

/** The lists of a snapshot, each sorted by id. */
export const SNAPSHOT_LISTS = [
  'interfaces',
  'groups',
  'prefixLists',
  'vpcs',
  'subnets',
  'instances',
  'peerings',
  'flowLogs',
] as const satisfies readonly (keyof InventorySnapshot)[];

export const emptySnapshot = (capturedAt: string): InventorySnapshot => ({
  schema: SNAPSHOT_SCHEMA,
  capturedAt,
  interfaces: [],
  groups: [],
  prefixLists: [],
  vpcs: [],
  subnets: [],
  instances: [],
  peerings: [],
  flowLogs: [],
});

/** One line of JSON with sorted keys. `parseSnapshot` reads it back. */
export const serializeSnapshot = (snapshot: InventorySnapshot): string => `${canonicalJson(snapshot)}\n`;

/** `snapshot-newer`: written by a newer version of the program. `snapshot-invalid`: anything else that does not fit. */
export type SnapshotErrorCode = 'snapshot-newer' | 'snapshot-invalid';

export type ParsedSnapshot =
  | { readonly ok: true; readonly snapshot: InventorySnapshot }
  | { readonly ok: false; readonly error: { readonly code: SnapshotErrorCode; readonly message: string } };

const refuse = (code: SnapshotErrorCode, message: string): ParsedSnapshot => ({ ok: false, error: { code, message } });

/** Reads what `serializeSnapshot` wrote. */
export const parseSnapshot = (text: string): ParsedSnapshot => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refuse('snapshot-invalid', 'The snapshot is not JSON. Restore the file, or add the inventory again.');
  }
  if (!isObject(document)) return refuse('snapshot-invalid', 'The snapshot is not a JSON object.');
  const schema = /^flowfit\.inventory\/(\d+)$/.exec(textOf(document.schema) ?? '');
  if (schema === null) {
    return refuse('snapshot-invalid', `The snapshot does not begin with "schema": "${SNAPSHOT_SCHEMA}".`);
  }
  if (schema[1] !== '1') {
    return refuse(
      'snapshot-newer',
      `The snapshot has schema ${schema[0]}; this version reads ${SNAPSHOT_SCHEMA}. Update Flowfit.`,
    );
  }
  const fault = faultOf(document);
  return fault === null
    ? { ok: true, snapshot: document as unknown as InventorySnapshot }
    : refuse('snapshot-invalid', `${fault} Restore the file, or add the inventory again.`);
};

const faultOf = (document: JsonObject): string | null => {
  const capturedAt = textOf(document.capturedAt);
  if (capturedAt === null || Number.isNaN(Date.parse(capturedAt))) return '"capturedAt" is not a time.';
  for (const list of SNAPSHOT_LISTS) {
    const items = document[list];
    if (!Array.isArray(items)) return `"${list}" is not a list.`;
    const bad = items.findIndex((item) => faultOfItem(list, item));
    if (bad >= 0) return `Item ${bad + 1} of "${list}" lacks a part.`;
  }
  return null;
};

const LISTS_OF_ITEMS: Readonly<Partial<Record<(typeof SNAPSHOT_LISTS)[number], readonly string[]>>> = {
  interfaces: ['groupIds', 'addresses', 'prefixes', 'publicAddresses'],
  groups: ['rules'],
  vpcs: ['cidrs'],
  subnets: ['cidrs'],
};

/** Only what would make the program fail later: ids, and the lists that are walked. */
const faultOfItem = (list: (typeof SNAPSHOT_LISTS)[number], item: unknown): boolean =>
  !isObject(item) ||
  textOf(item.id) === null ||
  (LISTS_OF_ITEMS[list] ?? []).some((name) => !Array.isArray(item[name])) ||
  (list === 'groups' && (item.rules as unknown[]).some((rule) => !isObject(rule) || !isObject(rule.peer)));
