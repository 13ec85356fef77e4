import { expect, it } from 'vitest';
import { SharedWork } from './shared.ts';

const askerOf = (client: string) => {
  const controller = new AbortController();
  return { client, signal: controller.signal, leave: () => controller.abort() };
};

it('goes on while one still waits', async () => {
  const [first, second] = [askerOf('a'), askerOf('b')];
  let finish: (result: string) => void = () => undefined;
  const work = new SharedWork<string>(first, () => new Promise((resolve) => (finish = resolve)));
  const answers = [work.join(first), work.join(second)];
  first.leave();
  await expect(answers[0]).rejects.toMatchObject({ name: 'AbortError' });
  expect(work.isStopped).toBe(false);
  finish('done');
  expect(await answers[1]).toBe('done');
  expect(await work.join(askerOf('c'))).toBe('done');
});

it('is stopped when the last has gone', async () => {
  const [first, second] = [askerOf('a'), askerOf('b')];
  let stopped: AbortSignal | undefined;
  let clients: () => Iterable<string> = () => [];
  const work = new SharedWork<string>(first, (those, signal) => {
    [clients, stopped] = [those, signal];
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const answers = [work.join(first), work.join(second)].map((answer) => answer.catch(({ name }: Error) => name));
  expect([...clients()]).toEqual(['a', 'b']);
  first.leave();
  expect([[...clients()], stopped?.aborted]).toEqual([['b'], false]);
  second.leave();
  expect([stopped?.aborted, work.isStopped]).toEqual([true, true]);
  expect(await Promise.all(answers)).toEqual(['AbortError', 'AbortError']);
});

it('is kept once it is done, whoever goes then', async () => {
  const first = askerOf('a');
  const work = new SharedWork(first, async () => 'done');
  await work.join(first);
  first.leave();
  expect(work.isStopped).toBe(false);
});
