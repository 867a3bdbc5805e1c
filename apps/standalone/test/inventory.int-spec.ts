import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiDocument, routeTable } from '@vaultstream/runtime';
import { composeProduct } from './support/composed-product.ts';

let app: NestFastifyApplication;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ app, drop } = await composeProduct());
});
afterAll(() => drop());

/** `GET /api/v1/contents/{id}` of each call in the document. */
const documented = () =>
  Object.entries(app.get(ApiDocument).build().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
const asPath = (url: string) => url.replace(/:(\w+)/g, '{$1}').replace('*', '{key}');

describe('the inventory of the API', () => {
  it('A21: what the router knows is what the document says, no more and no less', () => {
    const routed = routeTable(app)
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${asPath(url)}`);
    expect([...new Set(routed)].sort()).toEqual(
      documented()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('A1: without a token, every call that is not declared open is 401, in whatever spelling of its path', async () => {
    const open = documented().filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual([
      '/',
      '/api/v1/health',
      '/docs',
      '/docs/{file}',
      '/health',
      '/livez',
      '/media/{key}',
      '/metrics',
      '/openapi.json',
      '/readyz',
    ]);
    const spellings = [
      (url: string) => url,
      (url: string) => `${url}/`,
      (url: string) => url.replace('/api/', '//api/'),
      (url: string) => url.replace('/v1/', '/%761/'),
      (url: string) => `${url};x=1`,
      (url: string) => `http://elsewhere.test${url}`,
    ];
    for (const { method, url } of routeTable(app)) {
      if (open.some(({ path }) => path === asPath(url))) continue;
      for (const spell of spellings) {
        const target = spell(url.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'));
        const { statusCode } = await app.inject({
          method: method as 'GET',
          url: target,
          headers: { 'x-api-token': 'no' },
        });
        // Another spelling is another route, or none: it must not be a way in.
        expect([method, target, [401, 404, 400].includes(statusCode)]).toEqual([method, target, true]);
        if (target === url) expect([method, url, statusCode]).toEqual([method, url, 401]);
      }
    }
  });
});
