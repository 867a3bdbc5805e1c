/** The story of the demo, step by step. */
import { sharePlatforms } from './platforms.mjs';
import { happened, say, step } from './screen.mjs';
import * as story from './story.mjs';
import { summarise } from './summary.mjs';
import { watch } from './watch.mjs';

/** Tells the story. @returns whether everything was as promised. @throws when something does not happen before the deadline */
export async function play(product, sandbox, deadline) {
  const eye = watch(product, sandbox, deadline);
  try {
    const targets = await makeTargets(product, sandbox);
    const facts = { targets, searches: [], expected: [] };

    step('People share');
    await sandbox.post('modes', { path: new URL(story.flaky).pathname, mode: '500x2' });
    const gone = await sandbox.post('modes', { path: new URL(story.missing).pathname, mode: '404' });
    facts.flaky = await share(product, story.flaky);
    facts.expected.push(facts.flaky);
    for (const url of story.pages) facts.expected.push(await share(product, url));
    facts.unmatched = await share(product, story.unmatched, 'private');

    step('Ten spellings of one address, all at once, and a page that says it is the same');
    const answers = await Promise.all(
      story.spellings.map((url, index) => shared(product, url, 'demo', `person ${index}`)),
    );
    facts.spellings = answers;
    const [{ content_id: harbour }] = answers;
    facts.harbour = harbour;
    facts.expected.push(harbour);
    happened('shared', harbour, `${answers.length} spellings, ${answers.filter(({ created }) => created).length} new`);
    facts.archived = await share(product, story.archived);

    step('A Bilibili video, by its id and by a short link');
    facts.video = await share(product, story.video.bareId);
    facts.expected.push(facts.video);
    facts.shortLink = await share(product, story.video.shortLink);

    step('A page that is not there');
    facts.missing = await share(product, story.missing);
    const failed = await eye.until('the missing page to fail', ({ contents }) =>
      contents.some(({ id, status }) => id === facts.missing && status === 'FAILED'),
    );
    facts.failure = failed.contents.find(({ id }) => id === facts.missing);
    await heal(product, sandbox, facts, gone.id);
    facts.expected.push(facts.missing);

    facts.platforms = await sharePlatforms({ product, sandbox, eye, share: (url, tag) => share(product, url, tag) });
    facts.expected.push(facts.platforms.broken, ...sentOn(facts.platforms.examples));

    step('Until everything has arrived');
    await eye.until('everything to arrive once', async (state) => {
      const { items } = await product.get('/deliveries?limit=100');
      const { queue_size: waiting } = await product.health();
      facts.deliveries = items;
      return waiting === 0 &&
        items.filter(({ status }) => status === 'sent').length >= facts.expected.length * targets.length
        ? everyoneServed(state, facts)
        : false;
    });

    step('Found again');
    for (const q of ['accordion', '潮汐表', 'heron']) {
      const { items } = await product.get(`/contents?q=${encodeURIComponent(q)}`);
      facts.searches.push({ q, ids: items.map(({ id }) => id) });
      for (const { id, title } of items) happened('found', id, `"${q}" in ${title}`);
    }
    await eye.stop();
    facts.final = await eye.look();
    return await summarise(product, sandbox, facts);
  } finally {
    await eye.stop();
  }
}

const sentOn = (examples) => examples.filter(({ shelf }) => !shelf).map(({ id }) => id);

/** Each expected content has come, as far as one can see. Whether it came only once is asked at the end. */
function everyoneServed({ posts, calls }, { expected, targets }) {
  return expected.every(
    (id) =>
      (!targets.includes('telegram') || posts.some(({ contentId }) => contentId === id)) &&
      calls.some(({ payload }) => payload.data.content.id === id),
  );
}

/** A webhook, a Telegram chat where this version can, and a rule. @returns the kinds of targets */
async function makeTargets(product, sandbox) {
  step('Where things go');
  // On this machine: refused, were it not for FETCH_ALLOW_HOSTS.
  const receiver = `${sandbox.url}/hooks.example.com/vault`;
  const hook = await product.post('/targets', { kind: 'webhook', name: 'my site', address: { url: receiver } });
  await sandbox.post('webhook/secrets', { path: '/vault', secret: hook.secret });
  happened('target', null, `${hook.key}, on this machine: FETCH_ALLOW_HOSTS=${new URL(receiver).host} allows it`);
  const chat = await makeTelegram(product, sandbox);
  if (chat) happened('target', null, chat.key);
  await product.post('/rules', {
    name: 'demo goes out',
    match: { tags_any: ['demo'] },
    target_ids: [hook.id, ...(chat ? [chat.id] : [])],
  });
  happened('rule', null, 'everything tagged "demo" goes there, once');
  return ['webhook', ...(chat ? ['telegram'] : [])];
}

async function makeTelegram(product, sandbox) {
  const { token, chats } = await sandbox.get('telegram/chats');
  const chat = chats.find(({ type, state }) => type === 'private' && state === 'member');
  const bot = { platform: 'telegram', name: 'sandbox bot', bot_token: token, is_primary: true };
  const made = await product.call('POST', '/bot-config', bot);
  const target = { kind: 'telegram', name: 'my chat', address: { chat_id: String(chat.id) } };
  const answer = made.status === 201 ? await product.call('POST', '/targets', target) : made;
  if (answer.status === 201) return answer.body;
  if (answer.status !== 400 && answer.status !== 404)
    throw new Error(`Telegram cannot be set up: ${answer.status} ${JSON.stringify(answer.body)}`);
  say('Telegram: SKIPPED, this version cannot send to it');
  return null;
}

/** Mends the page, and only this one: the flaky one has failures left. Then lets its dead letter run again. */
async function heal(product, sandbox, { missing }, mode) {
  const { items } = await product.get(`/dead-letters?content_id=${missing}`);
  const letter = items.find(({ task }) => task === 'content.parse');
  if (!letter) throw new Error('there is no dead letter of the missing page');
  happened('dead', missing, `${letter.error_type}, ${letter.reason}: kept with all that a replay needs`, 'red');
  await sandbox.delete(`modes?id=${mode}`);
  happened('mended', missing, 'the page is there again');
  await product.post(`/dead-letters/${letter.id}/replay`);
  happened('replayed', missing, 'its dead letter');
}

async function share(product, url, tag = 'demo') {
  const { content_id: id, platform, created } = await shared(product, url, tag, 'demo');
  happened('shared', id, `${platform}${created ? '' : ' (known)'}  ${url}`);
  return id;
}

const shared = (product, url, tag, source) => product.post('/shares', { url, tags: [tag], source });
