import { AccessDenied, BadPayload, isVaultError, NotFound, type VaultError } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import type { PlatformContext } from '../platform.ts';
import { videoUrl } from './video-address.ts';

const maxBytes = 256 * 1024;

/** What YouTube tells sites that show its player: little, but it tells anybody. */
export type Embed = Readonly<Record<string, unknown>>;

/**
 * The oEmbed answer of a video (https://oembed.com). A refusal is returned: the owner may have forbidden other sites to show the video,
 * which says nothing of its page.
 * @throws NotFound for 400 and 404, which mean that there is no such video
 */
export async function readEmbed(id: string, { http, signal }: PlatformContext): Promise<Embed | VaultError> {
  const url = new URL('https://www.youtube.com/oembed');
  url.searchParams.set('url', videoUrl(id));
  url.searchParams.set('format', 'json');
  try {
    const answer = await http.fetch({ url: url.href, maxBytes, headers: { accept: 'application/json' }, signal });
    if (answer.status === 400) throw new NotFound('YouTube knows no such video', { status: 400 });
    raiseForStatus(answer);
    const embed = membersOf(parseJson(answer.body));
    if (cleanLine(embed['title'], 500) === null) throw new BadPayload('YouTube answered oEmbed without a title');
    return embed;
  } catch (error) {
    signal.throwIfAborted();
    if (!isVaultError(error) || error.name === 'NotFound') throw error;
    if (error.name !== 'AccessDenied') return error;
    return new AccessDenied('YouTube lets no other site show the video', { cause: error });
  }
}
