import { filmId, pictureId, posts, type FakePost } from './posts.ts';

/** What Reddit's pages get: a list of the post and a list of its comments (names: gallery-dl, gallery_dl/extractor/reddit.py). */
export function listingsOf(post: FakePost): object[] {
  const comment = { id: 'kx1abcd', author: 'mara_quill', body: 'Well done.', score: 3 };
  return [listing('t3', dataOf(post)), listing('t1', comment)];
}

const listing = (kind: string, data: object): object => ({
  kind: 'Listing',
  data: { after: null, dist: 1, children: [{ kind, data }] },
});

function dataOf(post: FakePost): object {
  const { id, subreddit, title, author, text = '', link, score } = post;
  const permalink = `/r/${subreddit}/comments/${id}/${title.toLowerCase().replace(/\W+/g, '_')}/`;
  const original = post.passesOn === undefined ? undefined : posts.get(post.passesOn);
  const shown = post.pictures ?? post.film ?? link ?? original;
  return {
    ...{ id, name: `t3_${id}`, subreddit, title, author, selftext: text, permalink, created_utc: 1_772_432_100.0 },
    ...{ score, ups: score, upvote_ratio: 0.97, num_comments: 27, num_crossposts: 1, edited: false, locked: false },
    ...{ is_self: shown === undefined, is_video: post.film !== undefined, over_18: post.adult ?? false },
    ...{
      spoiler: post.spoiler ?? false,
      link_flair_text: post.flair ?? null,
      removed_by_category: post.removedBy ?? null,
    },
    ...{ url: link ?? `https://www.reddit.com${permalink}`, media: null, secure_media: null },
    ...(link === undefined ? {} : { url_overridden_by_dest: link, preview: preview('news-640x360.jpg') }),
    ...picturesOf(post),
    ...filmOf(post),
    ...(original ? { crosspost_parent: `t3_${original.id}`, crosspost_parent_list: [dataOf(original)] } : {}),
  };
}

function picturesOf(post: FakePost): object {
  const { pictures = [] } = post;
  const [first] = pictures;
  if (first === undefined) return {};
  const ids = pictures.map((_, index) => pictureId(post, index));
  if (pictures.length === 1)
    return { url_overridden_by_dest: `https://i.redd.it/${ids[0]}.${endingOf(first)}`, preview: preview(first) };
  const files = pictures.map((name, index): [string, object] => {
    const { width, height } = sizeOf(name);
    const type = endingOf(name) === 'png' ? 'image/png' : 'image/jpg';
    const source = { u: `https://preview.redd.it/${name}?width=${width}&s=1`, x: width, y: height };
    return [ids[index] ?? '', { status: 'valid', e: 'Image', m: type, s: source }];
  });
  return {
    is_gallery: true,
    url_overridden_by_dest: `https://www.reddit.com/gallery/${post.id}`,
    gallery_data: { items: ids.map((media_id, index) => ({ media_id, id: index, caption: `Lamp ${index + 1}` })) },
    // Their order says nothing.
    media_metadata: Object.fromEntries(files.reverse()),
  };
}

function filmOf(post: FakePost): object {
  const { film } = post;
  if (film === undefined) return {};
  const { width, height } = sizeOf(`${film}.jpg`);
  const address = `https://v.redd.it/${filmId(post)}`;
  const reddit_video = {
    fallback_url: `${address}/DASH_720.mp4?source=fallback`,
    width,
    height,
    duration: 12,
    is_gif: false,
  };
  return { url_overridden_by_dest: address, secure_media: { reddit_video }, preview: preview(`${film}.jpg`) };
}

const preview = (name: string): object => ({
  images: [{ source: { url: `https://preview.redd.it/${name}?auto=webp&s=1`, ...sizeOf(name) }, resolutions: [] }],
});

const endingOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function sizeOf(name: string): { width: number; height: number } {
  const [, width, height] = /-(\d+)x(\d+)\./.exec(name) ?? [];
  return { width: Number(width), height: Number(height) };
}
