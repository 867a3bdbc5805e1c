/** npm run db:generate: Prisma's client from prisma/schema.prisma, into libs/store/src/generated, which is committed. */
import { ensureGenerated } from './lib/workspace.mjs';

ensureGenerated();
