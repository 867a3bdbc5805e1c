import { setTimeout as sleep } from 'node:timers/promises';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import { progress } from '../kill.ts';
import type { Row } from '../row.ts';

const pictures = 100;
/** Seconds that it is away, and in which all must be stored afterwards. */
const awayS = { ci: 20, full: 60 };
const storeS = 120;

/** J15: pictures wait for the object store; a storage error is never read as "not there". */
export const j15: Row = {
  id: 'J15',
  title: `MinIO away for ${awayS.full} s, ${pictures} pictures meanwhile: no dead letter, nothing removed, all stored within ${storeS} s of its return`,
  inCi: false,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    // Some are stored already, some are under way when it goes.
    const options = { picture: (article: number) => 10_000 + article };
    await batch.share(20, options);
    await progress(batch, 20, 1);
    const until = Date.now() + (full ? awayS.full : awayS.ci) * 1_000;
    await world.s3.kill();
    await batch.share(pictures, options);
    await sleep(Math.max(0, until - Date.now()));
    await world.s3.start();
    const back = Date.now();
    const verdict = await settle(batch, 180_000);
    const tookS = (Date.now() - back) / 1_000;
    const dead = await world.count('SELECT count(*) AS n FROM dead_letters WHERE content_id = ANY($1)', batch.ids);
    const unstored = await world.count(
      `SELECT count(*) AS n FROM media WHERE content_id = ANY($1) AND status <> 'stored'`,
      batch.ids,
    );
    const { body } = await world.cluster.call('POST', '/api/v1/vault/verify', { sample: 100 });
    const broken = [];
    if (dead > 0) broken.push(`${dead} dead letters`);
    if (unstored > 0) broken.push(`${unstored} pictures are not stored`);
    if (body.missing?.length !== 0 || body.corrupt?.length !== 0) broken.push(`verified: ${JSON.stringify(body)}`);
    if (tookS > storeS) broken.push(`settled ${tookS.toFixed(0)} s after its return`);
    return {
      ...verdict,
      kills: 1,
      broken,
      notes: [...verdict.notes, `settled ${tookS.toFixed(1)} s after its return`],
    };
  },
};

/** C8: many want the same bytes at the same moment. */
export const c8: Row = {
  id: 'C8',
  title: '50 pages with one picture at once, two media workers: one blob, one object, 50 references',
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    await batch.share(50, { width: 50, picture: () => 88 });
    const verdict = await settle(batch);
    const blobs = await world.count(
      'SELECT count(DISTINCT blob_sha256) AS n FROM media WHERE content_id = ANY($1)',
      batch.ids,
    );
    const references = await world.count(
      `SELECT count(*) AS n FROM media JOIN blobs ON sha256 = blob_sha256 WHERE content_id = ANY($1) AND state = 'live'`,
      batch.ids,
    );
    const broken = blobs === 1 && references === 50 ? [] : [`${blobs} blobs, ${references} references`];
    return { ...verdict, kills: 0, broken };
  },
};
