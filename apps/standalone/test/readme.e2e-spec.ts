import { cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startSandbox, type Sandbox } from '@vaultstream/sandbox';
import { eventually, freePort } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';
import { Terminal } from './support/terminal.ts';

const readme = readFileSync('README.md', 'utf8');
/** The fenced blocks of one language between a text and the next heading. */
function blocksAfter(start: string, language = 'sh'): string[] {
  const [section = ''] = (readme.split(start)[1] ?? '').split('\n## ');
  return [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.+?)\`\`\``, 'gs'))].map((match) => match[1] ?? '');
}

/** Where a name or a number stands in a document: `data.content.media[].mime`. */
function namesIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((item) => namesIn(item, `${path}[]`));
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([name, inner]) => namesIn(inner, path === '' ? name : `${path}.${name}`));
}

/**
 * The newcomer's way: the README's blocks pasted into two terminals, as they stand. Only the two ports differ, the public hosts answer
 * from loopback, and the folder is not this one, because a data directory and a `.env` are left in it.
 */
describe('the README', () => {
  const folder = newDataDir();
  let sandbox: Sandbox;
  let site: Site;
  let receiver: Receiver;
  let running: Terminal;
  let terminal: Terminal;
  let apiPort: number;
  let hookPort: number;
  const asThere = (lines: string) => lines.replaceAll('8000', String(apiPort)).replaceAll('9000', String(hookPort));
  const paste = (lines = 'exit 1') => terminal.paste(asThere(lines));

  beforeAll(async () => {
    [site, receiver, sandbox, apiPort, hookPort] = await Promise.all([
      Site.start(),
      Receiver.start(),
      startSandbox(),
      freePort(),
      freePort(),
    ]);
    for (const name of ['package.json', '.npmrc']) cpSync(name, join(folder, name));
    for (const name of ['scripts', 'apps', 'node_modules']) symlinkSync(resolve(name), join(folder, name));
    const hosts = [
      `en.wikipedia.org=${site.baseUrl}`,
      `hooks.example.com=${receiver.baseUrl}`,
      `api.telegram.org=${sandbox.url}/api.telegram.org`,
    ];
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], API_PORT: String(apiPort) };
    running = Terminal.open(folder, { ...env, FETCH_HOST_OVERRIDES: hosts.join(',') });
    terminal = Terminal.open(folder, env);
    const [start = 'exit 1'] = blocksAfter('## Run it');
    running.type(asThere(start));
    await eventually(async () => (await fetch(`http://127.0.0.1:${apiPort}/readyz`)).ok, { timeoutMs: 90_000 }).catch(
      (error: unknown) => {
        throw new Error(`does not start: ${running.output}`, { cause: error });
      },
    );
  }, 120_000);
  afterAll(async () => {
    // Also after a start that failed: what is left open would keep the runner alive.
    await Promise.allSettled([site.stop(), receiver.stop(), sandbox.stop(), terminal.close(), running.close()]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('begins with the demo, which has a spec of its own', () => {
    expect(/```sh\n(.+?)```/s.exec(readme)?.[1]).toBe('npm run demo\n');
  });

  it('leads from a token to a webhook that arrives and is verified', async () => {
    const blocks = blocksAfter('<!-- first-push:');
    const [token, target, receive, rule, share, find, explain, again] = blocks;
    expect(blocks).toHaveLength(8);
    await paste(token);
    expect(JSON.parse((await paste(target)) || '{}')).toMatchObject({ kind: 'webhook', secret: expect.any(String) });
    await paste(receive);
    expect(JSON.parse(await paste(rule))).toMatchObject({ name: 'reading list', enabled: true });
    expect(JSON.parse(await paste(share))).toMatchObject({ content_id: 1, created: true, platform: 'web' });
    await eventually(() => terminal.output.includes('received and verified: Article Lighthouse'), {
      timeoutMs: 60_000,
    }).catch(async () => {
      throw new Error(`nothing arrived: ${await paste(explain)}`);
    });
    expect(terminal.output.match(/received and verified/g)).toHaveLength(1);
    expect(JSON.parse(await paste(find)).items).toMatchObject([{ id: 1, note: 'for the weekend' }]);
    expect(JSON.parse(await paste(explain))).toMatchObject({ content_id: 1, parse: { status: 'PULLED' } });

    await terminal.paste('kill %1; wait %1 || true');
    await paste(again);
    await paste(receive);
    await paste(share?.replace('Lighthouse', 'Ferry'));
    await eventually(() => terminal.output.includes('received and verified: Article Ferry'), { timeoutMs: 60_000 });
    expect(terminal.output).not.toContain('refused');
  }, 150_000);

  it('verifies: a call that is forged, changed or old is refused', async () => {
    const secret = await terminal.paste('echo $SECRET');
    const body = JSON.stringify({ data: { content: { title: 'from the spec' } } });
    const call = async (at: Date, signed: string, headers?: Record<string, string>) => {
      const signature = new Webhook(secret).sign('msg_1', at, signed);
      const time = String(Math.floor(at.getTime() / 1_000));
      const given = headers ?? { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': signature };
      return (await fetch(`http://127.0.0.1:${hookPort}/`, { method: 'POST', body, headers: given })).status;
    };
    expect(await call(new Date(), body)).toBe(204);
    expect(await call(new Date(), body.replace('the spec', 'elsewhere'))).toBe(401);
    expect(await call(new Date(Date.now() - 600_000), body)).toBe(401);
    expect(await call(new Date(), body, { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,AAAA' })).toBe(401);
    expect(await call(new Date(), body, {})).toBe(401);
    await eventually(() => terminal.output.includes('received and verified: from the spec'));
    await eventually(() => terminal.output.match(/refused: the signature is wrong/g)?.length === 4);
  });

  it('shows what a webhook gets', async () => {
    const [, target = ''] = blocksAfter('<!-- first-push:');
    receiver.secret = JSON.parse(
      await paste(target.replace('http://127.0.0.1:9000/', 'https://hooks.example.com/')),
    ).secret;
    await paste(`curl -s http://127.0.0.1:8000/api/v1/deliveries -H "X-API-Token: $TOKEN" \\
      -H 'Content-Type: application/json' -d '{"content_id": 1, "target_id": "'"$TARGET"'"}'`);
    await eventually(() => receiver.received.length > 0, { timeoutMs: 30_000 });
    const [shown = '{}'] = blocksAfter('<!-- payload:', 'json');
    const missing = namesIn(JSON.parse(shown)).filter((name) => !namesIn(receiver.received[0]?.body).includes(name));
    expect(missing).toEqual([]);
    expect(namesIn(JSON.parse(shown)).length).toBeGreaterThan(15);
  }, 60_000);

  it('leads to Telegram', async () => {
    const [create = '', check = ''] = blocksAfter('<!-- telegram:');
    const { token, channel } = sandbox.telegram;
    await terminal.paste(`BOT_TOKEN=${token}; CHAT_ID=${channel}`);
    expect(JSON.parse((await paste(create)).split('\n')[0] ?? '')).toMatchObject({
      platform: 'telegram',
      is_primary: true,
    });
    expect(JSON.parse(await paste(check))).toMatchObject({ ok: true });
  }, 90_000);
});
