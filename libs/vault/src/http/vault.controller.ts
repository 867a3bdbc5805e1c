import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Answers, LOGGER, Scopes, ZodBody, type Logger } from '@vaultstream/runtime';
import { z } from 'zod';
import { BlobVerifier, type VerifyReport } from '../worker/garbage/blob-verifier.ts';
import { GarbageCollector, type GarbageReport } from '../worker/garbage/garbage-collector.ts';

const collectBody = z.strictObject({ dry_run: z.boolean().default(false) }).prefault({});
const verifyBody = z.strictObject({ sample: z.int().min(1).max(1_000).default(100) }).prefault({});

const count = z.int().min(0);
const collectAnswer = z
  .object({
    condemned: count,
    deleted: count,
    revived: count,
    /** Deleted. */
    bytes: z.number().min(0),
    /** Condemned, and not yet deleted. */
    waiting: count,
    /** Due, and kept back by the cap on deletion. */
    held: count,
  })
  .meta({ id: 'GarbageReport' });
const verifyAnswer = z
  .object({ checked: count, corrupt: z.array(z.string()), missing: z.array(z.string()) })
  .meta({ id: 'VerifyReport' });

/** The care of stored bytes, by hand. Collecting also runs by itself. */
@Controller('vault')
export class VaultController {
  constructor(
    @Inject(GarbageCollector) private readonly collector: GarbageCollector,
    @Inject(BlobVerifier) private readonly verifier: BlobVerifier,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws InfrastructureError when the store is away. */
  @Post('collect-garbage')
  @HttpCode(200)
  @Scopes('admin')
  @Answers('Condemns what nothing refers to, and deletes what was condemned a day ago.', { 200: collectAnswer })
  async collect(@ZodBody(collectBody) { dry_run: dryRun }: z.infer<typeof collectBody>): Promise<GarbageReport> {
    return this.collector.collect({ dryRun });
  }

  /** @throws InfrastructureError when the store is away. */
  @Post('verify')
  @HttpCode(200)
  @Scopes('admin')
  @Answers('Reads some stored files, chosen at random, and says which are not what they should be.', {
    200: verifyAnswer,
  })
  async verify(@ZodBody(verifyBody) { sample }: z.infer<typeof verifyBody>): Promise<VerifyReport> {
    const report = await this.verifier.verify(sample);
    if (report.corrupt.length + report.missing.length > 0)
      this.logger.error({ name: 'blobs.damaged', ...report }, 'stored bytes are missing or damaged');
    return report;
  }
}
