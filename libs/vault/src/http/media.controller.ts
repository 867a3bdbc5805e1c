import { finished, Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { BlobStore, parseBlobKey, type ByteRange } from '@vaultstream/blobs';
import { NotFound } from '@vaultstream/contracts';
import { Answers, Public, Root } from '@vaultstream/runtime';
import { Blobs, type BlobRecord } from '@vaultstream/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DamagedBlob, DamageRecorder } from '../reads/damage-recorder.ts';
import { VerifiedReads } from '../reads/verified-reads.ts';
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
    private readonly reads: VerifiedReads,
    private readonly recorder: DamageRecorder,
  ) {}

  /** @throws NotFound (also for what is damaged), AccessDenied, Unauthenticated, RateLimited, InfrastructureError (the store is away). */
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
    const body = request.method === 'HEAD' ? emptyBody(blob) : await this.bytes(blob, range, reply);
    reply.headers(mediaHeaders(blob)).header('content-length', range ? range.end - range.start + 1 : blob.size);
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${blob.size}`);
    await reply.send(body);
  }

  private async bytes(blob: BlobRecord, range: ByteRange | null, reply: FastifyReply): Promise<Buffer | Readable> {
    const { body, release } = await this.reads.open(blob, range);
    finished(reply.raw, release);
    return body;
  }

  /** The blob, if its bytes are as long as they were. One that was found damaged is looked at again: it may have been mended in place. */
  private async find(key: string): Promise<BlobRecord> {
    const blob = await this.blobs.findByKey(key);
    if (!blob || !shown.includes(blob.state)) throw missing();
    const found = await this.store.head(key);
    if (found?.size !== blob.size) throw await this.recorder.damaged(blob, found ? 'size' : 'missing');
    return blob;
  }
}

/** States of a blob in which its bytes may be there. */
const shown: readonly BlobRecord['state'][] = ['live', 'condemned', 'damaged'];

/** A stream without bytes: the answer to HEAD keeps its Content-Length, which an empty body would set to 0. */
function emptyBody(blob: BlobRecord): Readable {
  if (blob.state === 'damaged') throw new DamagedBlob();
  return Readable.from([]);
}

const missing = (): NotFound => new NotFound('There is nothing stored under this key.');

/** The key in the path, decoded once by the router. @throws NotFound for what is no key. */
function keyOf(request: FastifyRequest): string {
  const key = (request.params as Record<string, string>)['*'] ?? '';
  if (parseBlobKey(key) === null) throw missing();
  return key;
}
