import { BadPayload, RateLimited } from '@vaultstream/contracts';
import { memberAt } from '../clean/content-fields.ts';
import { membersOf, parseJson } from '../clean/json.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import { cookieHeader } from '../settings/cookie-header.ts';
import { addressOf, thingShown, type Kind, type Thing } from './address.ts';
import { isCheck, raiseForError, raiseForZhihu } from './refusals.ts';
import { cookieHosts, type ZhihuSettings } from './settings.ts';
import { withSnakeKeys } from './snake-keys.ts';

/** Longest answer: bytes. A page holds the questions beside it too. */
const maxBytes = 6 * 1024 * 1024;
/** Where the state of a page begins; it is JSON. */
const stateStart = /<script[^>]{0,200}\bid="js-initialData"[^>]{0,200}>/;

export type ZhihuContext = PlatformContext<ZhihuSettings>;
export type Data = Readonly<Record<string, unknown>>;

/** The address of the API for each kind, and what it is asked for beyond the least. */
const apis: Readonly<Record<Kind, (id: string) => string>> = {
  answer: (id) =>
    `https://www.zhihu.com/api/v4/answers/${id}?include=content,excerpt,voteup_count,comment_count,created_time,updated_time,thanks_count,favlists_count,question.topics`,
  article: (id) => `https://zhuanlan.zhihu.com/api/articles/${id}`,
  question: (id) =>
    `https://www.zhihu.com/api/v4/questions/${id}?include=detail,excerpt,visit_count,answer_count,comment_count,follower_count,topics,author`,
  pin: (id) => `https://www.zhihu.com/api/v4/pins/${id}`,
};
const entities: Readonly<Record<Kind, string>> = {
  answer: 'answers',
  article: 'articles',
  question: 'questions',
  pin: 'pins',
};

/** Asks the API. @throws what it refuses with; BadPayload for another thing, or what is none of its answers */
export async function fromApi({ kind, id }: Thing, ctx: ZhihuContext): Promise<Data> {
  const answer = await ask(new URL(apis[kind](id)), 'application/json', ctx);
  const body = jsonOf(answer);
  raiseForError(body, answer);
  raiseForZhihu(answer);
  return checked(membersOf(body ?? parseJson(answer.body)), id);
}

/** Reads the state of the page, which the app of the site starts with: the same data under other names. @throws as `fromApi` */
export async function fromPage(thing: Thing, ctx: ZhihuContext): Promise<Data> {
  const answer = await pageOf(thing, ctx);
  const page = answer.body.toString('utf8');
  const start = stateStart.exec(page);
  if (!start) {
    if (isCheck(page.slice(0, 20_000)) || /<title>[^<]{0,20}安全验证/.test(page))
      throw new RateLimited('Zhihu checks for robots', { status: answer.status });
    throw new BadPayload('the page of Zhihu holds no data');
  }
  const text = page.slice(start.index + start[0].length).split('</script>', 1)[0] ?? '';
  const state = membersOf(memberAt(parseJson(Buffer.from(text)), 'initialState', 'entities'));
  const found = membersOf(state[entities[thing.kind]])[thing.id];
  const data = membersOf(withSnakeKeys(found));
  const author = typeof data['author'] === 'string' ? membersOf(state['users'])[data['author']] : undefined;
  return checked(author === undefined ? data : { ...data, author: withSnakeKeys(author) }, thing.id);
}

/** The page by its address; an answer's leads on to the one below its question, and nothing else is followed. */
async function pageOf(thing: Thing, ctx: ZhihuContext): Promise<HttpAnswer> {
  const url = new URL(addressOf(thing));
  const answer = await ask(url, 'text/html', ctx);
  const target =
    answer.status >= 300 && answer.status < 400 ? URL.parse(answer.headers['location'] ?? '', url.href) : null;
  const next = target && thingShown(target);
  if (!target || next?.id !== thing.id || next.kind !== thing.kind || target.protocol !== 'https:') {
    raiseForZhihu(answer);
    return answer;
  }
  const page = await ask(target, 'text/html', ctx);
  raiseForZhihu(page);
  return page;
}

function ask(url: URL, accept: string, ctx: ZhihuContext): Promise<HttpAnswer> {
  return ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: { accept, referer: 'https://www.zhihu.com/', ...cookieHeader(url, ctx.settings.cookie, cookieHosts) },
    signal: ctx.signal,
  });
}

/** Undefined for what is no JSON: the status has the word then. */
function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

function checked(data: Data, id: string): Data {
  const found = data['id'];
  // Ids of pins are larger than JSON's numbers are exact.
  const same = typeof found === 'number' ? Number(id) === found : found === id;
  if (!same) throw new BadPayload('Zhihu answered something else than what was asked for');
  return data;
}
