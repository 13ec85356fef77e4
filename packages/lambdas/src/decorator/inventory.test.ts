import { describe, expect, it } from 'vitest';
import { KNOWN, kit, line, networkInterface, snapshot, transformEvent } from '../../test/decorator-kit.ts';
import { INVENTORY_LIMITS } from './inventory.ts';

const eni = (n: number) => `eni-${n.toString(16).padStart(17, '0')}`;
const groupsOf = (results: { 'security-group-ids'?: string[] }[]) => results.map((each) => each['security-group-ids']);

describe('the inventory of the decorator', () => {
  it('asks for the newest snapshot by ETag, at most once a minute', async () => {
    const asked: (string | null)[] = [];
    const { run, clock } = kit({
      newest: async (etag) => {
        asked.push(etag);
        return etag ? 'unchanged' : { snapshot: snapshot([networkInterface(KNOWN)]), etag: '"7"' };
      },
    });
    for (let batch = 0; batch < 3; batch += 1) await run([line(batch)]);
    clock.now += INVENTORY_LIMITS.refreshEvery;
    expect(groupsOf(await run([line(4)]))).toEqual([['sg-0aaaaaaaaaaaaaaaa']]);
    expect(asked).toEqual([null, '"7"']);
  });

  it('matches a record with the state of its own time', async () => {
    let version = 0;
    const { run, clock } = kit({
      newest: async () => {
        version += 1;
        const interfaces = [networkInterface(KNOWN, { groupIds: [`sg-0000000${version}`] })];
        const capturedAt = version === 1 ? '2023-11-14T22:00:00.000Z' : '2023-11-14T22:20:00.000Z';
        return { snapshot: snapshot(interfaces, { capturedAt }), etag: `"${version}"` };
      },
    });
    await run([line(1)]);
    clock.now += INVENTORY_LIMITS.refreshEvery;
    // 22:13:20 and 22:30:00
    const late = line(2).replace('1700000000 1700000060', '1700001000 1700001060');
    expect(groupsOf(await run([line(1), late]))).toEqual([['sg-00000001'], ['sg-00000002']]);
  });

  it('goes on with what it has when the snapshot cannot be read', async () => {
    let broken = false;
    const { run, clock, counts } = kit({
      newest: async () => {
        if (broken) throw new Error('AccessDenied');
        return { snapshot: snapshot([networkInterface(KNOWN)]), etag: '"1"' };
      },
    });
    await run([line(1)]);
    broken = true;
    clock.now += INVENTORY_LIMITS.refreshEvery;
    expect(groupsOf(await run([line(2)]))).toEqual([['sg-0aaaaaaaaaaaaaaaa']]);
    expect(counts['InventoryUnreadable']).toBe(1);
  });

  it('lets records through without groups before the first snapshot', async () => {
    const { run, logged } = kit({ newest: async () => null });
    const [result] = await run([line(1)]);
    expect(result).toMatchObject({ srcaddr: '8.8.4.1' });
    expect(result).not.toHaveProperty('security-group-ids');
    expect(logged[0]?.message).toMatch('no inventory yet');
  });

  it('looks up all unknown interfaces of a batch with one call, and each only once', async () => {
    const { run, lookups } = kit({
      find: async (ids) => ids.filter((id) => id !== eni(2)).map((id) => networkInterface(id)),
    });
    const batch = [eni(1), eni(2), KNOWN, eni(1), eni(3)].map((id, n) => line(n, { id }));
    const groups = groupsOf(await run(batch));
    expect(groups.map((each) => each?.length)).toEqual([1, undefined, 1, 1, 1]);
    expect(await run(batch)).toHaveLength(5);
    expect(lookups).toEqual([[eni(1), eni(2), eni(3)]]);
  });

  it('asks again for an interface that was unknown, after a while', async () => {
    const { run, lookups, clock } = kit();
    await run([line(1, { id: eni(1) })]);
    clock.now += INVENTORY_LIMITS.unknownFor;
    await run([line(1, { id: eni(1) })]);
    expect(lookups).toHaveLength(2);
  });

  it('rests when EC2 throttles, and records go on without groups', async () => {
    const { run, lookups, clock, counts } = kit({
      find: async () => {
        throw new Error('RequestLimitExceeded');
      },
    });
    for (let n = 0; n < 5; n += 1) expect(await run([line(n, { id: eni(n) })])).toHaveLength(1);
    expect(lookups).toHaveLength(1);
    clock.now += INVENTORY_LIMITS.restAfterFailure;
    await run([line(1, { id: eni(1) })]);
    expect(lookups).toHaveLength(2);
    expect(counts['InterfaceLookupsFailed']).toBe(2);
  });

  it('asks for no more than one filter takes, and for nothing that is no interface id', async () => {
    const { run, lookups } = kit();
    await run([
      ...Array.from({ length: 500 }, (_, n) => line(n, { id: eni(n) })),
      line(1, { id: 'eni-*' }),
      line(2, { id: '-' }),
    ]);
    expect(lookups).toHaveLength(1);
    expect(lookups[0]).toHaveLength(INVENTORY_LIMITS.lookup);
  });

  it('makes one call for two batches at once', async () => {
    const { decorate, lookups } = kit({ find: async (ids) => ids.map((id) => networkInterface(id)) });
    const event = transformEvent([line(1, { id: eni(1) })]);
    await Promise.all([decorate(event), decorate(event), decorate(event)]);
    expect(lookups).toHaveLength(1);
  });
});
