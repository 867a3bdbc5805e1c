import { film } from '../pictures/film.ts';
import { picture } from '../pictures/gallery.ts';
import { html, type Answer, type Service } from '../server/service.ts';
import { posts } from './posts.ts';
import { appsOnly, excuse, widget } from './widget.ts';

/** Posts that are there, but not for everybody. */
const excuses: Readonly<Record<string, string>> = {
  '403': 'This channel can&#39;t be displayed because it violated local laws.',
};

/** t.me and its files: posts of the channel `harbour_lamps` as other sites frame them. It has nothing to do with the Bot API. */
export const telegramWeb: Service = {
  name: 'telegram-web',
  hosts: ['t.me', 'cdn4.telesco.pe'],
  control: {},
  reset: () => undefined,
  answer: ({ host, path, query }) => (host === 't.me' ? page(path, query) : file(path)),
  refuse: (status, retryAfterS) =>
    html(`<html><h1>${status}</h1></html>`, status, status === 429 ? { 'retry-after': String(retryAfterS) } : {}),
};

function page(path: string, query: URLSearchParams): Answer {
  const [, channel = '', id = ''] = /^\/(\w+)\/(\d+)$/.exec(path) ?? [];
  if (query.get('embed') !== '1')
    return html('<!DOCTYPE html><title>Telegram: View @harbour_lamps</title><div class="tgme_page"></div>');
  if (channel.toLowerCase() !== 'harbour_lamps')
    return html(excuse(`Channel with username <b>@${channel}</b> not found`));
  if (id === '18') return html(appsOnly(18));
  const post = posts.get(Number(id));
  return html(post ? widget(Number(id), post) : excuse(excuses[id] ?? 'Post not found'));
}

function file(path: string): Answer {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.mp4') ? film : (picture(name) ?? html('', 404));
}
