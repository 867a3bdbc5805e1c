import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aParse, contentRig, web, type ContentRig } from '../../test/content-rig.ts';
import { Retention } from './retention.ts';

let rig: ContentRig;
let retention: Retention;
beforeAll(async () => {
  rig = await contentRig();
  retention = new Retention(rig.db);
});
afterAll(() => rig.close());

const canonical = web('https://purge.example/');
const secret = 'Jane Roe';

/** A content full of words about a person, deleted a month ago. */
async function longDeleted(): Promise<number> {
  const { contentId } = await rig.share({ canonical, tags: ['tag'], note: secret, clientContext: { chat: secret } });
  const author = { id: secret, name: secret, url: secret, avatar_url: secret };
  const parse = aParse({ title: secret, description: secret, body_text: secret, site_name: secret, author });
  await rig.transact((tx) => rig.contents.recordParse(tx, contentId, parse));
  await rig.transact((tx) => rig.contents.softDelete(tx, contentId));
  await rig.rows(`UPDATE contents SET deleted_at = now() - interval '31 days' WHERE id = $1`, contentId);
  return contentId;
}

describe('what retention leaves of a content', () => {
  it('is its row, its keys and its shares, without a word of what they said; and it says so', async () => {
    const id = await longDeleted();
    expect(await retention.purgeDeletedContents(30)).toBe(1);
    const [row] = await rig.rows<{ content: string; sources: string }>(
      `SELECT to_jsonb(c)::text AS content, (SELECT jsonb_agg(s)::text FROM content_sources s WHERE s.content_id = c.id) AS sources
       FROM contents c WHERE id = $1`,
      id,
    );
    expect(row?.content.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(row?.sources).not.toContain(secret);
    expect(JSON.parse(row?.content ?? '')).toMatchObject({ tags: [], search_text: '', parse_generation: 0 });
    expect(JSON.parse(row?.sources ?? '')).toMatchObject([{ url: canonical.url, tags: [], client_context: null }]);
    const events = await rig.rows(`SELECT content_id FROM events WHERE type = 'content.purged'`);
    expect(events).toEqual([{ content_id: id }]);
  });

  it('is found by its tags when it is shared again, and is FAILED when it then cannot be read', async () => {
    const { contentId: id } = await rig.share({ canonical, tags: ['tag'] });
    expect(await rig.value<string>('SELECT search_text FROM contents WHERE id = $1', id)).toBe('\u001etag\u001e');
    const failure = { errorType: 'NotFound', message: 'gone', stack: null, attempts: [] };
    await rig.transact((tx) => rig.contents.recordFailure(tx, id, failure));
    expect(await rig.reads.get(id)).toMatchObject({ status: 'FAILED', title: null });
  });

  it('forgets events that lie outside of any month', async () => {
    await rig.rows(
      `INSERT INTO events (type, created_at) SELECT 'content.created', now() - interval '1 year' FROM generate_series(1, 600)`,
    );
    const before = await rig.value('SELECT count(*)::int FROM events');
    expect(await retention.expireUnpartitionedEvents(6)).toBe(600);
    expect(await rig.value('SELECT count(*)::int FROM events')).toBe(before - 600);
  });

  it('goes no further than its signal allows', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stop'));
    await longDeleted();
    await expect(retention.purgeDeletedContents(30, abort.signal)).rejects.toThrow('stop');
    expect(await retention.purgeDeletedContents(30)).toBe(1);
  });
});
