import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashPoint } from '@vaultstream/runtime';
import type { Member } from '../../scale/cluster.ts';
import { Batch, type ShareOptions } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import { telegramTag, type World } from '../world.ts';

/** Which process dies where, all in one wave; and what makes it get there. */
interface Wave {
  at: Record<string, CrashPoint>;
  share: ShareOptions;
}

/**
 * Every place of crash-point.ts but the collector's, which has a row of its own (C3). Messages come first, and a run ends settled: what the
 * other wave leaves to push must not get in their way.
 */
const waves: Wave[] = [
  {
    at: {
      'scheduler-1': 'before-publish',
      'scheduler-2': 'after-publish',
      'parse-worker-1': 'after-claim',
      'parse-worker-2': 'after-commit-before-ack',
      'push-dispatcher-1': 'before-send',
      'push-dispatcher-2': 'after-send-before-receipt',
    },
    share: { tags: [telegramTag] },
  },
  {
    at: {
      'api-1': 'after-share-before-answer',
      'parse-worker-1': 'before-commit',
      'media-worker-1': 'after-fetch-before-put',
      'media-worker-2': 'after-put-before-row',
    },
    share: { picture: (article) => 20_000 + article },
  },
];
/** Messages of a run that may or may not have left. */
const inDoubt = 2;

/** Milliseconds until everybody who is armed must have died, and between shares that make them. */
const patienceMs = 60_000;
const shareEveryMs = 3_000;

/** J17: a process dies in each narrow gap, and is started again at once. */
export const j17: Row = {
  id: 'J17',
  title: 'named crash points, each reached for certain: Telegram messages end sent or unconfirmed, never twice',
  inCi: true,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const runs = full ? 20 : 2;
    const broken: string[] = [];
    let kills = 0;
    for (let run = 0; run < runs; run++) {
      for (const wave of waves) {
        const alive = await drive(world, batch, wave);
        kills += Object.keys(wave.at).length - alive.length;
        broken.push(...alive.map((name) => `${name} did not reach ${wave.at[name]}`));
      }
      await settle(batch);
    }
    const verdict = await settle(batch);
    const chat = await chatStates(world, batch);
    const texts = world.ground.sandbox.telegram.messages.list().map(({ text }) => text);
    const repeated = texts.length - new Set(texts).size;
    if (texts.length > chat.sent + chat.unconfirmed || texts.length < chat.sent || chat.unconfirmed < inDoubt * runs)
      broken.push('the chat and the ledger do not agree');
    const notes = [
      `Telegram: ${chat.sent} sent, ${chat.unconfirmed} unconfirmed, ${texts.length} messages in the chat`,
    ];
    return { ...verdict, twice: verdict.twice + repeated, kills, broken, notes: [...verdict.notes, ...notes] };
  },
};

/** Arms, and shares until all armed ones have died; each is started again unarmed. @returns the names of those that lived on. */
async function drive({ cluster }: World, batch: Batch, { at, share }: Wave): Promise<string[]> {
  const armed = Object.keys(at).map((name) => cluster.member(name));
  await Promise.all(
    armed.map(async (member) => {
      member.env['VS_CRASH_AT'] = at[member.name] ?? '';
      await member.kill();
      member.spawn();
      // A relay may reach its place before anybody has looked at it.
      await member.ready().catch(() => undefined);
    }),
  );
  const end = Date.now() + patienceMs;
  const isArmed = ({ env }: Member) => env['VS_CRASH_AT'] !== undefined;
  const sharing = (async () => {
    for (; armed.some(isArmed) && Date.now() < end; await sleep(shareEveryMs))
      await batch.share(4, { ...share, width: 4 });
  })();
  for (; armed.some(isArmed) && Date.now() < end; await sleep(20))
    for (const member of armed.filter((one) => isArmed(one) && !one.running)) {
      delete member.env['VS_CRASH_AT'];
      member.spawn();
    }
  await sharing;
  const alive = armed.filter(isArmed);
  for (const member of alive) {
    delete member.env['VS_CRASH_AT'];
    await member.restart({ kill: true });
  }
  await Promise.all(armed.map((member) => member.ready()));
  return alive.map(({ name }) => name);
}

async function chatStates({ sql }: World, { ids }: Batch): Promise<{ sent: number; unconfirmed: number }> {
  const { rows } = await sql.query<{ sent: string; unconfirmed: string }>(
    `SELECT count(*) FILTER (WHERE d.state = 'sent') AS sent, count(*) FILTER (WHERE d.state = 'unconfirmed') AS unconfirmed
     FROM deliveries d JOIN targets t ON t.id = d.target_id WHERE d.content_id = ANY($1) AND t.kind = 'telegram'`,
    [ids],
  );
  return { sent: Number(rows[0]?.sent ?? 0), unconfirmed: Number(rows[0]?.unconfirmed ?? 0) };
}
