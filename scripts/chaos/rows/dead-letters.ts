import { eventually } from '@vaultstream/testing';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';

const letters = 200;

/** J22: two people press "replay" at the same moment, on two replicas. */
export const j22: Row = {
  id: 'J22',
  title: `${letters} dead letters, replayed in bulk twice at once through two APIs: each runs once more`,
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    stage.outside.gone = true;
    await batch.share(letters, { path: (article) => `/gone/${article}` });
    const open = `SELECT count(*) AS n FROM dead_letters WHERE content_id = ANY($1) AND replayed_at IS NULL`;
    await eventually(async () => (await world.count(open, batch.ids)) === letters, {
      timeoutMs: 120_000,
      intervalMs: 200,
    });
    stage.outside.gone = false;
    const filter = { task: 'content.parse', limit: 1_000 };
    const answers = await Promise.all(
      world.cluster
        .of('api')
        .map(({ url }) => world.cluster.call('POST', '/api/v1/dead-letters/replay', filter, {}, url)),
    );
    const verdict = await settle(batch);
    const tasks = await world.count(
      'SELECT count(DISTINCT replayed_task_id) AS n FROM dead_letters WHERE content_id = ANY($1) AND replayed_task_id <> task_id',
      batch.ids,
    );
    const left = await world.count(open, batch.ids);
    const queued = answers.reduce((sum, { body }) => sum + Number(body.queued), 0);
    const broken = [];
    if (queued !== letters)
      broken.push(`${queued} were queued: ${answers.map(({ body }) => JSON.stringify(body)).join(' ')}`);
    if (tasks !== letters) broken.push(`${tasks} new tasks`);
    if (left > 0) broken.push(`${left} letters are still open`);
    return { ...verdict, kills: 0, broken };
  },
};
