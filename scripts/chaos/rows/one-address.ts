import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import { pageHost } from '../outside.ts';
import type { Row } from '../row.ts';

/** Ten ways in which people write one address. */
const spellings = (host: string, path: string): string[] => [
  `https://${host}${path}`,
  `http://${host}${path}`,
  `https://${host.toUpperCase()}${path}`,
  `https://${host}:443${path}`,
  `https://${host}/.${path}`,
  `https://${host}${path}#comments`,
  `https://${host}${path}?utm_source=feed&utm_medium=rss`,
  `https://${host}${path}?fbclid=IwAR0abc`,
  `${host}${path}`,
  `look at this: https://${host}${path}?gclid=1, it is good`,
];
const shares = 50;

/** J23: everybody shares the same thing at the same moment. */
export const j23: Row = {
  id: 'J23',
  title: `${shares} parallel shares of one address in ten spellings to two APIs: one content, one reading, ${shares} sources`,
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const written = spellings(pageHost(0), `/a/${world.nextArticle()}`);
    await Promise.all(
      Array.from({ length: shares }, (_, index) =>
        batch.offer({ url: written[index % written.length] ?? '', tags: ['lane0'] }),
      ),
    );
    const verdict = await settle(batch);
    const sources = await world.count(
      'SELECT count(*) AS n FROM content_sources WHERE content_id = ANY($1)',
      batch.ids,
    );
    const broken = [];
    if (batch.acknowledged.size !== 1) broken.push(`${batch.acknowledged.size} contents`);
    if (sources !== shares) broken.push(`${sources} sources`);
    if (batch.refusals.length > 0) broken.push(`${batch.refusals.length} calls were refused at first`);
    return { ...verdict, kills: 0, broken };
  },
};
