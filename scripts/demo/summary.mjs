/** What the demo has shown: a table, and each promise with its answer. */
import { checkPlatforms } from './platforms.mjs';
import { fit, promise, step, table } from './screen.mjs';
import * as story from './story.mjs';

/** @returns whether every promise was kept */
export async function summarise(product, sandbox, facts) {
  const { contents, posts, calls, refused } = facts.final;
  const { expected, targets } = facts;
  const telegram = targets.includes('telegram');
  const postsOf = (id) => posts.filter(({ contentId }) => contentId === id).length;
  const callsOf = (id) => calls.filter(({ payload }) => payload.data.content.id === id).length;
  const byId = new Map(contents.map((content) => [content.id, content]));

  step('What arrived');
  table(
    ['id', 'platform', 'title', 'pictures', 'webhook', 'telegram'],
    [...byId.values()]
      .toReversed()
      .map(({ id, platform, title, media }) => [
        `#${id}`,
        platform,
        fit(title ?? '', 44),
        `${media.filter(({ status }) => status === 'stored').length} of ${media.length}`,
        String(callsOf(id)),
        telegram ? String(postsOf(id)) : '-',
      ]),
  );

  const one = (count) => expected.filter((id) => count(id) !== 1).map((id) => `#${id}: ${count(id)}`);
  const counts = (list) => (list.length === 0 ? '' : list.join(', '));
  const fetched = async (url) =>
    (await sandbox.get(`log?host=${new URL(url).host}&path=${new URL(url).pathname}`)).count;
  const harbour = await product.get(`/contents/${facts.harbour}`);
  const archived = await product.get(`/contents/${facts.archived}`);
  const flaky = await fetched(story.flaky);
  const pages = await fetched(story.harbour);
  const search = (q) => facts.searches.find((entry) => entry.q === q)?.ids ?? [];
  const quay = [facts.harbour, facts.flaky].map((id) => keyOf(byId.get(id), '/old-quay-'));
  const half = contents.find(({ canonical_url: url }) => url === story.halfBroken);
  const others = contents.filter(({ id }) => !expected.includes(id)).map(({ id }) => id);

  step('As promised?');
  return [
    promise(
      // The second time is for the page that names it as its canonical address: whether it agrees is looked at there.
      'ten spellings are one content, fetched once, and once more for the page that names it',
      new Set(facts.spellings.map((it) => it.content_id)).size === 1 && pages === 2,
      `fetched ${pages} times`,
    ),
    promise(
      'every share of it left a source',
      harbour.sources.length >= facts.spellings.length,
      `${harbour.sources.length} sources`,
    ),
    promise(
      'a page that names it as its canonical address became one with it',
      archived.id === facts.harbour,
      `it is #${archived.id}`,
    ),
    promise(
      'so did the short link to the video',
      (await product.get(`/contents/${facts.shortLink}`)).id === facts.video,
      'it is another content',
    ),
    promise('a picture of two pages is stored once', quay[0] !== undefined && quay[0] === quay[1], quay.join(' and ')),
    promise(
      'a broken picture keeps nothing else from arriving',
      half?.archive_status === 'partial',
      half?.archive_status,
    ),
    promise('a page that failed twice was read at the third try', flaky === 3, `asked for ${flaky} times`),
    promise(
      'a page that was gone failed at once, and was read when it was back',
      facts.failure.failure_count === 1 && byId.get(facts.missing)?.status === 'PULLED',
      byId.get(facts.missing)?.status,
    ),
    ...(await checkPlatforms(product, facts.platforms)).map((line) => promise(...line)),
    promise(
      'search finds words of a text, in any language',
      search('accordion').includes(facts.flaky) &&
        search('潮汐表').length === 1 &&
        search('heron').includes(facts.missing),
      JSON.stringify(facts.searches),
    ),
    promise(
      `one signed webhook for each of ${expected.length} matching contents`,
      one(callsOf).length === 0 && refused === 0,
      `${counts(one(callsOf))} (${refused} refused)`,
    ),
    !telegram ||
      promise(
        `one Telegram message for each of them`,
        one(postsOf).length === 0 && posts.every(({ contentId }) => contentId !== null),
        counts(one(postsOf)),
      ),
    promise(
      'nothing else was sent',
      others.every((id) => callsOf(id) === 0 && postsOf(id) === 0),
      others.join(', '),
    ),
    promise(
      'the ledger says the same',
      facts.deliveries.length === expected.length * targets.length &&
        facts.deliveries.every(({ status }) => status === 'sent'),
      facts.deliveries.map(({ status }) => status).join(', '),
    ),
  ].every(Boolean);
}

const keyOf = (content, name) => content?.media.find(({ origin_url: url }) => url.includes(name))?.stored_key;
