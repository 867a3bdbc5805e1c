import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LinkSigner } from '@vaultstream/blobs';
import { AccessDenied, TokenVerifier } from '@vaultstream/contracts';
import { Unauthenticated } from '@vaultstream/runtime';

/** The query of a media link. */
export interface LinkQuery {
  expires?: unknown;
  signature?: unknown;
}

/** Longer than any token that we give out: characters. */
const maxToken = 512;

/** Who may read stored bytes: whoever has a signed link, and whoever has a token with the scope `read`. */
@Injectable()
export class MediaAccess {
  constructor(
    private readonly links: LinkSigner,
    private readonly tokens: TokenVerifier,
  ) {}

  /** @throws AccessDenied (forged or expired link, missing scope), Unauthenticated (neither link nor known token). */
  async assertMayRead(key: string, query: LinkQuery, headers: IncomingHttpHeaders): Promise<void> {
    if (query.signature !== undefined || query.expires !== undefined) this.checkLink(key, query);
    else await this.checkToken(headers);
  }

  private checkLink(key: string, { expires, signature }: LinkQuery): void {
    const verdict =
      typeof expires === 'string' && typeof signature === 'string'
        ? this.links.verify(key, expires, signature)
        : 'forged';
    if (verdict === 'expired') throw new AccessDenied('This link has expired: ask for a new one.');
    if (verdict === 'forged') throw new AccessDenied('This link is not one of ours.');
  }

  private async checkToken(headers: IncomingHttpHeaders): Promise<void> {
    const own = headers['x-api-token'];
    const token = typeof own === 'string' ? own : /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const principal = token && token.length <= maxToken ? await this.tokens.verify(token) : null;
    if (!principal) throw new Unauthenticated();
    if (!principal.scopes.some((scope) => scope === 'read' || scope === 'admin'))
      throw new AccessDenied('This token lacks the scope: read.');
  }
}
