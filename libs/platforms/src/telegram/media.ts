import type { ParsedMedia } from '@vaultstream/contracts';
import { uniqueMedia } from '../clean/content-fields.ts';
import { httpsUrl } from '../clean/http-url.ts';
import type { Mark } from './marks.ts';
import { backgroundOf, type PostPage } from './post-page.ts';

const base = 'https://t.me/';
/** An album has ten. */
const maxShown = 100;
const shown = ['photo_wrap', 'video_player', 'roundvideo_player', 'voice', 'audio', 'sticker', 'videosticker'].map(
  (name) => `tgme_widget_message_${name}`,
);

/** What a post shows, in its order: pictures, films after their pictures, voices, stickers; else the picture of the page it links to. */
export function mediaOf(page: PostPage): ParsedMedia[] {
  const own = uniqueMedia(
    page
      .withClass(...shown)
      .slice(0, maxShown)
      .flatMap((mark) => rowsOf(page, mark)),
  );
  const found = own.length > 0 ? own : previewOf(page);
  return found.map((medium, index) => (index > 0 && medium.role === 'cover' ? { ...medium, role: 'content' } : medium));
}

function rowsOf(page: PostPage, mark: Mark): ParsedMedia[] {
  const [, kind] = /^tgme_widget_message_(\w+)$/.exec(mark.classes.find((each) => shown.includes(each)) ?? '') ?? [];
  switch (kind) {
    case 'photo_wrap':
      return row('image', backgroundOf(mark));
    case 'video_player':
    case 'roundvideo_player':
      return film(page, mark, kind === 'video_player' ? 'video' : 'roundvideo');
    case 'sticker':
    case 'videosticker':
      return row('image', mark.attributes['data-webp'] ?? backgroundOf(mark));
    default:
      return row('audio', mark.attributes['src']);
  }
}

/** A film too large for the widget is at least its picture. */
function film(page: PostPage, player: Mark, name: string): ParsedMedia[] {
  const [thumb] = page.below(player, `tgme_widget_message_${name}_thumb`);
  const [video] = page.below(player, `tgme_widget_message_${name}`);
  const films = row('video', video?.attributes['src']);
  return [...row('image', backgroundOf(thumb), films.length > 0 ? 'cover' : 'content'), ...films];
}

function previewOf(page: PostPage): ParsedMedia[] {
  const preview = page.first('link_preview');
  const [picture] = ['link_preview_image', 'link_preview_right_image', 'link_preview_video_thumb'].flatMap((name) =>
    page.below(preview, name),
  );
  return row('image', backgroundOf(picture), 'cover');
}

function row(
  kind: ParsedMedia['kind'],
  address: string | undefined,
  role: ParsedMedia['role'] = 'content',
): ParsedMedia[] {
  const url = httpsUrl(address, base);
  return url === null ? [] : [{ kind, role, url }];
}
