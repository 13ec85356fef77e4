/** The same inputs give the same lake: in any order, in any batches, on any number of threads. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Format } from '@flowfit/testkit/account/account';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingest } from './ingest/ingest.ts';
import { addSnapshot } from './inventory/store.ts';
import { type SmallAccount, smallAccount, someGeography, writeObject } from './testing/accounts.ts';
import { type Content, contentOf } from './testing/content.ts';
import { withLake } from './testing/temporary.ts';

interface Way {
  /** Which file a line goes to, by its index. */
  readonly fileOf: readonly number[];
  /** Sorts the files: those of an ingest come in another order than their names say. */
  readonly order: readonly number[];
  /** Files of each ingest. */
  readonly together: number;
  readonly batchBytes: number;
  readonly threads: number;
  /** With which ingest each snapshot comes, counted round; past the last one: alone, after all. */
  readonly inventoryAt: readonly number[];
}

const FILES = 5;

const ways: fc.Arbitrary<Way> = fc.record({
  fileOf: fc.array(fc.integer({ min: 0, max: FILES - 1 }), { minLength: 31, maxLength: 31 }),
  order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: FILES }),
  together: fc.constantFrom(1, 2, 3, 5),
  batchBytes: fc.constantFrom(1, 20_000, 100_000, 1e9),
  threads: fc.constantFrom(1, 2),
  inventoryAt: fc.array(fc.integer({ min: 0, max: FILES }), { minLength: 6, maxLength: 6 }),
});

/** Those that come at a step: the ingests, then the end. */
const snapshotsAt = (account: SmallAccount, way: Way, step: number, ingests: number): InventorySnapshot[] =>
  account.snapshots.filter((_, index) => {
    const at = way.inventoryAt[index % way.inventoryAt.length] ?? 0;
    return at % (ingests + 1) === step;
  });

const fill = async (account: SmallAccount, way: Way): Promise<Content> =>
  await withLake({ threads: way.threads }, async (lake, folder) => {
    const paths = await Promise.all(
      way.order.map(async (file, position) => {
        const lines = account.lines.filter((_, index) => way.fileOf[index % way.fileOf.length] === file);
        return await writeObject(folder, position, account.header, lines);
      }),
    );
    const ingests = Math.ceil(paths.length / way.together);
    for (let step = 0; step < ingests; step++) {
      const some = paths.slice(step * way.together, (step + 1) * way.together);
      const snapshots = snapshotsAt(account, way, step, ingests);
      await ingest(lake, some, { batchBytes: way.batchBytes, geo: someGeography, snapshots });
    }
    for (const snapshot of snapshotsAt(account, way, ingests, ingests)) await addSnapshot(lake, snapshot);
    return await contentOf(lake);
  });

const reference: Way = {
  fileOf: [0],
  order: [0, 1, 2, 3, 4],
  together: FILES,
  batchBytes: 1e9,
  threads: 1,
  inventoryAt: [0],
};

describe('the content of a lake', () => {
  it.each<[Format, number]>([
    ['v2', 1],
    ['alphabetical', 2],
  ])('depends on what was ingested alone (%s)', { timeout: 240_000 }, async (format, seed) => {
    const account = smallAccount(seed, format);
    expect(account.snapshots.length).toBeGreaterThan(6);
    const expected = await fill(account, reference);
    expect(expected.flows.length).toBeGreaterThan(600);
    expect(expected.coverage.length).toBeGreaterThan(10);
    expect(expected.conversations.length).toBeGreaterThan(100);
    await fc.assert(
      fc.asyncProperty(ways, async (way) => {
        expect(await fill(account, way)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});
