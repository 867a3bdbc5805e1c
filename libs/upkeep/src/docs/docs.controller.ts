import { Controller, Get, Redirect, Res } from '@nestjs/common';
import { Answers, ApiDocument, Public, Root, type OpenApiDocument } from '@vaultstream/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { docsPage, pagePolicy } from './page.ts';

/** The API's description of itself, for machines and for people. */
@Root()
@Public()
@Controller()
export class DocsController {
  private document: OpenApiDocument | undefined;
  private html: string | undefined;

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
  @Answers('This document as a page.', { 200: { media: 'text/html' } })
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy });
    return (this.html ??= docsPage(this.openapi()));
  }
}
