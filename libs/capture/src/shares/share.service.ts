import { Injectable } from '@nestjs/common';
import { InvalidInput, isVaultError, UnitOfWork } from '@vaultstream/contracts';
import type { ShareRequest, ShareResponse } from '@vaultstream/contracts';
import { findUrlText, identify } from '@vaultstream/platforms';
import { annotateContext, crashPoint, Env, explainRefusal, GuardedHttp, Metrics } from '@vaultstream/runtime';
import { Contents, type Share } from '@vaultstream/store';
import { zeroCreated } from '../capture-counters.ts';
import { RuleForecasts } from './rule-forecasts.ts';

/** Takes shares in. */
@Injectable()
export class ShareService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly contents: Contents,
    private readonly http: GuardedHttp,
    private readonly env: Env,
    private readonly metrics: Metrics,
    private readonly forecasts: RuleForecasts,
  ) {
    zeroCreated(metrics);
  }

  /**
   * Finds out what was shared and keeps it, with the task that reads it, in one transaction.
   * @throws InvalidInput on `body.url`: see `prepare`.
   */
  async share(request: ShareRequest): Promise<ShareResponse> {
    const share = this.prepare(request);
    const outcome = await this.work.transact((tx) => this.contents.share(tx, share));
    crashPoint('after-share-before-answer');
    annotateContext({ contentId: outcome.contentId });
    if (outcome.created) this.metrics.counter('vaultstream_contents_created_total').inc({ platform: outcome.platform });
    return {
      content_id: outcome.contentId,
      status: outcome.status,
      platform: outcome.platform,
      canonical_url: outcome.canonicalUrl,
      created: outcome.created,
      rules: await this.forecasts.of(outcome.contentId, outcome),
    };
  }

  /**
   * Finds out what was shared. Nothing is stored yet.
   * @throws InvalidInput on `body.url` for what is no URL, or one that we would never visit.
   */
  prepare(request: ShareRequest): Share {
    const canonical = identify(request.url);
    // Both as it was written and as it will be fetched: canonicalising can hide an odd spelling, and can make one.
    const written = findUrlText(request.url);
    for (const url of written === null ? [canonical.url] : [written.text, canonical.url]) this.refuseForbidden(url);
    return {
      canonical,
      url: request.url,
      tags: request.tags,
      source: request.source,
      note: request.note,
      clientContext: request.client_context,
      isNsfw: request.is_nsfw,
      priority: request.priority,
      archiving: this.env.archive.enabled,
    };
  }

  /** The address policy at the door, without any network: whoever shares a forbidden address hears it at once. */
  private refuseForbidden(url: string): void {
    try {
      this.http.assertAllowedUrl(url);
    } catch (error) {
      if (!isVaultError(error) || error.disposition !== 'fail') throw error;
      const message = explainRefusal(error);
      throw new InvalidInput(`This address is not allowed: ${message}`, [{ path: 'body.url', message }], {
        code: 'refused',
        cause: error,
      });
    }
  }
}
