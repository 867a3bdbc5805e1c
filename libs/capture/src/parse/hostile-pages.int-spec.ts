import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, withServer, type TestServer } from '@vaultstream/testing';
import { captureApp, type CaptureApp } from '../../test/capture-app.ts';

/** What stands at a path: a page about something, which may call itself by an address, or a redirect. */
type Answer = { about: string; canonical?: string } | { leadsTo: string };

const page = ({ about, canonical }: { about: string; canonical?: string }) =>
  `<!doctype html><html lang="en"><head><title>About ${about}</title>
   ${canonical === undefined ? '' : `<link rel="canonical" href="${canonical}">`}</head><body><article><h1>About ${about}</h1>
   ${Array.from({ length: 8 }, (_, index) => `<p>The ${about} of day ${index} was seen from afar, and whoever met the ${about} wrote ${index} lines.</p>`).join('')}
   <img src="https://pictures.example.com/${about}.png" width="800" height="600"></article></body></html>`;

/** All sites at once, by path: what each host shows is decided by the test. */
let server: TestServer;
const answers = new Map<string, Answer>();
let app: CaptureApp;
const hosts = [
  'evil.example.net',
  'victim-site.org',
  'www.victim-site.org',
  'm.victim-site.org',
  'sho.example',
  'pages.example.com',
];
beforeAll(async () => {
  server = await withServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    if (!answer) return response.writeHead(404).end('gone');
    if ('leadsTo' in answer) return response.writeHead(302, { location: answer.leadsTo }).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(answer));
  });
  app = await captureApp(
    { FETCH_HOST_OVERRIDES: hosts.map((host) => `${host}=${server.url}`).join(',') },
    { workers: true },
  );
}, 60_000);
afterAll(async () => {
  await app.close();
  await server.close();
});

let serial = 0;
/** An address of a host that no other test uses, and what stands there. */
function at(host: string, answer: Answer): string {
  const path = `/p${serial++}`;
  answers.set(path, answer);
  return `https://${host}${path}`;
}
const put = (address: string, answer: Answer) => answers.set(new URL(address).pathname, answer);
const dragon = { about: 'dragon' };
const lighthouse = { about: 'lighthouse' };

const share = async (url: string): Promise<{ content_id: number; created: boolean }> =>
  (await app.request('POST', '/shares', { url })).body;
const view = async (id: number) => (await app.request('GET', `/contents/${id}`)).body;
/** Waits until nothing is to be read any more. */
const settled = (id: number) =>
  eventually(
    async () => {
      const tasks = await app.rows(`SELECT 1 AS one FROM tasks WHERE name = 'content.parse'`);
      return tasks.length === 0 && view(id);
    },
    { timeoutMs: 40_000 },
  );
async function keep(url: string): Promise<number> {
  const { content_id: id } = await share(url);
  await settled(id);
  return id;
}
const readAgain = async (id: number) => {
  await app.request('POST', `/contents/${id}/retry?force=true`);
  return settled(id);
};
const isAbout = (about: string) => ({
  title: `About ${about}`,
  media: [{ origin_url: `https://pictures.example.com/${about}.png` }],
});

