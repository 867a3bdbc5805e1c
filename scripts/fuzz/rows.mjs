/** What the fuzzer meets: rows made through the real API, in every state that some operation asks for. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** How many of each: what an operation uses up must not be what another one needs. */
const many = 6;
const patienceMs = 90_000;
const story = 'https://news.example.com/2026/03/harbour-lamps';

/** Hosts that the own site answers for, so that no generated address leaves the machine. */
const siteHosts = ['example.com', 'www.example.com', 'example.org'];

/** A feed of one entry. */
const feed = (path) =>
  `<rss version="2.0"><channel><title>Feed ${path}</title><link>https://example.com/</link><description>A feed</description>
    <item><title>Entry</title><link>https://example.com/entry${path}</link><guid>${path}</guid></item></channel></rss>`;

/** Pages under any path but `/gone/...`, feeds under `/feed/...`, and a receiver that says yes except at `/refuse`. @returns `{ hosts, close }` */
export async function startSite() {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url.startsWith('/feed/'))
      return response.setHeader('content-type', 'application/rss+xml').end(feed(request.url));
    response.statusCode = request.url.startsWith('/gone/') ? 404 : request.url.startsWith('/refuse') ? 400 : 200;
    response.setHeader('content-type', 'text/html').end(`<title>Page ${request.url.length}</title><p>Text</p>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    hosts: siteHosts.map((host) => `${host}=http://127.0.0.1:${server.address().port}`).join(','),
    close: () => server.close(),
  };
}

/**
 * Makes the rows. Takes some seconds.
 * @returns ids by what they are, the first one for the first call of each operation
 * @throws when a row does not come into its state
 */
export async function makeRows(product, sandbox) {
  const list = (make) => Promise.all(Array.from({ length: many }, (_, index) => make(index)));
  const ids = async (make) => (await list(make)).map(({ id }) => id);
  const share = async (url, ...tags) => (await product.post('/shares', { url, tags })).content_id;
  const webhook = (path) =>
    product.post('/targets', { kind: 'webhook', name: path, address: { url: `https://example.com/${path}` } });
  const deliver = (targetId) => async (contentId) =>
    (await product.post('/deliveries', { content_id: contentId, target_id: targetId })).id;
  const settle = (what, path, enough) => until(what, async () => enough(await product.get(path)));

  const illustrated = await share(story);
  const contents = await list((index) => share(`https://example.com/page/${index}`, 'fuzz'));
  const spareContents = await list((index) => share(`https://example.com/spare/${index}`));
  const failed = await list((index) => share(`https://example.com/gone/${index}`));
  const replayed = await list((index) => share(`https://example.com/gone/replayed/${index}`));
  await settle('the pages', '/contents?status=PULLED&limit=100', ({ items }) => items.length > 2 * many);
  const { media } = await until('the pictures', async () => {
    const content = await product.get(`/contents/${illustrated}`);
    return content.archive_status === 'ready' && content;
  });

  const { token: botToken, chats } = await sandbox.get('telegram/chats');
  const bot = (index) =>
    product.post('/bot-config', { platform: 'telegram', name: `bot ${index}`, bot_token: botToken });
  const bots = await ids(bot);
  const spareBots = await ids(bot);
  const person = chats.find(({ type, state }) => type === 'private' && state === 'member');
  const chat = await product.post('/targets', {
    kind: 'telegram',
    name: 'chat',
    address: { chat_id: String(person.id) },
    bot_config_id: bots[0],
  });
  const good = await list((index) => webhook(`hook/${index}`));
  const targets = good.map(({ id }) => id);
  const spareTargets = await ids((index) => webhook(`spare/${index}`));
  const refusing = await webhook('refuse');
  const ruleCalled = (name) => (index) =>
    product.post('/rules', { name: `${name} ${index}`, match: { tags_any: ['never'] }, target_ids: [] });
  const rules = await ids(ruleCalled('rule'));
  const spareRules = await ids(ruleCalled('spare rule'));
  const subscribe = (name) => (index) =>
    product.post('/feeds', { url: `https://example.com/feed/${name}/${index}`, share_existing: 0 });
  const feeds = await ids(subscribe('one'));
  const spareFeeds = await ids(subscribe('spare'));
  const tokens = await ids((index) => product.post('/tokens', { name: `token ${index}`, scopes: ['read'] }));

  const sent = await Promise.all(contents.map(deliver(targets[0])));
  const refused = await Promise.all(contents.map(deliver(refusing.id)));
  // The effect is there, the answer never comes: nobody knows whether it was sent.
  const mode = await sandbox.post('modes', { service: 'telegram', mode: 'reset-after' });
  const unconfirmed = await Promise.all(contents.map(deliver(chat.id)));
  const inState = (state, wanted) => async () => {
    const { items } = await product.get(`/deliveries?status=${state}&limit=100`);
    return wanted.every((id) => items.some((item) => item.id === id));
  };
  await until('the sent deliveries', inState('sent', sent));
  await until('the refused deliveries', inState('failed', refused));
  await until('the unconfirmed deliveries', inState('unconfirmed', unconfirmed));
  await sandbox.delete(`modes?id=${mode.id}`);
  await product.post('/rules', {
    name: 'ask first',
    match: { tags_any: ['ask'] },
    approval: 'required',
    target_ids: targets.slice(1, 3),
  });
  for (let index = 0; index < many; index += 1) await share(`https://example.com/ask/${index}`, 'ask');
  const held = await until('the held deliveries', async () => {
    const { items } = await product.get('/deliveries?status=held&limit=100');
    return items.length >= 2 * many && items.map(({ id }) => id);
  });
  const letters = await until('the dead letters', async () => {
    const { items } = await product.get('/dead-letters?task=content.parse&limit=100');
    const free = items.filter(({ content_id }) => failed.includes(content_id));
    return items.length >= 2 * many && free.map(({ id }) => id);
  });
  const replays = [];
  for (const content_id of replayed)
    replays.push(await product.post('/dead-letters/replay', { content_id, per_minute: 1 }));

  const [picture] = media;
  return {
    contents: [illustrated, ...contents],
    ...{ spareContents, failed, bots, spareBots, botToken, targets, spareTargets, rules, spareRules, tokens },
    ...{ feeds, spareFeeds, replays: replays.map(({ replay_id }) => replay_id) },
    ...{ sent, refused, unconfirmed, held, letters },
    targetKeys: good.map(({ key }) => key),
    hashes: [picture.sha256],
    mediaKeys: [picture.stored_key],
  };
}

async function until(what, look) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`the fuzzer's rows: ${what} did not come`);
    await pause(100);
  }
}
