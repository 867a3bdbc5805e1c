import { serveJobs } from '@vaultstream/runtime/async/child';
import { extractPage } from './extract-page.ts';
import type { ReadRequest } from './page.ts';

/**
 * Program of the children that read strangers' pages; `createExtractor` starts them. It and all that it imports must be plain erasable
 * TypeScript with relative and npm imports only, so that Node runs it as it stands, uncompiled.
 */
serveJobs<ReadRequest>(
  async () =>
    ({ text, url }) =>
      extractPage(text, url),
);
