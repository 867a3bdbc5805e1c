/**
 * The yardstick of `shares.ts`: a Fastify handler that makes the rows of a first share (content, key, source, task, event) with `pg` in one
 * transaction, and nothing else: no token, no schema, no canonical URL, no log.
 *
 *   node --import ./scripts/source.mjs scripts/bench/bare/bare-shares-child.ts postgresql://...
 */
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.argv[2] ?? '', max: 10 });
const app = fastify();

app.post<{ Body: { url: string; tags: string[] } }>('/shares', async (request, reply) => {
  const { url, tags } = request.body;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO contents (platform, content_type, url, canonical_url, tags, search_text, search_hash)
       VALUES ('web', 'page', $1, $1, $2, $3, 'hash') RETURNING id`,
      [url, tags, tags.join(' ')],
    );
    const id = rows[0]?.id;
    await client.query(`INSERT INTO content_keys (platform, key, content_id) VALUES ('web', $1, $2)`, [url, id]);
    await client.query(`INSERT INTO content_sources (id, content_id, url, tags) VALUES ($1, $2, $3, $4)`, [
      randomUUID(),
      id,
      url,
      tags,
    ]);
    await client.query(
      `INSERT INTO tasks (id, name, queue, payload, dedupe_key, content_id) VALUES ($1, 'content.parse', 'parse', $2, $3, $4)`,
      [randomUUID(), JSON.stringify({ content_id: id }), `content.parse:${id}`, id],
    );
    await client.query(`INSERT INTO events (type, content_id, payload) VALUES ('content.created', $1, $2)`, [
      id,
      JSON.stringify({ platform: 'web', tags }),
    ]);
    await client.query('COMMIT');
    return await reply.code(201).send({ content_id: id });
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
