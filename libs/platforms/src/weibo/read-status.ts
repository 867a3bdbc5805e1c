import { BadPayload, isVaultError } from '@vaultstream/contracts';
import { membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { callApi, type WeiboContext } from './api.ts';

type Data = Readonly<Record<string, unknown>>;

/** A status as one of the sites gave it, long texts in place (`longTextContent`). */
export interface FoundStatus {
  data: Data;
  source: 'weibo.com' | 'm.weibo.cn';
}

/**
 * Asks weibo.com, then its mobile site, which has other limits, wherever the first has no last word. What the mobile site refuses says
 * less: then the first error holds, unless the mobile site knows that the status is gone.
 * @throws NotFound, AccessDenied, RateLimited, NetworkError, UpstreamError, BadPayload
 */
export async function readStatus(mid: string, ctx: WeiboContext): Promise<FoundStatus> {
  try {
    return await fromDesktop(mid, ctx);
  } catch (first) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(first) || first.name === 'NotFound') throw first;
    try {
      return await fromMobile(mid, ctx);
    } catch (second) {
      ctx.signal.throwIfAborted();
      throw isVaultError(second) && second.name !== 'NotFound' ? first : second;
    }
  }
}

async function fromDesktop(mid: string, ctx: WeiboContext): Promise<FoundStatus> {
  const data = await callApi(ctx, {
    host: 'weibo.com',
    path: '/ajax/statuses/show',
    parameters: { id: mid, locale: 'zh-CN', isGetLongText: 'true' },
  });
  const longText = (name: string) =>
    callApi(ctx, { host: 'weibo.com', path: '/ajax/statuses/longtext', parameters: { id: name } });
  return { data: await whole(checked(data, mid), ctx, longText), source: 'weibo.com' };
}

async function fromMobile(mid: string, ctx: WeiboContext): Promise<FoundStatus> {
  const { data } = await callApi(ctx, { host: 'm.weibo.cn', path: '/statuses/show', parameters: { id: mid } });
  const longText = (name: string) =>
    callApi(ctx, { host: 'm.weibo.cn', path: '/statuses/extend', parameters: { id: name } });
  return { data: await whole(checked(membersOf(data), mid), ctx, longText), source: 'm.weibo.cn' };
}

function checked(data: Data, mid: string): Data {
  const names = [data['mid'], data['idstr'], data['id']].map((name) => cleanLine(name, 30));
  if (names.includes(mid)) return data;
  throw new BadPayload(
    names.some((name) => name !== null) ? 'Weibo answered another status' : 'Weibo answered no status',
  );
}

/** With the rest of long texts, its own and that of the status that it passes on. A text that stays cut is worth keeping too. */
async function whole(data: Data, ctx: WeiboContext, ask: (name: string) => Promise<Data>): Promise<Data> {
  const original = data['retweeted_status'];
  return {
    ...(await withLongText(data, ctx, ask)),
    ...(typeof original === 'object' && original !== null
      ? { retweeted_status: await withLongText(membersOf(original), ctx, ask) }
      : {}),
  };
}

async function withLongText(data: Data, ctx: WeiboContext, ask: (name: string) => Promise<Data>): Promise<Data> {
  const name = cleanLine(data['mblogid'] ?? data['bid'] ?? data['mid'], 30);
  const given = membersOf(data['longText'])['longTextContent'] ?? data['longTextContent'];
  if (typeof given === 'string') return { ...data, longTextContent: given };
  if (data['isLongText'] !== true || name === null) return data;
  try {
    const { longTextContent, url_struct } = membersOf((await ask(name))['data']);
    return typeof longTextContent === 'string' ? { ...data, longTextContent, long_url_struct: url_struct } : data;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ status: name, error_type: error.name }, 'a status was kept without the rest of its text');
    return { ...data, text_is_cut: true };
  }
}
