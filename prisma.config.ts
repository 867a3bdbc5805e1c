import { defineConfig } from 'prisma-cli/config';

/** For Prisma's CLI only (`generate`, and `migrate deploy` where its engine can be downloaded); the product reads its own environment. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
