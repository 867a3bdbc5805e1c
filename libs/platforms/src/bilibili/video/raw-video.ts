import { itemsOf, membersOf } from '../../clean/json.ts';
import { rawOf } from '../raw.ts';

/** Parts of a video whose facts are kept. */
const maxPages = 10;

/** A video's answer for debugging and later parsers: bounded, its parts cut to ten, its season to the number of its episodes. */
export function rawVideo(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { pages, ugc_season: season, ...rest } = data;
  const { id, title, ep_count } = membersOf(season);
  return rawOf({
    ...rest,
    ...(Array.isArray(pages) ? { pages: itemsOf(pages).slice(0, maxPages) } : {}),
    ...(typeof season === 'object' && season !== null ? { ugc_season: { id, title, ep_count } } : {}),
  });
}
