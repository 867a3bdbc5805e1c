import { createHash } from 'node:crypto';
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

  it('is a page that loads nothing, and shows every call', async () => {
    const answer = await open('/docs');
    const page = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/<script|<img|<link|style=| on\w+=|https?:\/\//);
    const { paths } = (await (await open('/openapi.json')).json()) as OpenApiDocument;
    for (const path of Object.keys(paths)) expect(page).toContain(path);
    for (const target of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target[1]}"`);
    expect(page).not.toContain('[object');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('`');
  });
});
