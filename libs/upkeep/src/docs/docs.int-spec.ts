import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenApiDocument } from '@vaultstream/runtime';
import { upkeepApp, type UpkeepApp } from '../../test/upkeep-app.ts';

let rig: UpkeepApp;
beforeAll(async () => {
  rig = await upkeepApp();
});
afterAll(() => rig.drop());

const open = (path: string) => rig.get(path, { 'x-api-token': '' });

describe("the API's description of itself", () => {
  it('is open to everyone, and names input, answers, problems and scopes of each call', async () => {
    const answer = await open('/openapi.json');
    const document = (await answer.json()) as OpenApiDocument;
    expect(answer.status).toBe(200);
    expect(document.openapi).toBe('3.1.1');
    expect(document.paths['/api/v1/dead-letters/{id}/replay']?.['post']).toMatchObject({
      operationId: 'DeadLetters_replay',
      security: [{ apiToken: ['admin'] }, { bearer: ['admin'] }],
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
      responses: { 202: expect.anything(), 404: expect.anything(), 409: expect.anything() },
    });
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
    expect(new Set(ids).size).toBe(ids.length);
    const references = JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g);
    const parts: Record<string, Record<string, unknown>> = document.components;
    for (const [, kind = '', name = ''] of references)
      expect([name, name in (parts[kind] ?? {})]).toEqual([name, true]);
  });

  it('is what the bare address leads to', async () => {
    const answer = await open('/');
    expect([answer.status, answer.url.replace(/^https?:\/\/[^/]+/, '')]).toEqual([200, '/docs']);
  });

  it('16: is a page of this server alone, under a policy without inline scripts, styles or eval', async () => {
    const answer = await open('/docs');
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page).not.toMatch(/<script>|<style|style=| on\w+=|https?:\/\//);
    const files = [...page.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, file]) => `/${file}`);
    expect(files).toHaveLength(5);
    for (const file of files) {
      const whole = await open(file);
      expect([file, whole.status, whole.headers.get('content-encoding')]).toEqual([file, 200, 'gzip']);
      const plain = await rig.get(file, { 'x-api-token': '', 'accept-encoding': 'identity' });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(Buffer.from(await plain.arrayBuffer())).toEqual(Buffer.from(await whole.arrayBuffer()));
      const etag = whole.headers.get('etag') ?? '';
      expect((await rig.get(file, { 'x-api-token': '', 'if-none-match': etag })).status).toBe(304);
    }
  });

  it('serves no other file', async () => {
    for (const name of [
      'index.html',
      'package.json',
      '..%2fpackage.json',
      'swagger-ui-bundle.js.map',
      '__proto__',
      'constructor',
      '',
    ])
      expect([name, (await open(`/docs/${name}`)).status]).toEqual([name, 404]);
  });
});
