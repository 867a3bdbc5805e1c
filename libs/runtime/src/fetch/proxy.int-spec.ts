import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { Answers, closeAll, serve, trap } from './loopback.rig.ts';

let http: GuardedHttp | undefined;

afterEach(async () => {
  await http?.close();
  await closeAll();
});

describe('behind a proxy', () => {
  it('S24: literals, inner names, ports and schemes are still refused before the proxy hears of them', async () => {
    const proxy = await trap();
    http = new GuardedHttp({ httpProxy: proxy.base.href, httpsProxy: proxy.base.href });
    for (const url of [
      'http://127.0.0.1/',
      'https://[::ffff:7f00:1]/',
      'http://2130706433/',
      'http://169.254.169.254/',
      'http://redis/',
      'https://kubernetes.default.svc/',
      'http://example.com:6379/',
      'http://a@example.com/',
      'file:///etc/passwd',
    ])
      await expect(http.fetch({ url })).rejects.toMatchObject({ name: 'Refused' });
    expect(proxy.connections).toBe(0);
  });

  it('S24: a redirect to a literal is refused', async () => {
    const proxy = await serve(
      (_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    http = new GuardedHttp({ httpProxy: proxy.base.href });
    await expect(http.fetch({ url: 'http://example.com/' })).rejects.toMatchObject({ name: 'Refused', sent: true });
  });

  it('forwards http, with the name unresolved and the limits in force', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(200, {
        'content-type': 'text/plain',
        ...(request.url?.includes('big') ? { x: 'y'.repeat(20_000) } : {}),
      });
      response.end('through the proxy');
    });
    const resolver = new Answers(() => ({}));
    http = new GuardedHttp({ httpProxy: proxy.base.href, resolver });
    const response = await http.fetch({ url: 'http://example.com/a?b' });
    expect([response.body.toString(), response.url]).toEqual(['through the proxy', 'http://example.com/a?b']);
    expect(asked).toEqual(['http://example.com/a?b']);
    expect(resolver.questions).toBe(0);
    await expect(http.fetch({ url: 'http://example.com/big' })).rejects.toMatchObject({ name: 'BadPayload' });
    await expect(http.fetch({ url: 'http://example.com/', maxBytes: 3 })).rejects.toMatchObject({ name: 'BadPayload' });
  });

  it('tunnels https; a proxy that does not connect means that nothing was sent', async () => {
    const tunnels: (string | undefined)[] = [];
    const proxy = await serve(() => {});
    const refusing = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((done) => refusing.listen(0, '127.0.0.1', done));
    const address = refusing.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    http = new GuardedHttp({ httpProxy: proxy.base.href, httpsProxy: `http://127.0.0.1:${port}` });
    await expect(http.fetch({ url: 'https://example.com/' })).rejects.toMatchObject({
      name: 'NetworkError',
      sent: false,
    });
    expect(tunnels).toEqual(['example.com:443']);
    refusing.closeAllConnections();
    await new Promise((done) => refusing.close(done));
  });

  it('sends overridden hosts straight to their base', async () => {
    const proxy = await trap();
    const site = await serve((_request, response) => void response.end('mirror'));
    http = new GuardedHttp({ httpsProxy: proxy.base.href, hostOverrides: new Map([['example.com', site.base]]) });
    expect((await http.fetch({ url: 'https://example.com/' })).body.toString()).toBe('mirror');
    expect(proxy.connections).toBe(0);
  });
});
