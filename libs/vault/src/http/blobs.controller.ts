import { Controller, Get } from '@nestjs/common';
import { NotFound } from '@vaultstream/contracts';
import { Answers, Scopes, ZodParams } from '@vaultstream/runtime';
import { Blobs, type BlobFacts } from '@vaultstream/store';
import { z } from 'zod';

const paramsSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex') });

const blobViewSchema = z
  .object({
    sha256: z.string(),
    key: z.string(),
    mime: z.string(),
    /** Bytes. */
    size: z.number(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    state: z.string(),
    /** Media rows that show it. */
    references: z.int(),
    /** What was made of the same fetched files. */
    variants: z.array(
      z.object({ preset: z.string(), sha256: z.string(), key: z.string(), original_sha256: z.string() }),
    ),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Blob' });

/** What is known of stored bytes. */
@Controller('blobs')
export class BlobsController {
  constructor(private readonly blobs: Blobs) {}

  /** @throws NotFound for a hash that nothing is, or was lately, stored under. */
  @Get(':sha256')
  @Scopes('read')
  @Answers('What is known of stored bytes.', { 200: blobViewSchema })
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
