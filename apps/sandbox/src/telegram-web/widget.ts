import { partsOf, posts, type FakePost } from './posts.ts';

const channel = 'Harbour_Lamps';
const files = 'https://cdn4.telesco.pe/file';
const address = (id: number): string => `https://t.me/${channel}/${id}`;

/** The page that other sites put into a frame, as t.me writes it (classes: RSSHub, lib/routes/telegram/channel.ts). */
export function widget(asked: number, post: FakePost): string {
  const body = [replied(post), forwarded(post), media(post), said(post), poll(post), reactions].join('');
  return framed(
    `<div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="${channel}/${asked}" data-view="eyJj">
<div class="tgme_widget_message_user"><a href="https://t.me/${channel}"><i class="tgme_widget_message_user_photo bgcolor0" data-content="H"><img src="${files}/harbour-lamps-320x320.jpg"></i></a></div>
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/${channel}"><span dir="auto">Harbour Lamps</span></a></div>
${body}
<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info"><span class="tgme_widget_message_views">${post.views}</span><span class="copyonly"> views</span><span class="tgme_widget_message_meta">${post.edited ? 'edited &nbsp;' : ''}<a class="tgme_widget_message_date" href="${address(asked)}"><time datetime="2026-03-02T06:15:00+00:00" class="time">06:15</time></a></span></div></div>
</div></div>`,
  );
}

/** The same page for a post that is not there, or not shown here. */
export function excuse(sentence: string): string {
  return framed(`<div class="tgme_widget_message_error">${sentence}</div>`);
}

/** The same page for a post that only Telegram's apps show. */
export function appsOnly(asked: number): string {
  return widget(asked, { id: asked, views: '5' }).replace(
    reactions,
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported"><div class="message_media_not_supported_label">Please open Telegram to view this post</div></div></div>',
  );
}

const framed = (body: string): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Telegram Widget</title></head><body class="widget_frame_base tgme_widget body_widget_post">${body}</body></html>`;

const reactions =
  '<div class="tgme_widget_message_reactions js-message_reactions"><span class="tgme_reaction"><i class="emoji"><b>👍</b></i>300</span><span class="tgme_reaction"><i class="emoji"><b>🏮</b></i>40</span></div>';

function said({ text }: FakePost): string {
  return text === undefined ? '' : `<div class="tgme_widget_message_text js-message_text" dir="auto">${text}</div>`;
}

function media(post: FakePost): string {
  const { pictures = [], film, round } = post;
  if (film !== undefined) return round ? roundFilm(post.id, film) : flatFilm(post.id, film);
  const ids = partsOf(post);
  const photos = pictures.map((name, index) => photo(ids[index] ?? post.id, name, pictures.length > 1)).join('');
  if (pictures.length < 2) return photos;
  return `<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap"><div class="tgme_widget_message_grouped js-message_grouped"><div class="tgme_widget_message_grouped_layer js-message_grouped_layer">${photos}</div></div></div>`;
}

function photo(id: number, name: string, grouped: boolean): string {
  const classes = `tgme_widget_message_photo_wrap ${grouped ? 'grouped_media_wrap blured ' : ''}js-message_photo`;
  return `<a class="${classes}" style="width:800px;background-image:url('${files}/${name}.jpg')" href="${address(id)}${grouped ? '?single' : ''}"><div class="tgme_widget_message_photo" style="padding-top:75%"></div></a>`;
}

function flatFilm(id: number, name: string): string {
  return `<a class="tgme_widget_message_video_player js-message_video_player" href="${address(id)}"><i class="tgme_widget_message_video_thumb" style="background-image:url('${files}/${name}.jpg')"></i><div class="tgme_widget_message_video_wrap"><video src="${files}/${name}.mp4?token=abc" class="tgme_widget_message_video js-message_video"></video></div><time class="message_video_duration js-message_video_duration">0:12</time></a>`;
}

function roundFilm(id: number, name: string): string {
  return `<a class="tgme_widget_message_roundvideo_player js-message_roundvideo_player" href="${address(id)}"><i class="tgme_widget_message_roundvideo_thumb" style="background-image:url('${files}/${name}.jpg')"></i><div class="tgme_widget_message_roundvideo_wrap"><video src="${files}/${name}.mp4?token=abc" class="tgme_widget_message_roundvideo js-message_roundvideo"></video></div><time class="tgme_widget_message_roundvideo_duration">0:31</time></a>`;
}

function poll({ poll: given }: FakePost): string {
  if (!given) return '';
  const options = given.options.map(
    ([label, percent]) =>
      `<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">${percent}%</div><div class="tgme_widget_message_poll_option_value"><div class="tgme_widget_message_poll_option_text">${label}</div></div></div>`,
  );
  return `<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">${given.question}</div><div class="tgme_widget_message_poll_type">Anonymous Poll</div><a class="tgme_widget_message_poll_options" href="#">${options.join('')}</a></div>`;
}

function replied({ answers }: FakePost): string {
  if (answers === undefined) return '';
  const text =
    posts
      .get(answers)
      ?.text?.replace(/<[^<>]+>/g, ' ')
      .slice(0, 60) ?? '';
  return `<a class="tgme_widget_message_reply user-color-2" href="${address(answers)}"><div class="tgme_widget_message_author accent_color"><span class="tgme_widget_message_author_name" dir="auto">Harbour Lamps</span></div><div class="tgme_widget_message_text js-message_reply_text" dir="auto">${text}</div></a>`;
}

function forwarded({ from }: FakePost): string {
  return from === undefined
    ? ''
    : `<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/quay_office/7"><span dir="auto">${from}</span></a></div>`;
}
