import { html, type Answer } from '../server/service.ts';
import type { FakeThing, Person } from './things.ts';

const picture = (name: string, copy: string): string => `https://picx.zhimg.com/v2-${name}_${copy}.jpg?source=172ae18b`;

const authorOf = (by: Person | null) =>
  by
    ? {
        ...person,
        id: by.id,
        url_token: by.token,
        name: by.name,
        avatar_url: 'https://picx.zhimg.com/v2-face-200x200_l.jpg?source=06d4cd63',
      }
    : {
        ...person,
        id: '0',
        url_token: '',
        name: '匿名用户',
        avatar_url: 'https://pica.zhimg.com/v2-anon-200x200_l.jpg',
      };
const person = { headline: '住在渔港', user_type: 'people', type: 'people', gender: -1 };

/** What the API gives for a thing. */
export function apiOf(thing: FakeThing): Record<string, unknown> {
  const { kind, id, title, body, by, at, topics, counts, question, cover } = thing;
  const [voteup_count, comment_count, favlists_count] = counts;
  const named = topics.map((name, index) => ({ id: String(index + 1), type: 'topic', name }));
  const common = { id: kind === 'pin' ? id : Number(id), type: kind, author: authorOf(by), comment_count };
  if (kind === 'answer')
    return {
      ...{ ...common, content: body, excerpt: '', created_time: at, updated_time: at + 60, voteup_count },
      ...{
        favlists_count,
        thanks_count: 1,
        question: { id: Number(question), type: 'question', title, topics: named },
      },
    };
  if (kind === 'article')
    return {
      ...{ ...common, title, content: body, created: at, updated: at + 60, voteup_count, topics: named },
      ...{ title_image: picture(cover ?? '', '720w'), image_url: '', column: { title: '灯塔笔记', intro: '' } },
    };
  if (kind === 'question')
    return {
      ...{ ...common, title, detail: body, excerpt: '', created: at, updated_time: at + 60, topics: named },
      ...{ visit_count: 123_456, answer_count: 2, follower_count: 78 },
    };
  const statistics = { up_vote_count: voteup_count, comment_count, share_count: 1, favorites: favlists_count };
  return {
    ...{ ...common, created: at, updated: at, excerpt_title: '', content_html: body, topics: named },
    ...{ content: piecesOf(thing), reaction: { statistics } },
  };
}

/** A pin in its pieces. */
function piecesOf({ body, pictures = [], cover }: FakeThing): object[] {
  const film = (quality: string, width: number, height: number) => ({
    ...{
      quality,
      url: `https://vdn.vzuu.com/${quality.toUpperCase()}/film.mp4?auth_key=1`,
      width,
      height,
      size: width,
    },
  });
  return [
    { type: 'text', title: '', content: body, own_text: body },
    ...pictures.map((name) => ({
      ...{ type: 'image', url: picture(name, 'l'), original_url: picture(name, 'r'), width: 1_080, height: 1_440 },
    })),
    ...(cover === undefined
      ? []
      : [
          {
            ...{ type: 'video', video_id: '1', thumbnail: picture(cover, 'b'), duration: 240 },
            playlist: [film('sd', 640, 360), film('hd', 1_280, 720)],
          },
        ]),
  ];
}

/** The page of a thing: the same data, in other words, in the state that its script begins with. */
export function pageOf(thing: FakeThing): Answer {
  const entity = { ...camel(apiOf(thing)), id: thing.id };
  const state = { initialState: { entities: { [`${thing.kind}s`]: { [thing.id]: entity } } } };
  const script = JSON.stringify(state).replaceAll('<', '\\u003C');
  return html(
    `<!doctype html><html><head><title>${thing.title} - 知乎</title></head><body><div id="root"></div><script id="js-initialData" type="text/json">${script}</script></body></html>`,
  );
}

function camel(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? camel(inner) : inner,
    ]),
  );
}
