/**
 * Runs the README's walkthrough: the sources of this lib with the README's file beside them and its line in `sites.ts`, neither of which is on
 * the disk. Prints what became of it as JSON. Started by `walkthrough.spec.ts` under `scripts/source.mjs`.
 */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';

const src = new URL('../src/', import.meta.url);
const [file, line] = [
  ...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms),
].map(([, code]) => code);
const added = new Map([
  [new URL('lantern.ts', src).href, file],
  [new URL('sites.ts', src).href, readFileSync(new URL('sites.ts', src), 'utf8') + line],
]);
registerHooks({
  resolve(specifier, context, next) {
    const url = URL.parse(specifier, context.parentURL)?.href;
    return added.has(url) ? { url, shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    const source = added.get(url);
    return source === undefined
      ? next(url, context)
      : { format: 'module', source: stripTypeScriptTypes(source), shortCircuit: true };
  },
});

const { identify, platformById } = await import('../src/registry.ts');
const { complianceChecks } = await import('../src/compliance.ts');
const { RecordedHttp } = await import('../src/fake-http.ts');

const url = 'https://lantern.example/api/posts/42';
const headers = { 'content-type': 'application/json' };
const post = {
  title: 'The lamp',
  author: 'Mara',
  text: 'It burns.',
  created: '2026-11-22T08:00:00Z',
  picture: '//cdn.lantern.example/1.jpg',
};
const given = (answer) => ({ share: 'https://lantern.example/p/42', answers: [{ url, headers, ...answer }] });
const told = (body) => given({ body: JSON.stringify(body) });
const none = { none: 'the site has no such thing' };
const platform = platformById('lantern');
const canonical = identify('look: https://www.lantern.example/p/42/?utm_source=x');
const checks = complianceChecks({
  platform,
  recordings: told(post).answers,
  urls: ['http://www.lantern.example/p/7/'],
  extract: () => Promise.reject(new Error('no page is read here')),
  cases: {
    normal: told(post),
    pictures: told(post),
    video: none,
    noMedia: told({ title: 'Dark' }),
    deleted: given({ status: 404 }),
    loginNeeded: given({ status: 401 }),
    riskControl: given({ status: 429 }),
    serverError: given({ status: 502 }),
    timeout: given({ timeout: true }),
    malformed: told({ text: 'no title' }),
    shortLink: none,
  },
});
const failed = [];
for (const { name, run } of checks) await run().catch((error) => failed.push(`${name}: ${error.message}`));
const content = await platform.parse(
  { canonical, sourceUrl: canonical.url },
  { http: new RecordedHttp(told(post).answers), settings: {}, signal: new globalThis.AbortController().signal },
);
process.stdout.write(
  JSON.stringify({
    lines: line.trim().split('\n').length,
    canonical,
    content,
    checks: checks.length,
    failed,
    others: identify('https://lantern.example/about').platform,
  }),
);
