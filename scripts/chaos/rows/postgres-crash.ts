import { setTimeout as sleep } from 'node:timers/promises';
import { Batch, type Refusal } from '../batch.ts';
import { settle } from '../check.ts';
import { progress } from '../kill.ts';
import type { Row } from '../row.ts';
import type { Stage } from '../stage.ts';

/** Pages in CI. */
const few = 600;
const awayS = { J11: 2, J12: 60 };

/** J11, J12: Postgres stops at once and comes back; it recovers from its log. */
function postgresCrash(id: keyof typeof awayS, inCi: boolean): Row {
  return {
    id,
    title: `pg_ctl -m immediate mid-run, back after ${awayS[id]} s: refused shares get 503 with Retry-After`,
    inCi,
    async run(stage: Stage, { full, n }) {
      const world = await stage.world('Postgres');
      const batch = new Batch(world);
      const pages = full ? n : few;
      await batch.share(pages);
      await progress(batch, pages, 0.2);
      let back = false;
      const crash = (async () => {
        await stage.postgres.stopImmediately();
        await sleep(awayS[id] * 1_000);
        await stage.postgres.startAgain();
      })().finally(() => {
        back = true;
      });
      // Shares keep coming while it goes, is away and comes back.
      while (!back) await batch.share(4, { width: 4 });
      await crash;
      const verdict = await settle(batch);
      const dead = await world.count('SELECT count(*) AS n FROM dead_letters WHERE content_id = ANY($1)', batch.ids);
      const broken = wrongRefusals(batch.refusals);
      if (batch.refusals.length === 0) broken.push('no call was refused: nobody asked while it was away');
      if (dead > 0) broken.push(`${dead} dead letters: an outage of ours must cost no try`);
      return { ...verdict, kills: 1, broken, notes: [...verdict.notes, `${batch.refusals.length} calls were refused`] };
    },
  };
}

function wrongRefusals(refusals: readonly Refusal[]): string[] {
  const wrong = refusals.filter(({ status, retryAfter }) => status !== 503 || !/^\d+$/.test(retryAfter ?? ''));
  const kinds = Map.groupBy(wrong, ({ status, retryAfter }) => `${status}, Retry-After: ${retryAfter}`);
  return [...kinds].map(([kind, calls]) => `${calls.length} calls were refused with ${kind}`);
}

export const j11 = postgresCrash('J11', true);
export const j12 = postgresCrash('J12', false);
