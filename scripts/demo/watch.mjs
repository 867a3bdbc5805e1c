/** The live view: looks again and again, and says what is new. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fit, happened } from './screen.mjs';

const everyMs = 100;

/** Begins to watch; `look()` looks once and answers everything there is, `until(check)` waits for it, `stop()` ends it. */
export function watch(product, sandbox, deadline) {
  const seen = new Set();
  const tell = (key, ...line) => {
    if (seen.has(key)) return;
    seen.add(key);
    happened(...line);
  };

  async function look() {
    const [{ items: contents }, { messages }, { calls, refused }] = await Promise.all([
      product.get('/contents?limit=100'),
      sandbox.get('telegram/messages'),
      sandbox.get('webhook/calls'),
    ]);
    for (const content of contents) tellContent(content, tell);
    for (const call of calls) {
      const { id } = call.payload.data.content ?? { id: null };
      if (call.type === 'content.pulled')
        tell(`hook ${call.id} ${call.repeats}`, 'webhook', id, 'signed, 204', 'magenta');
    }
    const posts = messages.map((message) => ({ ...message, contentId: contentOf(message, contents) }));
    for (const { seq, contentId, text, file } of posts)
      tell(`post ${seq}`, 'telegram', contentId, `${file ? 'photo, ' : ''}${text.length} characters`, 'magenta');
    return { contents, posts, calls: calls.filter(({ type }) => type === 'content.pulled'), refused };
  }

  let running = true;
  const loop = (async () => {
    while (running) {
      // While the product starts or stops there is nothing to see.
      await look().catch(() => undefined);
      await sleep(everyMs);
    }
  })();

  return {
    look,
    /** Waits until `check` is true of what `look` answers. @throws when the deadline is over */
    async until(what, check) {
      for (;;) {
        const state = await look();
        if (await check(state)) return state;
        if (Date.now() > deadline) throw new Error(`gave up waiting for: ${what}`);
        await sleep(everyMs);
      }
    },
    async stop() {
      running = false;
      await loop;
    },
  };
}

function tellContent(
  { id, title, status, media, archive_status: archive, last_error: error, failure_count: failures },
  tell,
) {
  if (status === 'FAILED') tell(`failed ${id} ${failures}`, 'failed', id, error, 'red');
  if (status !== 'PULLED') return;
  tell(`read ${id}`, 'read', id, fit(title ?? '', 60), 'cyan');
  if (archive !== 'ready' && archive !== 'partial') return;
  const stored = media.filter((item) => item.status === 'stored');
  const bytes = stored.reduce((sum, { size }) => sum + size, 0);
  const kept = `${stored.length} of ${media.length} pictures as WebP, ${Math.round(bytes / 1024)} kB`;
  tell(`kept ${id}`, 'archived', id, kept, stored.length === media.length ? 'cyan' : 'yellow');
}

/** A message ends with the link to its page. */
function contentOf({ entities, text }, contents) {
  const links = entities.map(({ url }) => url).filter((url) => url !== undefined);
  return contents.find(({ canonical_url: url }) => links.includes(url) || text.includes(url))?.id ?? null;
}
