import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.decorators.ts';
import { Answers } from '../openapi/answers.decorator.ts';
import { Root } from '../http/root.decorator.ts';
import { Metrics } from './metrics.ts';

/** What Prometheus scrapes. */
@Root()
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  @Answers('What Prometheus scrapes.', { 200: { media: 'text/plain' } })
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.render();
  }
}
