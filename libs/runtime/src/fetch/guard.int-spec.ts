import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isVaultError } from '@vaultstream/contracts';
import { GuardedHttp } from './client.ts';
import { Answers, closeAll, serve, type Site, trap } from './loopback.rig.ts';
import { Pools } from './pools.ts';
import { explainRefusal } from './remedy.ts';
import type { GuardedHttpOptions } from './types.ts';

const clients: GuardedHttp[] = [];

function client(options: GuardedHttpOptions): GuardedHttp {
  const made = new GuardedHttp(options);
  clients.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((item) => item.close()));
  await closeAll();
});

/** A site on 127.0.0.1, which stands for a public address, and a trap at the same port of 127.0.0.2. */
async function siteAndTrap(): Promise<{ site: Site; inner: Site }> {
  for (let tries = 0; ; tries += 1) {
    const site = await serve((_request, response) => void response.end('public'));
    try {
      return { site, inner: await trap('127.0.0.2', site.port) };
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

describe('the guard', () => {
  it('S1, S5: no spelling of a literal address reaches a listener', async () => {
    const inner = await trap();
    const http = client({ ports: [inner.port] });
    const hosts = [
      '127.0.0.1',
      '127.1',
      '0',
      '0.0.0.0',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '①②⑦.⓪.⓪.①',
      'localhost',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::1]',
      '[::]',
      '[::7f00:1]',
      'example.com@127.0.0.1',
      '127.0.0.1\\@example.com',
    ];
    for (const host of hosts)
      await expect(http.fetch({ url: `http://${host}:${inner.port}/` })).rejects.toMatchObject({
        name: expect.stringMatching(/^(Refused|InvalidInput)$/),
      });
    await expect(http.fetch({ url: new URL(inner.base) })).rejects.toMatchObject({ name: 'Refused' });
    expect(inner.connections).toBe(0);
  });

  it('S5: the agent itself does not dial a literal that is not on its list', async () => {
    const inner = await trap();
    const pools = new Pools();
    for (const host of ['127.0.0.1', '[::ffff:7f00:1]']) {
      const dispatcher = pools.pinned(`http://${host}:${inner.port}`, ['93.184.216.34']);
      await expect(dispatcher.request({ path: '/', method: 'GET' })).rejects.toThrow('not checked');
    }
    await pools.close();
    expect(inner.connections).toBe(0);
  });

  it('S3: a name that rebinds between requests is resolved once for each and never reaches inside', async () => {
    const { site, inner } = await siteAndTrap();
    const resolver = new Answers((_name, question) => ({ a: [question % 2 === 1 ? '127.0.0.1' : '127.0.0.2'] }));
    const http = client({ resolver, ports: [site.port], allowHosts: ['127.0.0.1'] });
    const url = `http://rebind.example.com:${site.port}/`;
    const outcomes: string[] = [];
    for (let i = 0; i < 50; i += 1)
      outcomes.push(
        await http.fetch({ url }).then(
          (response) => response.body.toString(),
          (error: Error) => error.name,
        ),
      );
    const together = Array.from({ length: 50 }, () =>
      http.fetch({ url }).then(
        (response) => response.body.toString(),
        (error: Error) => error.name,
      ),
    );
    outcomes.push(...(await Promise.all(together)));
    expect(outcomes.filter((outcome) => outcome === 'public')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'Refused')).toHaveLength(50);
    expect(inner.connections).toBe(0);
    expect(resolver.questions).toBe(100);
  });

  it('S3: each hop of a redirect is resolved once, and a hop that rebinds is refused', async () => {
    const { site, inner } = await siteAndTrap();
    const hop = await serve(
      (_request, response) => void response.writeHead(302, { location: `http://b.example.com:${site.port}/` }).end(),
    );
    let secondHop = '127.0.0.1';
    const resolver = new Answers((name) => ({ a: [name === 'a.example.com' ? '127.0.0.1' : secondHop] }));
    const http = client({ resolver, ports: [site.port, hop.port], allowHosts: ['127.0.0.1'] });
    const request = { url: `http://a.example.com:${hop.port}/` };
    expect((await http.fetch(request)).body.toString()).toBe('public');
    expect(resolver.questions).toBe(2);
    secondHop = '127.0.0.2';
    await expect(http.fetch(request)).rejects.toMatchObject({ name: 'Refused', sent: true });
    expect(resolver.questions).toBe(4);
    expect(inner.connections).toBe(0);
  });

  it.each([
    ['A inner', { a: ['127.0.0.1'] }],
    ['A public and A inner', { a: ['93.184.216.34', '10.0.0.1'] }],
    ['A public and AAAA loopback', { a: ['93.184.216.34'], aaaa: ['::1'] }],
    ['AAAA that carries an inner address', { aaaa: ['64:ff9b::a9fe:a9fe'] }],
  ])('S4: refuses a name with %s', async (_name, answer) => {
    const inner = await trap();
    const http = client({ resolver: new Answers(() => answer), ports: [inner.port] });
    const attempt = http.fetch({ url: `http://mixed.example.com:${inner.port}/` });
    await expect(attempt).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('mixed.example.com'),
    });
    expect(inner.connections).toBe(0);
  });

  it('S25: refuses a name that resolves to an address of our own', async () => {
    const http = client({ resolver: new Answers(() => ({ a: ['93.184.216.34'] })), ownAddresses: ['93.184.216.0/24'] });
    await expect(http.fetch({ url: 'http://us.example.com/' })).rejects.toMatchObject({ name: 'Refused' });
  });

  it('keeps connections alive for the same origin and the same addresses', async () => {
    const site = await serve((_request, response) => void response.end('x'));
    const resolver = new Answers((_name, question) => ({
      a: ['127.0.0.1', '127.0.0.3'].slice(0, question === 4 ? 2 : 1),
    }));
    const http = client({ resolver, ports: [site.port], allowHosts: ['127.0.0.0/8'] });
    for (let i = 0; i < 3; i += 1) {
      await http.fetch({ url: `http://site.example.com:${site.port}/${i}` });
      await setImmediate(); // undici gives a connection free one turn of the event loop after the answer
    }
    expect(site.connections).toBe(1);
    await http.fetch({ url: `http://site.example.com:${site.port}/` });
    expect(site.connections).toBe(2);
  });

  it('reaches a name that an operator listed, wherever it leads', async () => {
    const site = await serve((request, response) => void response.end(request.headers.host));
    const http = client({ resolver: new Answers(() => ({ a: ['127.0.0.1'] })), allowHosts: [`hooks:${site.port}`] });
    expect((await http.fetch({ url: `http://hooks:${site.port}/` })).body.toString()).toBe(`hooks:${site.port}`);
  });

  it('resolves localhost by the system when an operator listed it', async () => {
    const site = await serve((_request, response) => void response.end('x'));
    const http = client({ allowHosts: [`localhost:${site.port}`] });
    expect((await http.fetch({ url: `http://localhost:${site.port}/` })).status).toBe(200);
  });
});

