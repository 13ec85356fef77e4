import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { getJson } from './client.ts';

/** Answers with these, one after the other; the last one again and again. */
let answers: readonly (readonly [status: number, headers: Record<string, string>])[] = [];
let asked = 0;

beforeEach(() => {
  asked = 0;
  vi.stubGlobal('fetch', async () => {
    const [status, headers] = answers[Math.min(asked, answers.length - 1)] ?? [200, {}];
    asked += 1;
    return Response.json({ code: 'server-busy', message: 'Too many requests.' }, { status, headers });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const BUSY = [503, { 'retry-after': '0.01' }] as const;
const ask = (signal = new AbortController().signal) => getJson('summary', {}, signal);

it('waits for a busy server and asks again', async () => {
  answers = [BUSY, BUSY, [200, {}]];
  await ask();
  expect(asked).toBe(3);
});

it('gives up after some times, with the words of the server', async () => {
  answers = [BUSY];
  await expect(ask()).rejects.toMatchObject({ code: 'server-busy', message: 'Too many requests.' });
  expect(asked).toBe(6);
});

it('asks once where the server does not say when to come again', async () => {
  answers = [[503, {}]];
  await expect(ask()).rejects.toMatchObject({ code: 'server-busy' });
  expect(asked).toBe(1);
});

it('does not wait for an answer that nobody wants any more', async () => {
  answers = [[503, { 'retry-after': '60' }]];
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  await expect(ask(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(asked).toBe(1);
});
