/** The inventory of the simulated account, written as the AWS CLI prints it, is read back as it was. */
import { simulateAccount } from '@flowfit/testkit/account/account';
import { describe as describeState } from '@flowfit/testkit/account/inventory';
import { describe, expect, it } from 'vitest';
import { readInventory } from './read.ts';

describe('the simulated account', () => {
  const { snapshots } = simulateAccount({ seed: 7 });

  it('is read back as it was, whatever the files are called', () => {
    for (const snapshot of snapshots) {
      const files = describeState(snapshot).map(({ name, document }, index) => ({
        // Only the entries of a prefix list need their list's id in the name.
        source: name.startsWith('get-managed-prefix-list-entries') ? name : `${index}.txt`,
        text: JSON.stringify(document, null, 4),
      }));
      const read = readInventory(files, { capturedAt: snapshot.capturedAt });
      expect(read.problems).toEqual([]);
      expect(read.snapshot).toEqual(snapshot);
    }
  });

  it('has every kind of thing in it', () => {
    for (const list of ['interfaces', 'groups', 'prefixLists', 'vpcs', 'subnets', 'instances', 'peerings'] as const) {
      expect(snapshots[0]?.[list].length, list).toBeGreaterThan(0);
    }
  });
});
