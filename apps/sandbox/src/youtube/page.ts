import type { FakeVideo, Refusal } from './videos.ts';

const channel = { id: 'UCharbourlampsharbourlam', name: 'Harbour Lamps', url: 'http://www.youtube.com/@harbour_lamps' };

/** What the page of a video tells its player (names: yt-dlp, yt_dlp/extractor/youtube.py). */
export function playerOf(video: FakeVideo): object {
  const { id, title, description, seconds, views, likes, adult = false } = video;
  return {
    playabilityStatus: adult
      ? { status: 'LOGIN_REQUIRED', reason: 'Sign in to confirm your age' }
      : { status: 'OK', playableInEmbed: video.embeddable !== false },
    videoDetails: {
      ...{ videoId: id, title, lengthSeconds: String(seconds), channelId: channel.id, shortDescription: description },
      ...(video.keywords.length > 0 ? { keywords: video.keywords } : {}),
      thumbnail: { thumbnails: thumbnailsOf(video) },
      ...{ viewCount: String(views), author: channel.name, isPrivate: false, isLiveContent: false },
    },
    microformat: {
      playerMicroformatRenderer: {
        ...{ title: { simpleText: title }, description: { simpleText: description }, lengthSeconds: String(seconds) },
        ...{ ownerProfileUrl: channel.url, externalChannelId: channel.id, ownerChannelName: channel.name },
        ...{ isFamilySafe: !adult, isUnlisted: false, isShortsEligible: video.short ?? false },
        ...{ viewCount: String(views), likeCount: String(likes), category: 'Education' },
        ...{ publishDate: '2026-03-02T06:15:00-08:00', uploadDate: '2026-03-02T06:15:00-08:00' },
      },
    },
  };
}

/** The same where there is nothing to play. */
export function refusedPlayer({ status, reason, more }: Refusal): object {
  const subreason = more === undefined ? {} : { subreason: { simpleText: more } };
  const errorScreen = { playerErrorMessageRenderer: { reason: { simpleText: reason }, ...subreason } };
  return { playabilityStatus: { status, reason, errorScreen } };
}

/** The page around it. */
export function pageOf(player: object): string {
  const data = JSON.stringify({ responseContext: {}, ...player });
  return `<!DOCTYPE html><html lang="en"><head><title>YouTube</title></head><body><script nonce="a">var ytInitialPlayerResponse = ${data};var meta = document.createElement('meta');</script></body></html>`;
}

/** What oEmbed answers (https://oembed.com). */
export function embedOf({ id, title }: FakeVideo): object {
  return {
    ...{ title, author_name: channel.name, author_url: channel.url.replace('http:', 'https:'), type: 'video' },
    ...{ height: 113, width: 200, version: '1.0', provider_name: 'YouTube', provider_url: 'https://www.youtube.com/' },
    ...{ thumbnail_height: 360, thumbnail_width: 480, thumbnail_url: `https://i.ytimg.com/vi/${id}/hqdefault.jpg` },
    html: `<iframe width="200" height="113" src="https://www.youtube.com/embed/${id}?feature=oembed"></iframe>`,
  };
}

function thumbnailsOf({ id, large }: FakeVideo): object[] {
  const of = (name: string, width: number, height: number, query = '') => ({
    url: `https://i.ytimg.com/vi/${id}/${name}.jpg${query}`,
    ...{ width, height },
  });
  const best = large ? of('maxresdefault', 1280, 720) : of('sddefault', 640, 480);
  return [of('hqdefault', 168, 94, '?sqp=-oaymw&rs=AOn4'), of('hqdefault', 336, 188, '?sqp=-oaymw&rs=AOn5'), best];
}
