import { Controller, Get, Headers, Param, Redirect, Res } from '@nestjs/common';
import { NotFound } from '@vaultstream/contracts';
import { Answers, ApiDocument, Public, Root, type OpenApiDocument } from '@vaultstream/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { referenceFile } from './reference-files.ts';
import { pagePolicy, referencePage } from './reference-page.ts';

/** The API's description of itself, for machines and for people. */
@Root()
@Public()
@Controller()
export class DocsController {
  private document: OpenApiDocument | undefined;

  constructor(private readonly api: ApiDocument) {}

  @Get('openapi.json')
  @Answers('This document (OpenAPI 3.1).', { 200: z.record(z.string(), z.unknown()) })
  openapi(): OpenApiDocument {
    return (this.document ??= this.api.build());
  }

  /** The address that a start prints: somebody opens it in a browser. */
  @Get()
  @Redirect('/docs', 302)
  @Answers('To the page about this API.', { 302: null })
  home(): void {
    // The decorator says where to.
  }

  @Get('docs')
  @Answers('The API reference, as a page on which calls can be tried.', { 200: { media: 'text/html' } })
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy });
    return referencePage;
  }

  /** @throws NotFound for what the page does not load. */
  @Get('docs/:file')
  @Answers('A script, style sheet or picture of the API reference.', { 200: { media: '*/*' }, 304: null })
  async file(
    @Param('file') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Headers('accept-encoding') encodings: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await referenceFile(name);
    if (!file) throw new NotFound('The API reference has no such file.');
    // Kept by the browser, and asked for after each update of ours.
    reply.headers({ etag: file.etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
    if (known === file.etag) return void (await reply.code(304).send());
    reply.header('content-type', file.type);
    if (!/\bgzip\b/i.test(encodings ?? '')) return void (await reply.send(file.bytes));
    await reply.header('content-encoding', 'gzip').send(file.gzipped);
  }
}
