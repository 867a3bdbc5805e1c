import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

const require = createRequire(import.meta.url);

/** Node's global, which the types of Node do not declare; and the one export that the bindings leave to us. */
const { WebAssembly: wasmRuntime } = globalThis as unknown as {
  WebAssembly: {
    instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
  };
};

/** The bindings keep the instance in module variables: one a process. */
let loaded: Promise<void> | undefined;

async function loadEngine(): Promise<void> {
  const wasm = await readFile(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm'));
  const { instance } = await wasmRuntime.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/**
 * The SQL that turns a database of one Prisma schema into another's, by Prisma's own schema engine (WebAssembly: nothing is downloaded).
 * For the schema tools: the product never loads it.
 * @param from Text of the old schema.prisma; null means an empty database.
 * @param to Text of the new one.
 * @param url Any reachable Postgres: the engine wants a connection, though it compares the texts only.
 * @throws Error with Prisma's message when a schema is not valid.
 */
export async function schemaSql(from: string | null, to: string, url: string): Promise<string> {
  await (loaded ??= loadEngine());
  const file = (content: string) => ({ path: 'schema.prisma', content });
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const engine = await bindings.SchemaEngine.new({ datamodels: [['schema.prisma', to]] }, () => undefined, factory);
  try {
    const { stdout } = await engine.diff({
      from: from === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [file(from)] },
      to: { tag: 'schemaDatamodel', files: [file(to)] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    const sql = (stdout ?? '').trim();
    return sql === '-- This is an empty migration.' ? '' : sql;
  } finally {
    engine.free();
  }
}
