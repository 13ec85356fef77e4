/** What certificates rest on: the same from the same files in any order, and from a bundle. */
import { join } from 'node:path';
import { toHex } from '@flowfit/core/certificate/digest';
import { leafHash, MerkleHasher, rootOfProof } from '@flowfit/core/certificate/merkle';
import { type ChangeSet, rulesChange } from '@flowfit/core/change/change-set';
import { canonicalJson } from '@flowfit/core/inventory/json';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { describe, expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import type { Lake } from '../lake.ts';
import { newestInventory } from '../observed.ts';
import { streamConversations } from '../queries/conversations.ts';
import { queryLives } from '../queries/coverage.ts';
import { currentTimeline } from '../queries/facts.ts';
import { lakeSpan, type Span } from '../queries/span.ts';
import { streamUndirected } from '../queries/undirected.ts';
import { replayLake } from '../replay.ts';
import type { LakeState } from '../state.ts';
import { smallAccount, someGeography, writeObjects } from '../testing/accounts.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { openBundle, writeBundle } from './bundle.ts';
import { gatherEvidence } from './evidence.ts';
import { digestLines, proveLine, sha256, streamLines, wholeHours } from './lines.ts';

const NONE = { kept: 0, cut: 0, newlyAdmitted: 0, unknown: 0, notToday: 0 };
const account = smallAccount(3, 'alphabetical');

const fill = async (lake: Lake, paths: readonly string[], together: number): Promise<void> => {
  for (let at = 0; at < paths.length; at += together) {
    const snapshots = at === 0 ? account.snapshots : [];
    await ingest(lake, paths.slice(at, at + together), { geo: someGeography, snapshots });
  }
};

const spanOf = async (lake: LakeState): Promise<Span> => (await lakeSpan(lake)) as Span;

const gather = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

/** In an order of its own. */
const sorted = async (rows: AsyncIterable<unknown>): Promise<string[]> =>
  (await gather(rows)).map(canonicalJson).sort();

const rootOf = (lines: readonly string[]): string => {
  const hasher = new MerkleHasher(sha256);
  for (const line of lines) hasher.add(leafHash(line, sha256));
  return toHex(hasher.root());
};

describe('evidence', () => {
  it('is the same from the same files in another order and in other batches', { timeout: 120_000 }, async () => {
    const paths = await writeObjects(await temporaryFolder(), account, 4);
    const [one, other] = [await temporaryLake(), await temporaryLake({ threads: 2 })];
    await fill(one, paths, 4);
    await fill(other, [...paths].reverse(), 1);
    const evidence = await gatherEvidence(one, await spanOf(one), NONE);
    expect(evidence.conversations.count).toBeGreaterThan(100);
    expect(evidence.conversations.days.length).toBeGreaterThan(1);
    expect(evidence.objects.map(({ name }) => name).sort()).toEqual(['0000.log', '0001.log', '0002.log', '0003.log']);
    expect(await gatherEvidence(other, await spanOf(other), NONE)).toEqual(evidence);
  });

  it('is lines of canonical JSON, sorted by hash, one for each conversation', { timeout: 120_000 }, async () => {
    const lake = await temporaryLake();
    await fill(lake, await writeObjects(await temporaryFolder(), account, 1), 1);
    const window = await spanOf(lake);
    const lines = await gather(streamLines(lake, window));
    expect(lines.map((line) => canonicalJson(JSON.parse(line)))).toEqual(lines);
    const leaves = lines.map((line) => toHex(leafHash(line, sha256)));
    expect([...new Set(leaves)].sort()).toEqual(leaves);
    const { count, root, days } = await digestLines(lake, window);
    expect(days.reduce((all, day) => all + day.count, 0)).toBe(count);
    expect(root).toBe(rootOf(lines));
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const conversations = await gather(streamConversations(lake, window));
    expect(rows.filter((row) => !('direction' in row))).toHaveLength(conversations.length);
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    expect(sum(rows.map((row) => row['connections'] as number))).toBe(sum(conversations.map((row) => row.connections)));
  });

  it('proves single lines', { timeout: 120_000 }, async () => {
    const lake = await temporaryLake();
    await fill(lake, await writeObjects(await temporaryFolder(), account, 1), 1);
    const window = await spanOf(lake);
    const { count, root } = await digestLines(lake, window);
    for (const index of [0, 1, Math.floor(count / 2), count - 1]) {
      const proof = await proveLine(streamLines(lake, window), index, count);
      expect(proof && toHex(rootOfProof(proof, sha256)!)).toBe(root);
    }
    expect(await proveLine(streamLines(lake, window), 0, count + 1)).toBeNull();
  });
});

/** Interfaces that are there at the beginning and at the end of a window: what lives are asked for. */
const steadyIn = async (state: LakeState, window: Span): Promise<string[][]> => {
  const { existedFrom, existedUntil } = await queryLives(state, window);
  const ids = [...existedFrom.keys()].sort();
  return [
    ids.filter((id) => (existedFrom.get(id) as number) <= window.from + 3600),
    ids.filter((id) => (existedUntil.get(id) as number) >= window.to - 3600),
  ];
};

/** Every other rule of every group goes. */
const halved = (today: InventorySnapshot): ChangeSet =>
  rulesChange(today, new Map(today.groups.map(({ id, rules }) => [id, rules.filter((_, index) => index % 2 === 0)])));

describe('a bundle', () => {
  /** A window that begins and ends within hours and days, so that the lake has more than the bundle. */
  it.each([0, 1])('gives what the lake gives (%i hours cut off at each end)', { timeout: 120_000 }, async (hours) => {
    const lake = await temporaryLake();
    await fill(lake, await writeObjects(await temporaryFolder(), account, 2), 2);
    const all = await spanOf(lake);
    const window = { from: all.from + hours * 3600 + hours * 7, to: all.to - hours * 3600 };
    const path = join(await temporaryFolder(), 'a [strange] name.parquet');
    await writeBundle(lake, window, path);
    const bundle = await openBundle(path, window);
    try {
      const evidence = await gatherEvidence(lake, window, NONE);
      expect(await gatherEvidence(bundle.lake, window, NONE)).toEqual({ ...evidence, objects: [] });
      expect(await steadyIn(bundle.lake, window)).toEqual(await steadyIn(lake, window));
      const selection = wholeHours(window);
      for (const hourly of [true, false]) {
        const [expected, found] = await Promise.all(
          [lake, bundle.lake].map((state) => sorted(streamConversations(state, selection, { hourly }))),
        );
        expect(found).toEqual(expected);
      }
      // A replay that cuts something, so that it says more than a sum.
      const change = halved(newestInventory(lake));
      const { replay } = await replayLake(lake, window, change);
      expect(replay.connections.kept).toBeGreaterThan(50);
      expect(replay.connections.cut + replay.connections.unknown).toBeGreaterThan(0);
      expect((await replayLake(bundle.lake, window, change)).replay).toEqual(replay);
      const undirected = (state: LakeState) => sorted(streamUndirected(state, currentTimeline(state), selection));
      expect(await undirected(bundle.lake)).toEqual(await undirected(lake));
    } finally {
      await bundle.close();
    }
  });

  it('that is none is refused', async () => {
    const path = join(await temporaryFolder(), 'bundle.parquet');
    const refused = { code: 'bundle-invalid' };
    await expect(openBundle(path, { from: 0, to: 3600 })).rejects.toMatchObject(refused);
    const lake = await temporaryLake();
    await lake.db.run(`COPY (SELECT 1 AS x) TO '${path}' (FORMAT parquet)`);
    await expect(openBundle(path, { from: 0, to: 3600 })).rejects.toMatchObject(refused);
  });
});
