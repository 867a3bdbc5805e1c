import { afterEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { surelyNotSent } from './errors.ts';
import { closeAll, serve, type Site, trap } from './loopback.rig.ts';

let http: GuardedHttp | undefined;

afterEach(async () => {
  await http?.close();
  await closeAll();
});

interface Seen {
  method: string | undefined;
  path: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** A site whose paths redirect by the table; any other path answers 200 and is remembered. */
async function redirecting(
  table: Record<string, [status: number, location: string]>,
): Promise<Site & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const site = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, path: request.url, headers: request.headers, body });
      const [status, location] = table[request.url ?? ''] ?? [];
      if (status === undefined) response.end('end');
      else response.writeHead(status, { location }).end();
    });
  });
  return Object.assign(site, { seen });
}

function through(...sites: [host: string, site: Site][]): GuardedHttp {
  http = new GuardedHttp({ hostOverrides: new Map(sites.map(([host, site]) => [host, site.base])) });
  return http;
}

describe('redirects', () => {
  it.each([
    ['a private address', 302, (port: number) => `http://127.0.0.1:${port}/`],
    ['credentials and a private address', 307, (port: number) => `http://user:pass@127.0.0.1:${port}/`],
    ['an address without a scheme', 302, () => '//169.254.169.254/'],
    ['backslashes', 302, () => '\\\\169.254.169.254/'],
    ['a mapped address', 308, (port: number) => `http://[::ffff:7f00:1]:${port}/`],
    ['a number', 301, (port: number) => `http://2130706433:${port}/`],
    ['an inner name', 303, (port: number) => `http://localhost:${port}/`],
    ['a file', 302, () => 'file:///etc/passwd'],
    ['another port', 302, (port: number) => `http://example.com:${port}/`],
    ['plain http after https', 302, () => 'http://other.example.com/'],
  ])('S6: does not follow to %s', async (_name, status, location) => {
    const inner = await trap();
    const site = await redirecting({ '/': [status, location(inner.port)] });
    const attempt = through(['a.example.com', site]).fetch({ url: 'https://a.example.com/' });
    await expect(attempt).rejects.toMatchObject({ name: expect.stringMatching(/^(Refused|BadPayload)$/) });
    expect(surelyNotSent(await attempt.catch((error: unknown) => error))).toBe(false);
    expect(inner.connections).toBe(0);
    expect(site.seen).toHaveLength(1);
  });

  it('S6: follows a relative one and then refuses a private one', async () => {
    const inner = await trap();
    const site = await redirecting({ '/': [302, 'next'], '/next': [302, `http://127.0.0.1:${inner.port}/`] });
    await expect(through(['a.example.com', site]).fetch({ url: 'http://a.example.com/' })).rejects.toMatchObject({
      name: 'Refused',
    });
    expect(inner.connections).toBe(0);
  });

  it('S6: follows five and not six', async () => {
    const site = await redirecting(Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`/${i}`, [302, `/${i + 1}`]])));
    const client = through(['a.example.com', site]);
    const response = await client.fetch({ url: 'http://a.example.com/2' });
    expect(response.url).toBe('http://a.example.com/7');
    expect(response.redirects).toEqual([2, 3, 4, 5, 6].map((i) => `http://a.example.com/${i}`));
    await expect(client.fetch({ url: 'http://a.example.com/1' })).rejects.toMatchObject({ name: 'BadPayload' });
    await expect(client.fetch({ url: 'http://a.example.com/6', maxRedirects: 0 })).rejects.toMatchObject({
      name: 'BadPayload',
    });
  });

  it('S6: ends a loop at once', async () => {
    const site = await redirecting({ '/': [302, '/b'], '/b': [302, '/'] });
    await expect(through(['a.example.com', site]).fetch({ url: 'http://a.example.com/' })).rejects.toThrow('loop');
    expect(site.seen).toHaveLength(2);
  });

  it.each([300, 304, 305])('S6: does not follow %d', async (status) => {
    const site = await redirecting({ '/': [status, '/next'] });
    expect((await through(['a.example.com', site]).fetch({ url: 'http://a.example.com/' })).status).toBe(status);
    expect(site.seen).toHaveLength(1);
  });

  it('S6: ignores a Refresh header', async () => {
    const inner = await trap();
    const site = await serve(
      (_request, response) =>
        void response.writeHead(200, { refresh: `0;url=${inner.base.href}` }).end('<meta http-equiv=refresh>'),
    );
    expect((await through(['a.example.com', site]).fetch({ url: 'http://a.example.com/' })).status).toBe(200);
    expect(inner.connections).toBe(0);
  });

  it('P12: gives a redirect back instead of following it when asked', async () => {
    const site = await redirecting({ '/': [308, '/next'] });
    const response = await through(['a.example.com', site]).fetch({
      url: 'http://a.example.com/',
      method: 'POST',
      body: 'x',
      redirect: 'manual',
    });
    expect([response.status, response.headers['location']]).toEqual([308, '/next']);
    expect(site.seen).toHaveLength(1);
  });

  it('S22: takes no credentials to another origin, not even back home', async () => {
    const a = await redirecting({ '/': [302, 'http://b.example.com/'] });
    const b = await redirecting({ '/': [302, 'http://a.example.com/end'] });
    const headers = {
      Authorization: 'Bearer x',
      Cookie: 's=1',
      'X-Api-Key': 'k',
      Accept: 'text/html',
      'User-Agent': 'me',
    };
    await through(['a.example.com', a], ['b.example.com', b]).fetch({ url: 'http://a.example.com/', headers });
    expect(a.seen[0]?.headers).toMatchObject({ authorization: 'Bearer x', cookie: 's=1', 'x-api-key': 'k' });
    for (const later of [b.seen[0], a.seen[1]]) {
      expect(later?.headers).toMatchObject({ accept: 'text/html', 'user-agent': 'me' });
      expect(Object.keys(later?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
      expect(later?.headers).not.toHaveProperty('cookie');
      expect(later?.headers).not.toHaveProperty('x-api-key');
    }
  });

  it('S22: keeps credentials within an origin', async () => {
    const site = await redirecting({ '/': [302, '/next'] });
    await through(['a.example.com', site]).fetch({ url: 'http://a.example.com/', headers: { cookie: 's=1' } });
    expect(site.seen[1]?.headers).toMatchObject({ cookie: 's=1' });
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [301, 'PUT', 'PUT', 'data'],
    [307, 'POST', 'POST', 'data'],
    [308, 'POST', 'POST', 'data'],
  ] as const)('a %d turns %s into %s', async (status, method, next, body) => {
    const site = await redirecting({ '/': [status, '/next'] });
    const given = method === 'HEAD' ? {} : { body: 'data', headers: { 'content-type': 'text/plain' } };
    await through(['a.example.com', site]).fetch({ url: 'http://a.example.com/', method, ...given });
    expect(site.seen[1]).toMatchObject({ method: next, body });
    expect(site.seen[1]?.headers['content-type']).toBe(body === '' ? undefined : 'text/plain');
  });

  it('reads a Location in UTF-8', async () => {
    const site = await redirecting({ '/': [302, Buffer.from('/页').toString('latin1')] });
    const response = await through(['a.example.com', site]).fetch({ url: 'http://a.example.com/' });
    expect(response.url).toBe('http://a.example.com/%E9%A1%B5');
  });
});

