/** npm run db:generate: Prisma's client from prisma/schema.prisma, into libs/store/src/generated, which is committed. */
import { ensureGenerated, readFlags } from './lib/workspace.mjs';

readFlags('npm run db:generate: the Prisma client from prisma/schema.prisma, into libs/store/src/generated.');
ensureGenerated();
