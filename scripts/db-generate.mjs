/** npm run db:generate: Prisma's client from prisma/schema.prisma, into libs/store/src/generated. Downloads nothing. */
import { ensureGenerated } from './lib/workspace.mjs';

ensureGenerated();
