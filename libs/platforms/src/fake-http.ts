import { NetworkError } from '@vaultstream/contracts';
import type { HttpAnswer, HttpRequest, PlatformHttp } from './platform.ts';

/** A recorded answer. */
export interface Recording {
  url: string;
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** What the bytes are; default: what the headers claim. */
  mime?: string | null;
  body?: string | Buffer;
  /** Where it ended, when the first address redirected. */
  finalUrl?: string;
  /** True: no answer comes within the client's time limits. */
  timeout?: boolean;
}

/** Answers from recordings and refuses every other URL, so that a platform that fetches more than it should is caught. For specs only. */
export class RecordedHttp implements PlatformHttp {
  /** Every URL asked for, in order. */
  readonly asked: string[] = [];

  constructor(private readonly recordings: readonly Recording[]) {}

  async fetch(request: HttpRequest): Promise<HttpAnswer> {
    this.asked.push(request.url);
    request.signal?.throwIfAborted();
    const recording = this.recordings.find(({ url }) => url === request.url);
    if (!recording) throw new Error(`not recorded: ${request.url}`);
    return answerOf(recording);
  }
}

/** Answers every URL in the same way. */
export class UniformHttp implements PlatformHttp {
  constructor(private readonly recording: Omit<Recording, 'url'>) {}

  async fetch(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    return answerOf({ ...this.recording, url: request.url });
  }
}

/** Never answers; ends only when the request is aborted. */
export class SilentHttp implements PlatformHttp {
  fetch(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((_, reject) => {
      const { signal } = request;
      if (!signal) return reject(new Error('a platform must hand its signal to every request'));
      if (signal.aborted) return reject(signal.reason as Error);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}

function answerOf(recording: Recording): HttpAnswer {
  if (recording.timeout === true)
    throw new NetworkError(`${new URL(recording.url).host}: no response headers within 10000 ms`);
  const headers = recording.headers ?? { 'content-type': 'text/html; charset=utf-8' };
  const declaredMime = headers['content-type']?.split(';', 1)[0]?.trim() ?? null;
  const finalUrl = recording.finalUrl ?? recording.url;
  return {
    url: finalUrl,
    status: recording.status ?? 200,
    headers,
    body: Buffer.isBuffer(recording.body) ? recording.body : Buffer.from(recording.body ?? ''),
    truncated: false,
    redirects: finalUrl === recording.url ? [] : [recording.url],
    mime: recording.mime === undefined ? declaredMime : recording.mime,
    declaredMime,
  };
}
