/** Names for ids and addresses, from the newest inventory. */
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { currentTimeline } from '@flowfit/lake/queries/facts';
import type { LakeState } from '@flowfit/lake/state';

export class Directory {
  readonly #groups: ReadonlyMap<string, string>;
  readonly #prefixLists: ReadonlyMap<string, string>;
  readonly #interfaces: ReadonlyMap<string, string>;
  readonly #owners: ReadonlyMap<string, string>;

  constructor(timeline: Timeline) {
    const newest = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
    const instances = new Map(newest.instances.map(({ id, name }) => [id, name]));
    const labels = newest.interfaces.map((one) => [one, labelOf(one, instances)] as const);
    this.#groups = new Map(newest.groups.map(({ id, groupName }) => [id, groupName]));
    this.#prefixLists = new Map(newest.prefixLists.map(({ id, prefixListName }) => [id, prefixListName]));
    this.#interfaces = new Map(labels.flatMap(([{ id }, label]) => (label === null ? [] : [[id, label]])));
    this.#owners = new Map(
      labels.flatMap(([{ id, addresses, publicAddresses }, label]) =>
        [...addresses, ...publicAddresses].map((address) => [address, label ?? id] as const),
      ),
    );
  }

  /** Of a group or prefix list. */
  nameOf(id: string): string | null {
    return this.#groups.get(id) ?? this.#prefixLists.get(id) ?? this.#interfaces.get(id) ?? null;
  }

  /** Who holds an address. Where VPCs overlap, one of them: the name helps the eye, nothing is decided by it. */
  ownerOf(address: string): string | null {
    return this.#owners.get(address) ?? null;
  }
}

const labelOf = (
  { name, instanceId, description }: NetworkInterface,
  instances: ReadonlyMap<string, string | null>,
): string | null =>
  [name, instanceId === null ? null : instances.get(instanceId), description].find((text) => text) ?? null;

const known = new WeakMap<Timeline, Directory>();

/** Made once for each state of the inventory. */
export const directoryOf = async (lake: LakeState): Promise<Directory> => {
  const timeline = await currentTimeline(lake);
  const directory = known.get(timeline) ?? new Directory(timeline);
  known.set(timeline, directory);
  return directory;
};
