import { setTimeout as sleep } from 'node:timers/promises';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

const seconds = { ci: 15, full: 60 };
const lanes = 4;
/** Pictures that this row alone uses. */
const pictures = { first: 300, count: 20 };
/** A run in which hardly anything was deleted would show nothing. */
const leastDeleted = 5;

/** Milliseconds that stand for the days of grace, delay and tombstone, and for the minutes of a claim. A delete takes a few. */
const graceMs = 1_000;

/** C1, C4: whoever stores a picture and whoever collects it meet again and again, in different processes. */
export const c1: Row = {
  id: 'C1',
  title: `${lanes} lanes store and give up ${pictures.count} pictures, two APIs collect them meanwhile, with a grace of ${graceMs} ms: no reference without its bytes`,
  inCi: true,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const end = Date.now() + (full ? seconds.full : seconds.ci) * 1_000;
    let dangling = 0;
    const storing = async () => {
      while (Date.now() < end) {
        const own = new Batch(world);
        await own.share(1, { picture: () => pictures.first + Math.floor(Math.random() * pictures.count) });
        own.ids.forEach((id) => batch.acknowledged.add(id));
        await settle(own);
        dangling += await countDangling(world);
        await world.sql.query('DELETE FROM media WHERE content_id = ANY($1)', [own.ids]);
      }
    };
    let collecting = true;
    let deleted = 0;
    const collect = async (url: string) => {
      for (; collecting; await sleep(50)) {
        await age(world);
        const { body } = await world.cluster.call('POST', '/api/v1/vault/collect-garbage', {}, {}, url);
        deleted += Number(body.deleted ?? 0);
      }
    };
    const collectors = world.cluster.of('api').map(({ url }) => collect(url));
    await Promise.all(Array.from({ length: lanes }, storing));
    collecting = false;
    await Promise.all(collectors);
    const verdict = await settle(batch);
    dangling += await countDangling(world);
    const { body } = await world.cluster.call('POST', '/api/v1/vault/verify', { sample: 1_000 });
    const broken = [];
    if (dangling > 0) broken.push(`${dangling} references to a deleted picture`);
    if (body.missing?.length !== 0) broken.push(`objects are missing: ${JSON.stringify(body.missing)}`);
    if (deleted < leastDeleted) broken.push(`only ${deleted} pictures were deleted`);
    return { ...verdict, kills: 0, broken, notes: [...verdict.notes, `${deleted} pictures were deleted meanwhile`] };
  },
};

function countDangling(world: World): Promise<number> {
  return world.count(
    `SELECT count(*) AS n FROM media m LEFT JOIN blobs b ON b.sha256 = m.blob_sha256
     WHERE m.status = 'stored' AND (b.sha256 IS NULL OR b.state = 'deleted')`,
  );
}

/** Claims, waits and tombstones of days or minutes are over once they are older than the short grace; who waits for one looks again. */
async function age({ sql }: World): Promise<void> {
  const isDue = (column: string) =>
    `${column} BETWEEN now() - interval '1 hour' AND now() - interval '${graceMs} milliseconds'`;
  const aged = (column: string, due: string) =>
    `${column} = CASE WHEN ${isDue(due)} THEN ${column} - interval '3 days' ELSE ${column} END`;
  const unconfirmed = 'state = $1 AND condemned_at IS NOT NULL';
  await sql.query(
    `UPDATE blobs SET ${aged('touched_at', 'touched_at')}, ${aged('claimed_until', 'touched_at')},
       ${aged('condemned_at', 'condemned_at')}, ${aged('deleted_at', 'deleted_at')}
     WHERE NOT (${unconfirmed}) AND (${['touched_at', 'condemned_at', 'deleted_at'].map(isDue).join(' OR ')})`,
    ['deleted'],
  );
  await sql.query(`UPDATE tasks SET run_at = now() WHERE queue = 'media' AND state = 'ready' AND run_at > now()`);
}