describe('18: what a page of a stranger cannot do', () => {
  it('proof 1: replace an archived page of another site by a redirect that comes and goes', async () => {
    const evil = at('evil.example.net', dragon);
    const attacker = await keep(evil);
    const article = await keep(at('victim-site.org', lighthouse));
    const { canonical_url: victim } = await view(article);
    put(evil, { leadsTo: victim });
    await readAgain(attacker);
    expect(await view(article)).toMatchObject({ id: article, canonical_url: victim, ...isAbout('lighthouse') });
    put(evil, { about: 'flipped' });
    await readAgain(attacker);
    expect(await view(article)).toMatchObject({ id: article, canonical_url: victim, ...isAbout('lighthouse') });
    expect(await view(attacker)).toMatchObject({ id: attacker, canonical_url: evil, ...isAbout('flipped') });
  }, 90_000);

  it('proof 2: squat on an article that nobody has shared', async () => {
    const victim = at('victim-site.org', lighthouse);
    const evil = at('evil.example.net', { leadsTo: victim });
    const id = await keep(evil);
    put(evil, dragon);
    await readAgain(id);
    const shared = await share(victim);
    expect(await settled(shared.content_id)).toMatchObject({ canonical_url: victim, ...isAbout('lighthouse') });
  }, 90_000);

  it.each([
    ['of a neighbour on the same host', 'pages.example.com', 'pages.example.com'],
    ['of another host of the site', 'm.victim-site.org', 'victim-site.org'],
  ])(
    'proof 3: squat by a canonical link on a page %s, or replace it',
    async (_, from, to) => {
      for (const archived of [false, true]) {
        const victim = at(to, lighthouse);
        const evil = at(from, { ...dragon, canonical: victim });
        const attacker = await keep(evil);
        const before = archived ? await keep(victim) : null;
        await readAgain(attacker);
        const fetches = () => server.requests.filter(({ url }) => url === new URL(victim).pathname).length;
        const asked = fetches();
        const shared = await share(victim);
        expect(shared).toMatchObject(archived ? { content_id: before, created: false } : { created: true });
        expect(await settled(shared.content_id)).toMatchObject({ canonical_url: victim, ...isAbout('lighthouse') });
        expect(fetches()).toBe(asked + (archived ? 0 : 1));
        expect(await view(attacker)).toMatchObject({ id: attacker, canonical_url: evil, ...isAbout('dragon') });
      }
    },
    120_000,
  );

  it('two pages that claim each other stay two', async () => {
    const one = at('pages.example.com', dragon);
    const two = at('pages.example.com', { ...lighthouse, canonical: one });
    put(one, { ...dragon, canonical: two });
    const [first, second] = [await keep(one), await keep(two)];
    for (const id of [first, second, first]) await readAgain(id);
    expect(await view(first)).toMatchObject({ id: first, canonical_url: one, ...isAbout('dragon') });
    expect(await view(second)).toMatchObject({ id: second, canonical_url: two, ...isAbout('lighthouse') });
  }, 90_000);

  it('says what has happened to a content whose address leads to another page', async () => {
    const address = at('pages.example.com', dragon);
    const id = await keep(address);
    const other = at('victim-site.org', lighthouse);
    put(address, { leadsTo: other });
    const content = await readAgain(id);
    expect(content).toMatchObject({ status: 'PULLED', last_error_type: 'LeadsElsewhere', ...isAbout('dragon') });
    expect(content.last_error).toContain(other);
    expect(await app.rows('SELECT reason, error_type FROM dead_letters WHERE content_id = $1', id)).toEqual([
      { reason: 'non_retryable', error_type: 'LeadsElsewhere' },
    ]);
    put(address, { leadsTo: 'https://pages.example.com/' });
    answers.set('/', { about: 'welcome' });
    expect(await readAgain(id)).toMatchObject({ last_error_type: 'LeadsElsewhere', ...isAbout('dragon') });
  }, 90_000);
});

describe('18: what must stay one content', () => {
  it('a mobile page, its desktop page and links that lead to either', async () => {
    const path = `/p${serial++}`;
    const [mobile, desktop] = [`https://m.victim-site.org${path}-m`, `https://www.victim-site.org${path}`];
    put(mobile, { ...lighthouse, canonical: desktop });
    put(desktop, { ...lighthouse, canonical: desktop });
    const links = [at('sho.example', { leadsTo: mobile }), at('sho.example', { leadsTo: desktop })];
    const ids = [];
    for (const address of [links[0] ?? '', mobile, desktop, links[1] ?? '']) ids.push(await keep(address));
    const [id = 0] = ids;
    expect(await view(id)).toMatchObject({ id, canonical_url: desktop, ...isAbout('lighthouse') });
    for (const other of ids) expect(await view(other)).toMatchObject({ id });
    expect((await view(id)).sources).toHaveLength(4);
    for (const address of [...links, mobile, desktop])
      expect(await share(address)).toMatchObject({ content_id: id, created: false });
  }, 90_000);
});
