import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { BlobStore, parseBlobKey, type ByteRange } from '@vaultstream/blobs';
import { NotFound } from '@vaultstream/contracts';
import { Answers, LOGGER, Public, Root, type Logger } from '@vaultstream/runtime';
import { Blobs, type BlobRecord } from '@vaultstream/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseRange } from './byte-range.ts';
import { MediaAccess, type LinkQuery } from './media-access.ts';
import { etagOf, matchesEtag, mediaHeaders } from './media-headers.ts';

const anything = { media: '*/*' };
const bytes = { 200: anything, 206: anything, 304: null, 416: null };

/** Stored bytes, by signed link or token. Answers HEAD too. */
@Root()
@Public()
@Controller('media')
export class MediaController {
  constructor(
    private readonly access: MediaAccess,
    private readonly blobs: Blobs,
    private readonly store: BlobStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws NotFound, AccessDenied, Unauthenticated, RateLimited, InfrastructureError (the store is away). */
  @Get('*')
  @Answers(
    'Stored bytes, by signed link or by a token with the scope `read`; honours Range.',
    bytes,
    401,
    403,
    404,
    429,
  )
  async read(@Req() request: FastifyRequest, @Query() query: LinkQuery, @Res() reply: FastifyReply): Promise<void> {
    const key = keyOf(request);
    await this.access.assertMayRead(key, query, request);
    const blob = await this.find(key);
    if (matchesEtag(request.headers['if-none-match'], etagOf(blob)))
      return void (await reply.code(304).headers(mediaHeaders(blob)).send());
    const { range: asked, 'if-range': ifRange } = request.headers;
    const range = ifRange === undefined || ifRange === etagOf(blob) ? parseRange(asked, blob.size) : null;
    if (range === 'unsatisfiable')
      return void (await reply.code(416).header('content-range', `bytes */${blob.size}`).send());
    // The bytes first: an error must not go out with headers that tell the browser to keep it for a year.
    const stream = request.method === 'HEAD' ? nothing() : await this.bytes(blob, range);
    reply.headers(mediaHeaders(blob)).header('content-length', range ? range.end - range.start + 1 : blob.size);
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${blob.size}`);
    await reply.send(stream);
  }

  private async bytes(blob: BlobRecord, range: ByteRange | null): Promise<Readable> {
    return (await this.store.get(blob.key, range ?? undefined)).stream;
  }

  /** The blob, if its bytes are there and are as long as they were. */
  private async find(key: string): Promise<BlobRecord> {
    const blob = await this.blobs.findByKey(key);
    if (!blob || (blob.state !== 'live' && blob.state !== 'condemned')) throw missing();
    const found = await this.store.head(key);
    if (found?.size === blob.size) return blob;
    this.logger.error(
      { name: 'media.damaged', key, expected: blob.size, found: found?.size },
      'stored bytes are missing or damaged',
    );
    throw missing();
  }
}

/** A stream without bytes: the answer to HEAD keeps its Content-Length, which an empty body would set to 0. */
const nothing = (): Readable => Readable.from([]);

const missing = (): NotFound => new NotFound('There is nothing stored under this key.');

/** The key in the path, decoded once by the router. @throws NotFound for what is no key. */
function keyOf(request: FastifyRequest): string {
  const key = (request.params as Record<string, string>)['*'] ?? '';
  if (parseBlobKey(key) === null) throw missing();
  return key;
}