describe('host overrides', () => {
  it('send to the base, under its path, and keep the public address in the answer', async () => {
    const site = await redirecting({});
    http = new GuardedHttp({ hostOverrides: new Map([['API.example.com', new URL('/mirror/', site.base)]]) });
    const response = await http.fetch({ url: 'https://api.example.com/bot/send?x=1' });
    expect(response.url).toBe('https://api.example.com/bot/send?x=1');
    expect(site.seen[0]?.path).toBe('/mirror/bot/send?x=1');
    expect(site.seen[0]?.headers).toMatchObject({ host: site.base.host, 'x-forwarded-host': 'api.example.com' });
  });

  it('do not open the base itself, nor its other names', async () => {
    const site = await redirecting({});
    const client = through(['a.example.com', site]);
    await expect(client.fetch({ url: site.base.href })).rejects.toMatchObject({ name: 'Refused' });
    await expect(client.fetch({ url: `http://localhost:${site.port}/` })).rejects.toMatchObject({ name: 'Refused' });
    expect(site.connections).toBe(0);
  });

  it('carry redirects to the public name and to the base', async () => {
    const table: Record<string, [number, string]> = { '/m/': [302, 'https://a.example.com/two'] };
    const site = await redirecting(table);
    table['/m/two'] = [302, `${site.base.origin}/m/three`];
    http = new GuardedHttp({ hostOverrides: new Map([['a.example.com', new URL('/m', site.base)]]) });
    expect((await http.fetch({ url: 'https://a.example.com/' })).url).toBe('https://a.example.com/three');
    expect(site.seen.map((item) => item.path)).toEqual(['/m/', '/m/two', '/m/three']);
  });
});
