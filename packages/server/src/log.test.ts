/** What the log says, and what it must not say. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp, makeSample, type Sample } from '../test/sample.ts';
import type { App } from './context.ts';
import type { Log } from './log.ts';

const TOKEN = 'correct-horse-battery';
const HEADERS = { host: '127.0.0.1:4680' };

let sample: Sample;
beforeAll(async () => {
  sample = await makeSample();
});
afterAll(async () => {
  await sample.remove();
});

const logged = async (options: Partial<Log>, work: (app: App) => Promise<void>, token: string | null = null) => {
  const lines: string[] = [];
  const log: Log = { level: 'debug', form: 'json', write: (line) => void lines.push(line), ...options };
  const app = await makeApp(sample.context, { log, token });
  app.get('/api/v1/broken', () => {
    throw new TypeError('a defect');
  });
  await work(app);
  await app.close();
  return lines.join('');
};

describe('the token', () => {
  it.each(['json', 'text'] as const)('is in no line of the log, whichever way it came: %s', async (form) => {
    const text = await logged(
      { form },
      async (app) => {
        await app.listen({ host: '127.0.0.1', port: 0 });
        const get = (url: string, headers = {}) => app.inject({ url, headers: { ...HEADERS, ...headers } });
        await get(`/?token=${TOKEN}&range=all`);
        await get(`/groups?range=all&%74oken=${TOKEN}`);
        await get(`/api/v1/overview?token=${TOKEN}`);
        await get('/api/v1/overview', { authorization: `Bearer ${TOKEN}` });
        await get('/api/v1/broken', { cookie: `flowfit-token=${TOKEN}` });
        await get('/api/v1/nothing', { cookie: `flowfit-token=${TOKEN}`, referer: `http://127.0.0.1/?token=${TOKEN}` });
        await sendBytes(app, `GET / HTTP/1.1\r\nbad header ${TOKEN}\r\n\r\n`);
      },
      TOKEN,
    );
    expect(text).toContain('/api/v1/broken');
    expect(text).toContain('/groups?range=all&token=…');
    expect(text).toContain('no request could be read');
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain([...Buffer.from(TOKEN)].join(','));
  });
});

const sendBytes = async (app: App, bytes: string): Promise<string> => {
  const { port } = app.server.address() as { readonly port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return await text(socket);
};

describe('a defect', () => {
  it('is in the log under the id that the answer names', async () => {
    let reqId = '';
    const text = await logged({ level: 'warn' }, async (app) => {
      const response = await app.inject({ url: '/api/v1/broken?where=action%20%3D%20ACCEPT', headers: HEADERS });
      expect(response.statusCode).toBe(500);
      const { code, message, details } = response.json();
      reqId = details.reqId;
      expect(code).toBe('internal');
      expect(message).toContain(reqId);
      expect(message).not.toContain('a defect');
      expect(response.headers['x-request-id']).toBe(reqId);
    });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 50,
      reqId,
      req: { method: 'GET', url: '/api/v1/broken?where=action%20%3D%20ACCEPT' },
      err: { type: 'TypeError', message: 'a defect', stack: expect.stringContaining('log.test.ts') },
    });
  });

  it('is read by a person on one line and those of the stack', async () => {
    const text = await logged({ level: 'warn', form: 'text' }, async (app) => {
      await app.inject({ url: '/api/v1/broken', headers: HEADERS });
    });
    expect(text).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d error: internal GET \/api\/v1\/broken \(request [0-9a-f]{12}\)\n {2}TypeError: a defect\n {6}at /,
    );
  });
});

it('mistakes of clients are no matter for the log of what went wrong, and name their request all the same', async () => {
  const text = await logged({ level: 'warn' }, async (app) => {
    for (const path of ['top?field=dsport', 'nothing', 'flows?limit=0']) {
      const response = await app.inject({ url: `/api/v1/${path}`, headers: HEADERS });
      expect(response.json().details.reqId).toBe(response.headers['x-request-id']);
    }
  });
  expect(text).toBe('');
});

it('with level info every request is there with its status and time', async () => {
  const text = await logged({ level: 'info', form: 'text' }, async (app) => {
    await app.inject({ url: '/api/v1/overview', headers: HEADERS });
  });
  expect(text).toMatch(/info: .*GET \/api\/v1\/overview/);
  expect(text).toMatch(/info: request completed 200 \d+ ms \(request [0-9a-f]{12}\)/);
});

describe('a client that is slow on purpose', () => {
  const LIMITS = { headSeconds: 0.2, requestSeconds: 0.4, keepAliveSeconds: 0.2 };
  const POST = 'POST /api/v1/findings/x/dismiss HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n';

  it.each([
    ['that never sends anything', ''],
    ['that does not end its head', 'GET /api/v1/overview HTTP/1.1\r\nhost: 127.0.0.1\r\n'],
    ['that does not end its body', `${POST}content-length: 1000\r\n\r\n{"reason":`],
  ])('%s is let go', { timeout: 10_000 }, async (_name, bytes) => {
    const app = await makeApp(sample.context, { timeLimits: LIMITS });
    await app.listen({ host: '127.0.0.1', port: 0 });
    expect(await sendBytes(app, bytes)).toMatch(/^HTTP\/1.1 408 .*"code":"request-slow"/s);
    await app.close();
  });

  it('that sends a byte now and then is let go as well', { timeout: 10_000 }, async () => {
    const app = await makeApp(sample.context, { timeLimits: LIMITS });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as { readonly port: number };
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const answer = text(socket).catch(() => '');
    socket.write(`${POST}content-length: 1000\r\n\r\n`);
    while (!socket.destroyed && !socket.readableEnded) {
      socket.write('x');
      await sleep(50);
    }
    expect(await answer).toMatch(/^(HTTP\/1.1 408 |$)/);
    await app.close();
  });
});
