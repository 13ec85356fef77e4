/** Prefix lists of one account and region: its own, and AWS's. */
import type { PrefixList } from '@flowfit/core/inventory/model';
import { type AccountDraft, inbound, peer } from './draft.ts';
import type { Lists } from './groups.ts';
import type { Site } from './host.ts';
import type { Internet } from './internet.ts';

export function addPrefixLists(draft: AccountDraft, { ranges }: Internet, site: Site): Lists {
  const office = [
    { cidr: ranges.office, description: 'headquarters' },
    ...ranges.officeNeverUsed.map((cidr) => ({ cidr, description: 'closed branch' })),
  ];
  const store = [ranges.objectStore, ranges.objectStoreNeverUsed].map((cidr) => ({ cidr, description: '' }));
  return {
    office: addList(draft, site, 'offices', site.accountId, office, 1),
    objectStore: addList(draft, site, `com.amazonaws.${site.region}.s3`, 'AWS', store, null),
  };
}

export const PARTNERS = 'partners';

/** A list of partners of whom nobody comes, and the rule for them. */
export function addPartners(draft: AccountDraft, { ranges }: Internet, site: Site, groupId: string): void {
  const entries = [{ cidr: ranges.partnersNeverUsed, description: 'former partner' }];
  const list = addList(draft, site, PARTNERS, site.accountId, entries, 1);
  draft.authorize(groupId, inbound('tcp', 9443, peer.list(list)));
}

/** Of lists of the account's own. */
const MAX_ENTRIES = 20;

function addList(
  draft: AccountDraft,
  { region }: Site,
  prefixListName: string,
  ownerId: string,
  entries: PrefixList['entries'],
  version: number | null,
): string {
  const id = draft.id('pl');
  const list: PrefixList = {
    ...{ id, prefixListName, ownerId, region, addressFamily: 'IPv4', version, entries, name: null, tags: {} },
    ...(version !== null && { maxEntries: MAX_ENTRIES }),
  };
  draft.prefixLists.set(id, list);
  return id;
}
