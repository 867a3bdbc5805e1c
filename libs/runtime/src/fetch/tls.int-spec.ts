import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { Answers } from './loopback.rig.ts';
import { Pools } from './pools.ts';

/** For secure.example.com, signed by itself, valid until 2126. It guards nothing. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+DoQbD1dHK9tWjFv
F7sl/DqknI5jg49WzUNJwRNvh6GhRANCAATMdaXr08jAbKN6/QrbK3gfVHPYcEHY
Ymv0QjJY3+v6x3eLC+Yg4nXviL6C41k/9yLpu0W0DvmyKnvM8v9iaFXI
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBsTCCAVagAwIBAgIUR01GT6A6rDjn9e+BWcaTHhh3FsUwCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSc2VjdXJlLmV4YW1wbGUuY29tMCAXDTI2MTEyMjA0NTYwNVoY
DzIxMjYxMDI5MDQ1NjA1WjAdMRswGQYDVQQDDBJzZWN1cmUuZXhhbXBsZS5jb20w
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATMdaXr08jAbKN6/QrbK3gfVHPYcEHY
Ymv0QjJY3+v6x3eLC+Yg4nXviL6C41k/9yLpu0W0DvmyKnvM8v9iaFXIo3IwcDAd
BgNVHQ4EFgQUVSH0bOM1y7jgrybHN370Ku8r8EswHwYDVR0jBBgwFoAUVSH0bOM1
y7jgrybHN370Ku8r8EswDwYDVR0TAQH/BAUwAwEB/zAdBgNVHREEFjAUghJzZWN1
cmUuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSQAwRgIhAOUkRpeXxq8nmmtgJW+B
UiWbzfsvDt6s2q+NPRJtVX4LAiEAtgfQrUUrtGCmqkOGXYCP5Vp/0VM998pdAvll
mzjIvSs=
-----END CERTIFICATE-----`;

let server: Server;
let port: number;
let requests = 0;

beforeAll(async () => {
  server = createServer({ key, cert }, (_request, response) => {
    requests += 1;
    response.end('secure');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

describe('TLS', () => {
  it('S20: a self-signed certificate is refused, and nothing was sent', async () => {
    const http = new GuardedHttp({
      resolver: new Answers(() => ({ a: ['127.0.0.1'] })),
      ports: [port],
      allowHosts: ['127.0.0.1'],
    });
    const attempt = http.fetch({ url: `https://secure.example.com:${port}/` });
    await expect(attempt).rejects.toMatchObject({
      name: 'NetworkError',
      sent: false,
      message: expect.stringContaining('SELF_SIGNED'),
    });
    await http.close();
    expect(requests).toBe(0);
  });

  it('S20: the certificate must be that of the name, while the connection goes to the checked address', async () => {
    const pools = new Pools({ ca: cert });
    const get = (name: string) =>
      pools.pinned(`https://${name}:${port}`, ['127.0.0.1']).request({ path: '/', method: 'GET' });
    expect(await (await get('secure.example.com')).body.text()).toBe('secure');
    await expect(get('other.example.com')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await pools.close();
  });
});
