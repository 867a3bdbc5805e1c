import { runInThisContext } from 'node:vm';
import { extractPage } from './extract-page.ts';
import type { ExtractedPage, ExtractReply, ExtractRequest } from './page.ts';

/**
 * Entry of the child process that reads pages; `PageReader` starts it. It and all that it imports must be plain erasable TypeScript
 * with relative and npm imports only, so that `node extract-child.ts` runs as it stands, uncompiled.
 */

/** Milliseconds for one page, given by the host: longer than it waits itself, so that it matters only when the host is gone and nobody is left to kill us. */
const orphanLimitMs = Number(process.argv[2]);

let current: ExtractRequest | undefined;
const job = Symbol.for('vaultstream.extract');
// `vm` can stop JavaScript that never returns, regular expressions included; nothing else inside the process can.
Object.defineProperty(globalThis, job, { value: () => current && extractPage(current.html, current.url) });

function answer(request: ExtractRequest): ExtractReply {
  current = request;
  try {
    const page = runInThisContext("globalThis[Symbol.for('vaultstream.extract')]()", {
      timeout: orphanLimitMs,
    }) as ExtractedPage;
    return { kind: 'page', id: request.id, page };
  } catch (error) {
    return { kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error) };
  } finally {
    current = undefined;
  }
}

function send(reply: ExtractReply): void {
  if (process.connected) process.send?.(reply);
}

process.on('message', (request: ExtractRequest) => send(answer(request)));
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
