import { Inject, Injectable } from '@nestjs/common';
import { isVaultError, type CanaryReport } from '@vaultstream/contracts';
import { identify, type Platform } from '@vaultstream/platforms';
import { LOGGER, redactText, type Logger } from '@vaultstream/runtime';
import { PlatformHealth } from '@vaultstream/store';
import { ContentReader } from '../parse/content-reader.ts';
import { CookieWatch } from './cookie-watch.ts';

/** Milliseconds that a canary may take: a caller waits for it. */
const timeoutMs = 30_000;
/** Characters of an error that are kept. */
const maxError = 500;

/** Reads a platform's own example, as a parse would, and keeps nothing of it but the report. */
@Injectable()
export class CanaryService {
  constructor(
    private readonly reader: ContentReader,
    private readonly health: PlatformHealth,
    private readonly cookies: CookieWatch,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** An open circuit does not stop it: it is one call, and somebody wants to know. @throws InfrastructureError; the reason of `signal` */
  async run(platform: Platform, signal?: AbortSignal): Promise<CanaryReport> {
    const startedAt = performance.now();
    const found = await this.read(platform, signal);
    signal?.throwIfAborted();
    const report: CanaryReport = {
      platform: platform.id,
      url: platform.example,
      at: new Date().toISOString(),
      took_ms: Math.round(performance.now() - startedAt),
      ...found,
    };
    await this.health.noteCanary(report);
    if (report.ok) await this.cookies.note(platform.id, 'valid');
    if (report.error_type === 'AccessDenied') await this.cookies.note(platform.id, 'rejected');
    return report;
  }

  private async read(
    { example }: Platform,
    signal?: AbortSignal,
  ): Promise<Omit<CanaryReport, 'platform' | 'url' | 'at' | 'took_ms'>> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const job = { contentId: 0, canonical: identify(example), url: example };
    try {
      const { parsed } = await this.reader.read(
        job,
        signal ? AbortSignal.any([signal, deadline]) : deadline,
        this.logger,
      );
      const { title, author, media, parser_version } = parsed;
      const fine = { error_type: null, error: null, retryable: null };
      return { ok: true, title, author: author?.name ?? null, media: media.length, parser_version, ...fine };
    } catch (error) {
      const known = isVaultError(error) ? error : undefined;
      const nothing = { title: null, author: null, media: 0, parser_version: null };
      const message = deadline.aborted ? `no answer within ${timeoutMs / 1_000} s` : messageOf(error);
      return {
        ok: false,
        ...nothing,
        error_type: deadline.aborted ? 'NetworkError' : (known?.name ?? 'UnexpectedError'),
        error: message,
        retryable: deadline.aborted || (known?.retryable ?? true),
      };
    }
  }
}

const messageOf = (error: unknown) =>
  redactText(error instanceof Error ? error.message : String(error)).slice(0, maxError);
