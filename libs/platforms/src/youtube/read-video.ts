import { isVaultError, type VaultError } from '@vaultstream/contracts';
import { readEmbed, type Embed } from './embed.ts';
import { readPage, type Player, type YoutubeContext } from './page.ts';

/** What is known of a video; at least one of the two. */
export interface FoundVideo {
  embed: Embed | null;
  player: Player | null;
  /** Why there is no player: the name of an error; null where there is one. */
  missing: string | null;
}

/**
 * First what other sites are told, which is little but hardly ever refused; then the page, which tells all but suspects robots. One of them
 * is enough. The page's word that a video is gone, or not for everybody, is final.
 * @throws NotFound, AccessDenied; what may pass, when neither could be had; BadPayload
 */
export async function readVideo(id: string, ctx: YoutubeContext): Promise<FoundVideo> {
  const embed = await readEmbed(id, ctx);
  const page = await readPage(id, ctx);
  if (isVaultError(page)) {
    if (isVaultError(embed)) throw worse(embed, page);
    ctx.log.debug({ video: id, error_type: page.name }, 'kept without what its page could not tell');
    return { embed, player: null, missing: page.name };
  }
  return { embed: isVaultError(embed) ? null : embed, player: page, missing: null };
}

/** What may pass is tried again; else the first word counts. */
function worse(embed: VaultError, page: VaultError): VaultError {
  return [embed, page].find(({ retryable }) => retryable) ?? embed;
}
