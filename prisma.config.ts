import { defineConfig } from 'prisma/config';

/** The command line of Prisma is used for `generate` only; migrations are ours (see docs/decisions). */
export default defineConfig({ schema: 'prisma/schema.prisma' });
