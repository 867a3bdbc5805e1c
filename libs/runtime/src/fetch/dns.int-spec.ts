import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { GuardedHttp } from './client.ts';
import { Answers, closeAll, serve } from './loopback.rig.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((item) => item.close()));
  await closeAll();
});

/**
 * A name server on loopback that answers every question in one way, and a client that asks it through c-ares.
 *
 * @param answer The last half of the header's flags and the answer section; null: stays silent.
 */
async function clientOf(
  answer: { rcode: number; records: Buffer[] } | null,
): Promise<{ http: GuardedHttp; server: Socket }> {
  const server = createSocket('udp4');
  server.on('message', (question, from) => {
    if (!answer) return;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180 | answer.rcode, 2);
    header.writeUInt16BE(answer.records.length, 6);
    header.writeUInt32BE(0, 8);
    const asked = question.subarray(12, question.indexOf(0, 12) + 5);
    server.send(Buffer.concat([header, asked, ...answer.records]), from.port, from.address);
  });
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done));
  const resolver = new Resolver({ timeout: 1_500, tries: 2, maxTimeout: 3_000 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const http = new GuardedHttp({ resolver });
  open.push(server, http);
  return { http, server };
}

/** A record about the name in the question. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

describe('names that do not resolve', () => {
  it.each([
    ['SERVFAIL', { rcode: 2, records: [] }],
    ['NXDOMAIN', { rcode: 3, records: [] }],
    ['an empty answer', { rcode: 0, records: [] }],
    ['a CNAME that names itself', { rcode: 0, records: [record(5, Buffer.from([0xc0, 0x0c]))] }],
    ['a record of the wrong length', { rcode: 0, records: [record(1, Buffer.from([127, 0]))] }],
    ['a server that stays silent', null],
  ])(
    'S21: %s',
    async (_name, answer) => {
      const { http } = await clientOf(answer);
      const started = Date.now();
      await expect(http.fetch({ url: 'http://site.example.com/' })).rejects.toMatchObject({
        name: 'NetworkError',
        sent: false,
      });
      expect(Date.now() - started).toBeLessThan(6_000);
    },
    10_000,
  );

  it('S21, S4: an inner address from a real answer is refused', async () => {
    const { http } = await clientOf({ rcode: 0, records: [record(1, Buffer.from([10, 0, 0, 1]))] });
    await expect(http.fetch({ url: 'http://site.example.com/' })).rejects.toMatchObject({ name: 'Refused' });
  });

  it('S21: a resolver that never answers ends with the budget for connecting', async () => {
    const never = { resolve4: () => new Promise<string[]>(() => {}), resolve6: () => new Promise<string[]>(() => {}) };
    const http = new GuardedHttp({ resolver: never });
    open.push(http);
    const attempt = http.fetch({ url: 'http://site.example.com/', budgets: { connectMs: 100 } });
    await expect(attempt).rejects.toMatchObject({
      name: 'NetworkError',
      sent: false,
      message: expect.stringContaining('name servers'),
    });
  });

  it('S21: of a thousand records only the first ten count', async () => {
    const site = await serve((_request, response) => void response.end('ok'));
    const many = (last: string) => [
      ...Array<string>(9).fill('127.0.0.1'),
      last,
      ...Array<string>(990).fill('10.0.0.1'),
    ];
    let tenth = '127.0.0.1';
    const http = new GuardedHttp({
      resolver: new Answers(() => ({ a: many(tenth) })),
      ports: [site.port],
      allowHosts: ['127.0.0.1'],
    });
    open.push(http);
    const url = `http://many.example.com:${site.port}/`;
    expect((await http.fetch({ url })).status).toBe(200);
    tenth = '10.0.0.1';
    await expect(http.fetch({ url })).rejects.toMatchObject({ name: 'Refused' });
  });
});
