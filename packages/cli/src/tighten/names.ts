/** Names that people know things by, from the newest inventory. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';

export interface Names {
  /** By name; the id where there is none. */
  readonly group: (id: string) => string;
  readonly interface: (id: string) => string;
  /** An address, with whom it belongs to where the inventory tells. */
  readonly address: (text: string) => string;
}

export const namesOf = ({ groups, interfaces, instances }: InventorySnapshot): Names => {
  const groupNames = new Map(groups.map(({ id, groupName }) => [id, groupName]));
  const instanceNames = new Map(instances.map(({ id, name }) => [id, name]));
  const labels = new Map(
    interfaces.map(({ id, name, instanceId, description }) => {
      const ofInstance = instanceId === null ? null : instanceNames.get(instanceId);
      return [id, [name, ofInstance, description].find((text) => text) ?? ''];
    }),
  );
  const holders = new Map(
    interfaces.flatMap(({ id, addresses, publicAddresses }) =>
      [...addresses, ...publicAddresses].map((address) => [address, labels.get(id) || id]),
    ),
  );
  const named = (name: string | undefined, id: string) => (name ? `${name} (${id})` : id);
  return {
    group: (id) => groupNames.get(id) || id,
    interface: (id) => named(labels.get(id), id),
    address: (text) => (holders.has(text) ? `${text} (${holders.get(text)})` : text),
  };
};
