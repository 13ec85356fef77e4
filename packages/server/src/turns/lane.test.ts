import { describe, expect, it } from 'vitest';
import { Lane, type LaneLimits } from './lane.ts';

const laneOf = (limits: Partial<LaneLimits> = {}): Lane =>
  new Lane({ atOnce: 1, waitingAtMost: 100, waitingOfOneClient: 50, waitSeconds: 60, ...limits });

const ticketOf = (client: string, signal = new AbortController().signal) => ({ clients: () => [client], signal });

/** Work that says when it began, and ends when it is told to. */
const stage = () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => async (): Promise<string> => {
    begun.push(name);
    await new Promise<void>((resolve) => ends.push(resolve));
    return name;
  };
  const endNext = async (): Promise<void> => {
    await new Promise(setImmediate);
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  return { begun, work, endNext };
};

describe('a lane', () => {
  it('takes turns between clients, however many requests one of them has', async () => {
    const { begun, work, endNext } = stage();
    const lane = laneOf();
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) =>
      lane.run(ticketOf(name.charAt(0)), work(name)),
    );
    for (const _ of all) await endNext();
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    expect(await Promise.all(all)).toHaveLength(7);
  });

  it('does no more at once than it may', async () => {
    const { begun, work, endNext } = stage();
    const lane = laneOf({ atOnce: 2 });
    const all = [1, 2, 3].map((name) => lane.run(ticketOf('a'), work(`${name}`)));
    await new Promise(setImmediate);
    expect(begun).toEqual(['1', '2']);
    for (const _ of all) await endNext();
    expect(begun).toEqual(['1', '2', '3']);
  });

  it('forgets who goes away while waiting, and keeps the turn of who goes away while working', async () => {
    const { begun, work, endNext } = stage();
    const lane = laneOf();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = lane.run(ticketOf('a', running.signal), work('first'));
    const second = lane.run(ticketOf('a', waiting.signal), work('second'));
    const third = lane.run(ticketOf('a'), work('third'));
    running.abort();
    waiting.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise(setImmediate);
    expect(begun).toEqual(['first']);
    await endNext();
    expect(begun).toEqual(['first', 'third']);
    await endNext();
    await Promise.all([first, third]);
    await lane.idle();
  });

  it('refuses one client before its queue is full, and everybody after', async () => {
    const { work, endNext } = stage();
    const lane = laneOf({ waitingAtMost: 3, waitingOfOneClient: 2 });
    const taken = ['a', 'a', 'a', 'b'].map((client) => lane.run(ticketOf(client), work(client)));
    await expect(lane.run(ticketOf('a'), work('a'))).rejects.toMatchObject({ code: 'server-busy', status: 503 });
    await expect(lane.run(ticketOf('c'), work('c'))).rejects.toMatchObject({ code: 'server-busy' });
    const goesOn = lane.run({ ...ticketOf('c'), goesOn: true }, work('c'));
    for (let turn = 0; turn < 5; turn += 1) await endNext();
    expect(await Promise.all([...taken, goesOn])).toHaveLength(5);
  });

  it('tells who waits too long that it is busy', async () => {
    const { work, endNext } = stage();
    const lane = laneOf({ waitSeconds: 0.01 });
    const first = lane.run(ticketOf('a'), work('first'));
    await expect(lane.run(ticketOf('b'), work('second'))).rejects.toMatchObject({ code: 'server-busy' });
    await endNext();
    await first;
  });

  it('gives shared work the turn of whoever of its clients comes first', async () => {
    const { begun, work, endNext } = stage();
    const lane = laneOf();
    const clients = ['a'];
    const all = [lane.run(ticketOf('a'), work('a1')), lane.run(ticketOf('a'), work('a2'))];
    all.push(lane.run({ ...ticketOf(''), clients: () => clients }, work('shared')));
    all.push(lane.run(ticketOf('c'), work('c1')));
    clients.push('b');
    for (const _ of all) await endNext();
    expect(begun).toEqual(['a1', 'shared', 'c1', 'a2']);
  });

  it('goes on after work that fails', async () => {
    const lane = laneOf();
    const failing = lane.run(ticketOf('a'), async () => {
      throw new Error('no');
    });
    const next = lane.run(ticketOf('a'), async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
