import { httpUrl } from '../clean/http-url.ts';
import type { DomElement } from './dom.ts';
import type { OpenDocument } from './open-document.ts';
import type { ExtractedPage } from './page.ts';
import { picturesIn } from './pictures.ts';

/** How many films, and how many sounds, a page may show. */
const maxPlayed = 20;

/** What a page shows that is no text: for a page that is nothing but that. Only files: a player in a frame is another page. */
export function shownMedia({ document, base }: OpenDocument): Pick<ExtractedPage, 'images' | 'videos' | 'audios'> {
  const { body } = document;
  if (!body) return { images: [], videos: [], audios: [] };
  return {
    images: picturesIn(body, base),
    videos: played(body, 'video', base),
    audios: played(body, 'audio', base),
  };
}

/** The file of each player: the first that it names, because the others are the same in another format. */
function played(body: DomElement, player: 'video' | 'audio', base: string): { url: string }[] {
  const urls = new Set<string>();
  for (const element of body.querySelectorAll(player)) {
    const sources = [element, ...element.querySelectorAll('source')].map((one) =>
      httpUrl(one.getAttribute('src'), base),
    );
    const url = sources.find((source) => source !== null);
    if (url !== undefined) urls.add(url);
    if (urls.size >= maxPlayed) break;
  }
  return [...urls].map((url) => ({ url }));
}
