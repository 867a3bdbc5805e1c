import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { readVideo } from './read-video.ts';
import { youtubeSettings, type YoutubeSettings } from './settings.ts';
import { contentOf } from './to-content.ts';
import { fromAppLink, videoIdOf, videoUrl, youtubeHosts } from './video-address.ts';

const parserVersion = 1;

/** YouTube: what is known of a video. Its film is not fetched. */
export const youtube: Platform<YoutubeSettings> = {
  id: 'youtube',
  hosts: youtubeHosts,
  contentTypes: ['video'],
  example: 'https://www.youtube.com/watch?v=HarbLamps01',
  parserVersion,
  settings: youtubeSettings,
  notes: [
    'Videos, shorts and broadcasts, which are one and the same. Channels, playlists, clips and posts are pages for web.',
    'oEmbed first, then what the page tells its player: description, date, counts, keywords. One of them is enough; read-video.ts has the rules.',
    'A page that asks for consent or suspects a robot says nothing of the video: it is kept with title, author and picture.',
    'Private, removed, and with an age or a country limit: AccessDenied or NotFound, unless the page tells what it is about all the same.',
    'Films are not fetched: their addresses are signed for one reader and some hours.',
  ],

  canonicalize(url: URL): Canonical | null {
    const id = videoIdOf(url);
    return id === null ? null : { platform: 'youtube', url: videoUrl(id), platformId: id, contentType: 'video' };
  },

  fromBareId: fromAppLink,

  async parse({ canonical }, ctx) {
    const id = videoIdOf(new URL(canonical.url));
    if (id === null) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(id, await readVideo(id, ctx)), parser_version: parserVersion };
  },
};
