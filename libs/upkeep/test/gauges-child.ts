/**
 * A process that may be elected to tell the gauges of the database, with `/metrics` on a port of loopback. The first line on stdout is its address.
 *
 *   node --import ./scripts/source.mjs libs/upkeep/test/gauges-child.ts postgresql://... <folder>
 */
import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import { createHttpApp, createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { GaugesModule } from '../src/index.ts';

const [url = '', folder = ''] = process.argv.slice(2);
const secretsKey = randomBytes(32);
const env = Env.load({ DATA_DIR: folder, SECRETS_KEY: secretsKey.toString('base64') });
const logger = createLogger('gauges', { level: 'fatal', format: 'json', stream: process.stderr });

@Module({
  imports: [
    RuntimeModule.forRoot({ service: 'gauges', env, logger }),
    StoreModule.forRoot({ url, secretsKeys: [secretsKey], poolSize: 2 }),
    GaugesModule.forRoot({ imports: [] }),
  ],
})
class ChildModule {}

const app = await createHttpApp(ChildModule, env, logger);
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${await app.getUrl()}\n`);
