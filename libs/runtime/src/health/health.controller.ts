import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.decorators.ts';
import { Root } from '../http/root.decorator.ts';
import { Answers } from '../openapi/answers.decorator.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { z } from 'zod';
import { HealthRegistry, type HealthReport } from './health-registry.ts';

const statusSchema = z.object({ status: z.string() });
const componentSchema = z.object({ status: z.enum(['ok', 'down']), detail: z.string().optional() });
const reportSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    queue_size: z.int().nullable(),
    components: z.partialRecord(z.enum(['database', 'queue', 'storage', 'secrets']), componentSchema),
  })
  .meta({ id: 'Health' });

/** The probes. They answer with a status and say nothing that a stranger may not know. */
@Root()
@Public()
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  /** The process is alive. It depends on nothing outside: an outage elsewhere must not restart the fleet. */
  @Get('livez')
  @Answers('The process is alive.', { 200: statusSchema, 503: statusSchema })
  livez(@Res({ passthrough: true }) reply: FastifyReply): { status: string } {
    return this.health.alive ? answer(reply, 200, { status: 'ok' }) : answer(reply, 503, { status: 'dead' });
  }

  /** This process may be sent requests. */
  @Get('readyz')
  @Answers('This process may be sent requests.', { 200: statusSchema, 503: statusSchema })
  async readyz(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    if (this.shutdown.stopping) return answer(reply, 503, { status: 'stopping' });
    if (await this.health.ready()) return answer(reply, 200, { status: 'ok' });
    return answer(reply, 503, { status: 'unready' });
  }

  /** The whole truth. */
  @Get(['health', 'api/v1/health'])
  @Answers('How all parts are.', { 200: reportSchema, 503: reportSchema })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    return answer(reply, report.status === 'ok' ? 200 : 503, report);
  }
}

function answer<T>(reply: FastifyReply, status: number, body: T): T {
  reply.code(status);
  return body;
}