describe('the remedy for a name that leads inside', () => {
  const resolving = (answers: Record<string, string[]>) =>
    client({
      ports: [80],
      ownAddresses: [],
      resolver: { resolve4: async (name) => answers[name] ?? [], resolve6: async () => [] },
    });

  it.each([
    ['a machine at home', ['192.168.1.20'], 'nas.example.org:80'],
    ['a machine at home beside a public address', ['192.0.32.1', '10.0.0.5'], 'nas.example.org:80'],
    ['where a cloud keeps its credentials', ['169.254.169.254'], null],
    ['a machine at home and credentials', ['192.168.1.20', '169.254.169.254'], null],
  ])('of %s', async (_, addresses, entry) => {
    const http = resolving({ 'nas.example.org': addresses });
    const error: unknown = await http.fetch({ url: 'http://nas.example.org/' }).catch((thrown: unknown) => thrown);
    if (!isVaultError(error)) throw error;
    expect(error.name).toBe('Refused');
    const line = / FETCH_ALLOW_HOSTS=(\S+) /.exec(explainRefusal(error))?.[1] ?? null;
    expect(line).toBe(entry);
  });

  it('is not told where a stranger redirects to', async () => {
    const site = await serve(
      (_request, response) => void response.writeHead(302, { location: 'http://nas.lan/' }).end(),
    );
    const http = client({ hostOverrides: new Map([['stranger.example.com', site.base]]) });
    const error: unknown = await http.fetch({ url: 'http://stranger.example.com/' }).catch((thrown: unknown) => thrown);
    if (!isVaultError(error)) throw error;
    expect([error.name, explainRefusal(error)]).toEqual(['Refused', expect.not.stringContaining('FETCH_ALLOW_HOSTS')]);
  });
});
