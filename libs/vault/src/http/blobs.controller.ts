import { Controller, Get } from '@nestjs/common';
import { NotFound } from '@vaultstream/contracts';
import { Scopes, ZodParams } from '@vaultstream/runtime';
import { Blobs, type BlobFacts } from '@vaultstream/store';
import { z } from 'zod';

const paramsSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex') });

/** What is known of stored bytes. */
@Controller('blobs')
export class BlobsController {
  constructor(private readonly blobs: Blobs) {}

  /** @throws NotFound for a hash that nothing is, or was lately, stored under. */
  @Get(':sha256')
  @Scopes('read')
  async describe(@ZodParams(paramsSchema) { sha256 }: z.infer<typeof paramsSchema>) {
    const blob = await this.blobs.describe(sha256);
    if (!blob) throw new NotFound('There is nothing stored under this hash.');
    return toView(blob);
  }
}

/** `size` in bytes; `references` are the media rows that show it; `variants` is what was made of the same fetched files. */
function toView({ sha256, key, mime, size, width, height, state, references, variants, createdAt }: BlobFacts) {
  return {
    sha256,
    key,
    mime,
    size,
    width,
    height,
    state,
    references,
    variants: variants.map(({ originalSha256, ...variant }) => ({ ...variant, original_sha256: originalSha256 })),
    created_at: createdAt.toISOString(),
  };
}
