import { Injectable } from '@nestjs/common';
import { LinkSigner } from '@vaultstream/blobs';
import { AccessDenied } from '@vaultstream/contracts';
import { Admission, presentedToken } from '@vaultstream/runtime';
import type { FastifyRequest } from 'fastify';

/** The query of a media link. */
export interface LinkQuery {
  expires?: unknown;
  signature?: unknown;
}

/**
 * Who may read stored bytes: whoever has a signed link, and whoever has a token with the scope `read`. Tokens are counted as everywhere;
 * links are not, because one page shows many pictures, and people behind one address look at the same time.
 */
@Injectable()
export class MediaAccess {
  constructor(
    private readonly links: LinkSigner,
    private readonly admission: Admission,
  ) {}

  /** @throws AccessDenied (forged or expired link, missing scope), Unauthenticated (neither link nor known token), RateLimited. */
  async assertMayRead(key: string, query: LinkQuery, request: FastifyRequest): Promise<void> {
    if (query.signature !== undefined || query.expires !== undefined) await this.checkLink(key, query, request);
    else await this.admission.admit(request, presentedToken(request.headers), ['read']);
  }

  private async checkLink(key: string, { expires, signature }: LinkQuery, request: FastifyRequest): Promise<void> {
    const verdict =
      typeof expires === 'string' && typeof signature === 'string'
        ? this.links.verify(key, expires, signature)
        : 'forged';
    if (verdict === 'valid') return;
    // An old link is what an honest reader has; a forged one is a try, as a wrong token is.
    if (verdict === 'expired') throw new AccessDenied('This link has expired: ask for a new one.');
    await this.admission.countFailure(request);
    throw new AccessDenied('This link is not one of ours.');
  }
}
