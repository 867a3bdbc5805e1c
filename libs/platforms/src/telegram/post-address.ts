import { isPlainUrl } from '../url/plain.ts';
import { normalizePercent } from '../url/percent.ts';

/** Telegram's web addresses: all of them answer the same. */
export const telegramHosts = ['t.me', 'telegram.me', 'telegram.dog'] as const;

/** A public name: letters, digits and underscores, whatever their case (https://core.telegram.org/method/account.checkUsername). */
const name = /^[a-z]\w{3,31}$/i;
const number = /^[1-9]\d{0,9}$/;
/** First parts of paths that are no names of channels, as far as a number can follow them. */
const reserved = new Set(
  'share proxy socks joinchat login confirmphone addstickers addemoji addtheme addlist setlanguage invoice boost giftcode contact nft'.split(
    ' ',
  ),
);
const inviteCode = /^[\w-]{8,64}$/;

/** What an address of Telegram is, as far as we have a word for it. */
export type TelegramAddress =
  | { kind: 'post'; channel: string; id: string }
  /** A post of a private chat, by the chat's number: members only. */
  | { kind: 'private'; chat: string; id: string }
  /** A way into a private chat. */
  | { kind: 'invite'; code: string };

/** Takes an address of Telegram apart; null for channels, profiles, stories, stickers and everything else that is no post. */
export function addressOf(url: URL): TelegramAddress | null {
  const parts = isPlainUrl(url) ? partsOf(url) : null;
  if (parts === null) return null;
  const [first = '', ...rest] = parts;
  if (first === 'c') return privatePost(rest);
  if (first === 'joinchat' || first.startsWith('+'))
    return invite(first === 'joinchat' ? rest : [first.slice(1), ...rest]);
  const [channel = '', ...numbers] = first === 's' ? rest : parts;
  const id = lastOf(numbers, first === 's' ? 1 : 2);
  if (id === null || !name.test(channel) || reserved.has(channel.toLowerCase())) return null;
  return { kind: 'post', channel: channel.toLowerCase(), id };
}

/** The one spelling of it. Comments, topics and the picture of an album that was looked at are not part of it. */
export function urlOf(address: TelegramAddress): string {
  switch (address.kind) {
    case 'post':
      return `https://t.me/${address.channel}/${address.id}`;
    case 'private':
      return `https://t.me/c/${address.chat}/${address.id}`;
    case 'invite':
      return `https://t.me/+${address.code}`;
  }
}

/** The web address that a link for Telegram's apps stands for, such as `tg://resolve?domain=durov&post=1`; null for another text. */
export function fromAppLink(text: string): URL | null {
  const [, action, query = ''] = /^tg:(?:\/\/)?([a-z]+)\/?\?(\S{1,500})$/i.exec(text.trim()) ?? [];
  const given = new URLSearchParams(query);
  const of = (key: string): string => encodeURIComponent(given.get(key) ?? '');
  const paths: Readonly<Record<string, string>> = {
    resolve: `/${of('domain')}/${of('post')}`,
    privatepost: `/c/${of('channel')}/${of('post')}`,
    join: `/+${of('invite')}`,
  };
  const key = action?.toLowerCase() ?? '';
  const url = Object.hasOwn(paths, key) ? URL.parse(`https://t.me${paths[key] ?? ''}`) : null;
  return url && addressOf(url) ? url : null;
}

/** Parts of the path, with the channel first where it stands before the host: `durov.t.me/1`. */
function partsOf({ hostname, pathname }: URL): string[] | null {
  const host = hostname.replace(/\.$/, '');
  const site = telegramHosts.find((each) => host === each || host.endsWith(`.${each}`));
  if (site === undefined) return null;
  const parts = normalizePercent(pathname)
    .split('/')
    .filter((part) => part !== '');
  const below = host.slice(0, -site.length - 1);
  if (below === '' || below === 'www') return parts;
  return name.test(below) ? [below, ...parts] : null;
}

function privatePost([chat = '', ...numbers]: readonly string[]): TelegramAddress | null {
  const id = lastOf(numbers, 2);
  return id !== null && /^[1-9]\d{0,18}$/.test(chat) ? { kind: 'private', chat, id } : null;
}

function invite([code = '', ...more]: readonly string[]): TelegramAddress | null {
  return more.length === 0 && inviteCode.test(code) ? { kind: 'invite', code } : null;
}

/** The number of the post: the last one, since a group with topics puts the topic's before it. */
function lastOf(numbers: readonly string[], most: number): string | null {
  const fits = numbers.length > 0 && numbers.length <= most && numbers.every((each) => number.test(each));
  return fits ? (numbers.at(-1) ?? null) : null;
}
