import type { Member } from '../../scale/cluster.ts';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import { killInTurn } from '../kill.ts';
import type { Row, Size, Tally } from '../row.ts';
import type { Stage } from '../stage.ts';
import type { WorldKind } from '../world.ts';

/** How often somebody is killed. */
const kills = 12;

/** J1, J2: every kind of process is killed again and again, the readers of pages most often. */
function workerKills(id: string, kind: WorldKind): Row {
  return {
    id,
    title: `kill -9 of processes in turn, ${kills} times, under load; broker: ${kind}`,
    inCi: true,
    async run(stage: Stage, { n }: Size): Promise<Tally> {
      const world = await stage.world(kind);
      const batch = new Batch(world);
      const { cluster } = world;
      const names = ['parse-worker-1', 'push-dispatcher-1', 'parse-worker-2', 'scheduler-1', 'api-1', 'scheduler-2'];
      const victims: Member[] = names.map((name) => cluster.member(name));
      const [killed] = await Promise.all([killInTurn(batch, victims, n, kills), batch.share(n)]);
      const verdict = await settle(batch);
      return { ...verdict, kills: killed, broken: [] };
    },
  };
}

export const j1 = workerKills('J1', 'Redis and S3');
export const j2 = workerKills('J2', 'Postgres');
