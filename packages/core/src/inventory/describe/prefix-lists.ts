/** Three commands about prefix lists; two of them share the key `PrefixLists`. */
import type { Draft } from '../draft.ts';
import { integerOf, type JsonObject, textOf } from '../json.ts';
import type { PrefixList } from '../model.ts';
import { type Answer, type Command, idOf, prefixesOf, regionOfArn, tagsOf } from './answer.ts';

/** describe-prefix-lists says no more of a list than its id, name and ranges. */
const listsServices = (items: readonly JsonObject[]): boolean =>
  items.length > 0 && items.every((item) => Object.keys(item).every((key) => SERVICE_KEYS.has(key)));

const SERVICE_KEYS: ReadonlySet<string> = new Set(['PrefixListId', 'PrefixListName', 'Cidrs']);

export const managedPrefixLists: Command = {
  name: 'describe-managed-prefix-lists',
  key: 'PrefixLists',
  recognises: (items) => !listsServices(items),
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'PrefixListId', 'describe-managed-prefix-lists', answer, draft);
      if (id === null) continue;
      draft.prefixLists.put(answer.source, {
        id,
        prefixListName: textOf(item.PrefixListName) ?? '',
        ownerId: textOf(item.OwnerId),
        region: regionOfArn(item.PrefixListArn),
        addressFamily: textOf(item.AddressFamily),
        version: integerOf(item.Version),
        ...maxEntriesOf(integerOf(item.MaxEntries)),
        entries: null,
        ...tagsOf(item.Tags),
      });
    }
  },
};

const maxEntriesOf = (maxEntries: number | null) => (maxEntries === null ? {} : { maxEntries });

/** `com.amazonaws.us-east-1.s3`: the lists of gateway endpoints, with their ranges. */
export const servicePrefixLists: Command = {
  name: 'describe-prefix-lists',
  key: 'PrefixLists',
  recognises: listsServices,
  read: (items, answer, draft) => {
    for (const item of items) {
      const id = idOf(item, 'PrefixListId', 'describe-prefix-lists', answer, draft);
      if (id === null) continue;
      const prefixListName = textOf(item.PrefixListName) ?? '';
      const cidrs = Array.isArray(item.Cidrs) ? item.Cidrs.flatMap((cidr) => prefixesOf(cidr, id, answer, draft)) : [];
      draft.servicePrefixLists.put(answer.source, {
        id,
        prefixListName,
        ownerId: 'AWS',
        region: /^com\.amazonaws\.([a-z]+(?:-[a-z]+)+-\d+)\./.exec(prefixListName)?.[1] ?? null,
        addressFamily: familyOf(cidrs),
        version: null,
        entries: cidrs.length === 0 ? null : cidrs.sort().map((cidr) => ({ cidr, description: '' })),
        ...tagsOf([]),
      });
    }
  },
};

const familyOf = (cidrs: readonly string[]): string | null =>
  cidrs[0] === undefined ? null : cidrs[0].includes(':') ? 'IPv6' : 'IPv4';

/**
 * The answer does not name its list. Either a `PrefixListId` was put beside `Entries`, or the name of the file says it:
 * the only case in which a file name counts.
 */
const listIdOf = (answer: Answer): string | null =>
  textOf(answer.json.PrefixListId) ?? answer.source.match(/pl-[0-9a-f]{8,17}(?![0-9a-z])/g)?.at(-1) ?? null;

export const prefixListEntries: Command = {
  name: 'get-managed-prefix-list-entries',
  key: 'Entries',
  recognises: (items, answer) => 'PrefixListId' in answer || items.every(({ Cidr }) => typeof Cidr === 'string'),
  read: (items, answer, draft) => {
    const id = listIdOf(answer);
    if (id === null) {
      draft.report(
        answer.source,
        'inventory-prefix-list-id',
        `${items.length} entries of a prefix list, but of which? get-managed-prefix-list-entries does not say.`,
      );
      return;
    }
    addEntries(id, items, answer, draft);
  },
};

const addEntries = (id: string, items: readonly JsonObject[], answer: Answer, draft: Draft): void => {
  const entries = draft.prefixListEntries.get(id) ?? new Map<string, string>();
  draft.prefixListEntries.set(id, entries);
  for (const item of items) {
    const description = textOf(item.Description) ?? '';
    for (const cidr of prefixesOf(item.Cidr, id, answer, draft)) {
      // Of two descriptions the greater text is kept, so that the order of pages does not matter.
      if (description >= (entries.get(cidr) ?? '')) entries.set(cidr, description);
    }
  }
};

/** Merges what the three commands say about one list. */
export const mergePrefixList = (id: string, draft: Draft): PrefixList => {
  const managed = draft.prefixLists.get(id);
  const service = draft.servicePrefixLists.get(id);
  const entries = draft.prefixListEntries.get(id);
  return {
    id,
    prefixListName: managed?.prefixListName ?? service?.prefixListName ?? '',
    ownerId: managed?.ownerId ?? service?.ownerId ?? null,
    region: managed?.region ?? service?.region ?? null,
    addressFamily: managed?.addressFamily ?? service?.addressFamily ?? familyOf([...(entries?.keys() ?? [])]),
    version: managed?.version ?? null,
    ...maxEntriesOf(managed?.maxEntries ?? null),
    entries:
      entries === undefined
        ? (service?.entries ?? null)
        : [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([cidr, description]) => ({ cidr, description })),
    name: managed?.name ?? null,
    tags: managed?.tags ?? {},
  };
};
