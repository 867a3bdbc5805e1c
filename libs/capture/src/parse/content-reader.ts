import { Inject, Injectable } from '@nestjs/common';
import { BadPayload, isVaultError, parsedContentSchema, Unsupported } from '@vaultstream/contracts';
import type { Canonical, ParsedContent } from '@vaultstream/contracts';
import { identifyUrl, platformById, type Extractor } from '@vaultstream/platforms';
import { GuardedHttp, inSpan, type Logger } from '@vaultstream/runtime';
import { inLine, type Hold } from '@vaultstream/runtime/async';
import type { ParseJob } from '@vaultstream/store';
import { PAGE_READER } from './page-reader.ts';
import { PlatformSettings } from './platform-settings.ts';

/** What a platform told about a content. */
export interface ReadContent {
  parsed: ParsedContent;
  /** The address that answered, where that is not the one asked. */
  learnt: Canonical | null;
  /** Where the answer came from, when that is neither the address asked nor one that can be its name. */
  elsewhere: string | null;
}

/** Reads contents through their platforms. What comes back has passed the schema: a platform's word is not taken for it. */
@Injectable()
export class ContentReader {
  constructor(
    private readonly http: GuardedHttp,
    private readonly settings: PlatformSettings,
    @Inject(PAGE_READER) private readonly pages: Extractor,
  ) {}

  /**
   * @param hold Stops the clock of the run that waits for a reader: see `TaskContext.hold`.
   * @throws Unsupported for a platform of another release, BadPayload for a result that breaks the contract, Later when too many pages wait to be
   * read, and what the platform throws.
   */
  async read({ canonical, url }: ParseJob, signal: AbortSignal, log: Logger, hold?: Hold): Promise<ReadContent> {
    const platform = platformById(canonical.platform);
    if (!platform) throw new Unsupported(`there is no platform "${canonical.platform}"`);
    const found = await platform.parse(
      { canonical, sourceUrl: url },
      {
        http: this.http,
        settings: await this.settings.of(platform, log),
        signal,
        log,
        extract: (html, address) =>
          inSpan('page.extract', { 'vaultstream.bytes': html.length }, () =>
            inLine(hold, (line) => this.pages.extract(html, address, { signal, ...line })),
          ),
        readFeed: (text, address) => inLine(hold, (line) => this.pages.readFeed(text, address, { signal, ...line })),
      },
    );
    const result = parsedContentSchema.safeParse(found);
    if (!result.success) {
      const [issue] = result.error.issues;
      throw new BadPayload(
        `${canonical.platform} found what cannot be kept: ${issue?.path.join('.')}: ${issue?.message}`,
      );
    }
    return { parsed: result.data, ...whoAnswered(result.data, canonical) };
  }
}

/** Believed within one platform only: a page of the web must not speak for a content of another platform. */
function whoAnswered(
  { canonical_url, answered_elsewhere }: ParsedContent,
  known: Canonical,
): Pick<ReadContent, 'learnt' | 'elsewhere'> {
  const elsewhere = answered_elsewhere ?? null;
  const url = canonical_url === undefined ? null : URL.parse(canonical_url);
  if (!url) return { learnt: null, elsewhere };
  try {
    const learnt = identifyUrl(url);
    if (learnt.url === known.url) return { learnt: null, elsewhere };
    return learnt.platform === known.platform ? { learnt, elsewhere } : { learnt: null, elsewhere: learnt.url };
  } catch (error) {
    if (isVaultError(error)) return { learnt: null, elsewhere };
    throw error;
  }
}
