import { maxBodyText, type ParsedContent } from '@vaultstream/contracts';
import { memberAt, rawOf, statsOf, tagsOf } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { isHostOf } from '../url/hosts.ts';
import { coverOf } from './pictures.ts';
import type { FoundVideo } from './read-video.ts';
import { videoUrl, youtubeHosts } from './video-address.ts';

/** The content that a video is: what its page says, and where that could not be had what other sites are told. */
export function contentOf(id: string, { embed, player, missing }: FoundVideo): Omit<ParsedContent, 'parser_version'> {
  const details = player?.details ?? {};
  const facts = player?.facts ?? {};
  const channel = /^UC[\w-]{22}$/.exec(cleanLine(details['channelId'], 30) ?? '')?.[0] ?? null;
  const name = cleanLine(details['author'], 200) ?? cleanLine(embed?.['author_name'], 200);
  const profile = addressOf(facts['ownerProfileUrl']) ?? addressOf(embed?.['author_url']) ?? channelUrl(channel);
  const startsAt = memberAt(facts, 'liveBroadcastDetails', 'startTimestamp');
  const pictures = [memberAt(details, 'thumbnail', 'thumbnails'), memberAt(facts, 'thumbnail', 'thumbnails')];
  const embedded = {
    url: embed?.['thumbnail_url'],
    width: embed?.['thumbnail_width'],
    height: embed?.['thumbnail_height'],
  };
  return {
    platform_id: id,
    canonical_url: videoUrl(id),
    content_type: 'video',
    title: cleanLine(details['title'] ?? embed?.['title'], 500),
    description: null,
    body_text: cleanParagraphs(details['shortDescription'], maxBodyText),
    author: channel === null && name === null ? null : { id: channel, name, url: profile, avatar_url: null },
    site_name: 'YouTube',
    language: null,
    published_at: parseDate(facts['publishDate']) ?? parseDate(facts['uploadDate']) ?? parseDate(startsAt),
    tags: tagsOf(itemsOf(details['keywords'])),
    is_nsfw: facts['isFamilySafe'] === false,
    stats: statsOf({ view: details['viewCount'] ?? facts['viewCount'], like: facts['likeCount'] }),
    media: coverOf(id, ...pictures, ...(player ? [] : [[embedded]])),
    raw_metadata: rawOf({
      duration_s: cleanCount(details['lengthSeconds']),
      category: cleanLine(facts['category'], 100),
      starts_at: parseDate(startsAt)?.toISOString() ?? null,
      is_live: details['isLiveContent'] === true,
      is_short: facts['isShortsEligible'] === true,
      unlisted: facts['isUnlisted'] === true,
      obstacle: player?.obstacle ?? null,
      page_missing: missing,
      embed,
      details: { ...details, shortDescription: undefined },
      facts: { ...facts, description: undefined, availableCountries: undefined },
    }),
  };
}

/** A channel's address, on YouTube only. */
function addressOf(value: unknown): string | null {
  const url = httpsUrl(value);
  return url !== null && isHostOf(new URL(url).hostname, youtubeHosts) ? url : null;
}

function channelUrl(channel: string | null): string | null {
  return channel === null ? null : `https://www.youtube.com/channel/${channel}`;
}
