import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lake, openLake } from '@flowfit/lake/lake';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../test/sample.ts';
import { type Context, contextOf } from '../context.ts';
import { startServer } from '../start.ts';
import { hostnameOf, isAllowedHost, isLoopback } from './host.ts';

const TOKEN = 'correct-horse-battery';

let folder: string;
let lake: Lake;
let context: Context;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowfit-safety-'));
  lake = await openLake(join(folder, 'lake'), { create: true });
  context = contextOf(lake, { version: '0.0.0' });
});

afterAll(async () => {
  lake.close();
  await rm(folder, { recursive: true, force: true });
});

/** A character of a path as it is, or percent-encoded. */
const spell = (character: string, way: 'plain' | 'lower' | 'upper'): string => {
  if (way === 'plain') return character;
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
  return `%${way === 'upper' ? hex.toUpperCase() : hex}`;
};

const LOCAL = { host: '127.0.0.1:4680' };

describe('where the server listens', () => {
  it('refuses other addresses than loopback without a token', async () => {
    await expect(startServer({ lake, host: '0.0.0.0', port: 0, version: '0' })).rejects.toMatchObject({
      code: 'token-needed',
    });
  });

  it('refuses a token that can be guessed', async () => {
    await expect(
      startServer({ lake, host: '127.0.0.1', port: 0, token: 'secret', version: '0' }),
    ).rejects.toMatchObject({ code: 'token-weak' });
  });

  it('says which port is taken', async () => {
    const first = await startServer({ lake, port: 0, version: '0' });
    await expect(startServer({ lake, port: first.port, version: '0' })).rejects.toMatchObject({ code: 'port-taken' });
    await first.close();
  });

  it('names the address to open, with the token', async () => {
    const server = await startServer({ lake, host: '0.0.0.0', port: 0, token: TOKEN, version: '0' });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/?token=${TOKEN}`);
    await server.close();
  });
});

describe('the Host header', () => {
  it.each([
    ['127.0.0.1:4680', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['[::1]:4680', '::1'],
    ['Flowfit.Example.com:80', 'flowfit.example.com'],
    ['evil.example.com/..', null],
    ['user@127.0.0.1', null],
    ['', null],
  ])('%s names %s', (header, expected) => {
    expect(hostnameOf(header)).toBe(expected);
  });

  it('on loopback is a name of this machine only', () => {
    const rules = { host: '127.0.0.1', allowedHosts: ['flowfit.example.com'] };
    expect(isAllowedHost('localhost', rules)).toBe(true);
    expect(isAllowedHost('flowfit.example.com', rules)).toBe(true);
    expect(isAllowedHost('rebound.example.com', rules)).toBe(false);
    expect(isAllowedHost('192.0.2.7', rules)).toBe(false);
  });

  it('on the network is any address, as rebinding needs a name', () => {
    const rules = { host: '0.0.0.0', allowedHosts: [] };
    expect(isAllowedHost('192.0.2.7', rules)).toBe(true);
    expect(isAllowedHost('rebound.example.com', rules)).toBe(false);
  });

  it('knows loopback in every spelling', () => {
    expect(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '192.0.2.1', 'example.com'].some(isLoopback)).toBe(false);
  });

  it('of another name is refused before any data is read', async () => {
    const app = await makeApp(context);
    const response = await app.inject({ url: '/api/v1/overview', headers: { host: 'rebound.example.com' } });
    expect(response.statusCode).toBe(421);
    expect(response.json()).toMatchObject({ code: 'host-refused' });
    await app.close();
  });
});

describe('requests of other pages', () => {
  it.each([
    [{ origin: 'https://evil.example.com' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('with %j are refused', async (headers) => {
    const app = await makeApp(context);
    const response = await app.inject({ url: '/api/v1/overview', headers: { ...LOCAL, ...headers } });
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ code: 'origin-refused' });
    await app.close();
  });

  it('are refused however the path is spelt: by the route that it leads to', async () => {
    const app = await makeApp(context);
    const headers = { ...LOCAL, origin: 'https://evil.example.com' };
    const path = '/api/v1/overview';
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('plain', 'lower', 'upper'), { minLength: path.length }),
        async (ways) => {
          const url = [...path].map((character, index) => spell(character, ways[index] ?? 'plain')).join('');
          const { statusCode, body } = await app.inject({ url, headers });
          // Either it is no path of the API to the router, and gives a page, or it is refused.
          expect(statusCode === 403 || !body.includes('"inventory"')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    expect((await app.inject({ url: '/%61pi/v1/overview', headers })).statusCode).toBe(403);
    expect((await app.inject({ url: '/%61pi/v1/overview', headers: LOCAL })).body).toContain('"inventory"');
    const restore = await app.inject({ method: 'DELETE', url: '/%61pi/v1/findings/x/dismissal', headers });
    expect(restore.statusCode).toBe(403);
    await app.close();
  });

  it('of this page are answered', async () => {
    const app = await makeApp(context);
    const headers = { ...LOCAL, origin: 'http://127.0.0.1:4680', 'sec-fetch-site': 'same-origin' };
    expect((await app.inject({ url: '/api/v1/overview', headers })).statusCode).toBe(200);
    await app.close();
  });
});

describe('the access token', () => {
  const withToken = () => makeApp(context, { host: '0.0.0.0', token: TOKEN });

  it('is asked for by the API, the page and the description alike', async () => {
    const app = await withToken();
    for (const url of ['/api/v1/overview', '/api/openapi.json', '/', '/groups']) {
      const response = await app.inject({ url, headers: LOCAL });
      expect(response.statusCode).toBe(401);
      expect(response.json()).toMatchObject({ code: 'token-missing' });
    }
    await app.close();
  });

  it('is taken as a bearer, and a wrong one is not', async () => {
    const app = await withToken();
    const ask = (authorization: string) =>
      app.inject({ url: '/api/v1/overview', headers: { ...LOCAL, authorization } });
    expect((await ask(`Bearer ${TOKEN}`)).statusCode).toBe(200);
    expect((await ask(`Bearer ${TOKEN}x`)).statusCode).toBe(401);
    expect((await ask('Basic abc')).statusCode).toBe(401);
    await app.close();
  });

  it('moves from the address into a cookie that scripts and other sites do not get', async () => {
    const app = await withToken();
    const opened = await app.inject({ url: `/groups?range=all&token=${TOKEN}`, headers: LOCAL });
    expect(opened.statusCode).toBe(303);
    expect(opened.headers.location).toBe('/groups?range=all');
    const cookie = String(opened.headers['set-cookie']);
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    const headers = { ...LOCAL, cookie: cookie.split(';')[0] ?? '' };
    expect((await app.inject({ url: '/api/v1/overview', headers })).statusCode).toBe(200);
    await app.close();
  });

  it('never redirects to another host', async () => {
    const app = await withToken();
    const opened = await app.inject({ url: `//evil.example.com/?token=${TOKEN}`, headers: LOCAL });
    expect(opened.headers.location ?? '/').toMatch(/^\/(?!\/)/);
    await app.close();
  });
});

describe('headers', () => {
  it('let the page load and send nothing elsewhere, on every answer', async () => {
    const app = await makeApp(context);
    for (const url of ['/', '/api/v1/overview', '/api/v1/nothing']) {
      const { headers } = await app.inject({ url, headers: LOCAL });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
    await app.close();
  });

  it('keep traffic data out of caches', async () => {
    const app = await makeApp(context);
    const { headers } = await app.inject({ url: '/api/v1/overview', headers: LOCAL });
    expect(headers['cache-control']).toBe('no-store');
    await app.close();
  });
});
