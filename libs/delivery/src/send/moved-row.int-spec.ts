import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

describe('a row that moves to another content by a merge', () => {
  it.each(['before its next run', 'while it is run'])(
    '%s sends that one, not what was planned before',
    async (when) => {
      rig.answer((_, response) => response.writeHead(503).end());
      const path = `/moved-${when.length}`;
      const target = await rig.target(path);
      await rig.rule([target], { match: { tags_any: [path] } });
      const article = await rig.content({ title: 'The article' });
      const other = await rig.content({ title: 'What was here before', tags: [path] });
      await rig.tasks.run();
      expect(await rig.delivery(other, target.id)).toMatchObject({ state: 'planned' });
      rig.answer((_, response) => response.end());
      const merge = async () => void (await rig.db.transact((tx) => rig.contents.merge(tx, article, other)));
      if (when === 'while it is run') rig.tasks.afterStep = merge;
      else await merge();
      await rig.tasks.runLater();
      await rig.tasks.runLater();
      const sent = rig.seenAt(path).map(({ body }) => JSON.parse(body.toString()).data.content);
      expect(sent.at(-1)).toMatchObject({ id: article, title: 'The article' });
      expect(await rig.delivery(article, target.id)).toMatchObject({ state: 'sent' });
      expect(sent.filter(({ id }) => id === article)).toHaveLength(1);
    },
  );
});
