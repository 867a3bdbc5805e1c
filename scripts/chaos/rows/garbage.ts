import { eventually } from '@vaultstream/testing';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

/** A picture that this row alone uses. */
const picture = 33;

/** C3: the collector dies when the object is gone and the row does not say so yet; whoever stores those bytes next puts them again. */
export const c3: Row = {
  id: 'C3',
  title: 'crash point after-delete-before-row in the garbage collection, then the same picture again: stored anew',
  inCi: true,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const api = world.cluster.member('api-1');
    const batch = new Batch(world);
    const runs = full ? 20 : 2;
    const broken: string[] = [];
    for (let run = 0; run < runs; run++) {
      await abandonPicture(world);
      await api.kill();
      api.env['VS_CRASH_AT'] = 'after-delete-before-row';
      await api.start();
      await world.cluster.call('POST', '/api/v1/vault/collect-garbage', {}, {}, api.url).catch(() => undefined);
      const died = await eventually(() => !api.running, { timeoutMs: 2_000 }).catch(() => false);
      if (!died) broken.push(`run ${run}: the crash point was not reached`);
      delete api.env['VS_CRASH_AT'];
      await api.kill();
      await api.start();
      // The tombstone keeps storers away for as long as a delete may be under way: it is made old, and none is.
      await age(world);
      await batch.share(1, { picture: () => picture });
      await settle(batch);
    }
    const verdict = await settle(batch);
    const { body } = await world.cluster.call('POST', '/api/v1/vault/verify', { sample: 1_000 });
    if (body.missing?.length !== 0) broken.push(`objects are missing: ${JSON.stringify(body.missing)}`);
    return { ...verdict, kills: runs, broken };
  },
};

/** Stores the picture and removes what refers to it; then its blob is old enough to be deleted. */
async function abandonPicture(world: World): Promise<void> {
  const batch = new Batch(world);
  await batch.share(1, { picture: () => picture });
  await settle(batch);
  // What a deletion and its retention do over weeks.
  await world.sql.query(`DELETE FROM media WHERE origin_url LIKE $1`, [`%/picture/${picture}`]);
  await world.sql.query(
    `DELETE FROM blob_variants v WHERE NOT EXISTS (SELECT 1 FROM media m WHERE m.blob_sha256 = v.blob_sha256)`,
  );
  await world.sql.query(
    `UPDATE blobs b SET state = 'condemned', condemned_at = now() - interval '2 days'
     WHERE state = 'live' AND NOT EXISTS (SELECT 1 FROM media m WHERE m.blob_sha256 = b.sha256)`,
  );
  await age(world);
}

async function age({ sql }: World): Promise<void> {
  await sql.query(
    `UPDATE blobs SET touched_at = now() - interval '3 days', claimed_until = NULL, deleted_at = deleted_at - interval '2 days'
     WHERE state IN ('condemned', 'deleted')`,
  );
}
