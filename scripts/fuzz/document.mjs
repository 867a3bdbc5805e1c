/** A copy of the OpenAPI document that knows which rows there are: a fuzzer's own ids would only ever meet 404. */

/** Which rows an operation's path means, by `METHOD /path`; the first that fits. Each operation that changes rows has its own. */
const pathRows = [
  [/^DELETE .*\/contents\/\{id\}$/, ({ spareContents }) => spareContents],
  [/^POST .*\/contents\/\{id\}\/retry$/, ({ failed }) => failed],
  [/\/contents\/\{id\}/, ({ contents }) => contents],
  [/^DELETE .*\/bot-config\//, ({ spareBots }) => spareBots],
  [/\/bot-config\//, ({ bots }) => bots],
  [/^DELETE .*\/targets\//, ({ spareTargets }) => spareTargets],
  [/\/targets\//, ({ targets }) => targets],
  [/^DELETE .*\/rules\//, ({ spareRules }) => spareRules],
  [/\/rules\//, ({ rules }) => rules],
  [/\/tokens\//, ({ tokens }) => tokens],
  [/^DELETE .*\/feeds\//, ({ spareFeeds }) => spareFeeds],
  [/\/feeds\//, ({ feeds }) => feeds],
  [/\/platforms\//, () => ['bilibili']],
  [/\/replays\//, ({ replays }) => replays],
  [/^DELETE .*\/dead-letters\/\{id\}$/, ({ letters }) => letters.slice(0, 2)],
  [/^POST .*\/dead-letters\/\{id\}\/replay$/, ({ letters }) => letters.slice(2, 4)],
  [/\/dead-letters\/\{id\}/, ({ letters }) => letters.slice(4)],
  [/\/deliveries\/\{id\}\/approve$/, ({ held }) => held.slice(0, held.length / 2)],
  [/\/deliveries\/\{id\}\/cancel$/, ({ held }) => held.slice(held.length / 2)],
  [/\/deliveries\/\{id\}\/retry$/, ({ refused }) => refused],
  [/\/deliveries\/\{id\}\/resolve$/, ({ unconfirmed }) => unconfirmed],
  [/\/deliveries\/\{id\}$/, ({ sent }) => sent],
  [/\/settings\//, () => ['platform.bilibili.sessdata']],
  [/\/blobs\//, ({ hashes }) => hashes],
  [/\/media\//, ({ mediaKeys }) => mediaKeys],
];

/** Rows that a member of a query or a body means, wherever it stands. */
const memberRows = {
  content_id: ({ contents }) => contents,
  target_id: ({ targets }) => targets,
  bot_config_id: ({ bots }) => bots,
  target_platform: ({ targetKeys }) => targetKeys,
};

/** A body for each operation that cannot guess one: the rest of the bodies is the fuzzer's own. */
const bodies = {
  BotConfig_create: ({ botToken }) => ({ platform: 'telegram', name: 'one more', bot_token: botToken }),
  BotConfig_update: () => ({ name: 'renamed' }),
  Bot_getContent: ({ targetKeys }) => ({ target_platform: targetKeys[1], limit: 3 }),
  Bot_markPushed: ({ contents, targetKeys }) => ({ content_id: contents[0], target_platform: targetKeys[1] }),
  Contents_patch: () => ({ tags: ['changed'], note: 'a note' }),
  // What fits nothing: the letters are there for the others.
  DeadLetters_discardMany: () => ({ task: 'nothing.like.this', note: 'an example' }),
  DryRun_run: () => ({ rehearse: true }),
  Feeds_create: () => ({ url: 'https://example.com/feed/example', tags: ['example'] }),
  Feeds_update: () => ({ tags: ['changed'] }),
  Replays_replayMany: () => ({ task: 'nothing.like.this', per_minute: 10 }),
  Reparse_reparse: () => ({ platform: 'web', below_version: 1 }),
  Deliveries_create: ({ contents, targets }) => ({ content_id: contents[1], target_id: targets[3] }),
  Deliveries_resolve: () => ({ as: 'not_sent' }),
  Rules_create: ({ targets }) => ({ name: 'one more', match: { tags_any: ['never'] }, target_ids: [targets[0]] }),
  Rules_update: ({ targets }) => ({ name: 'renamed', target_ids: [targets[0]] }),
  Settings_put: () => ({ value: 'a-cookie' }),
  Shares_share: () => ({ url: 'https://example.com/examples/one', tags: ['example'] }),
  Shares_shareBatch: () => ({ shares: [{ url: 'https://example.com/examples/two' }, { url: 'http://127.0.0.1/' }] }),
  Targets_create: () => ({ kind: 'webhook', name: 'one more', address: { url: 'https://example.com/examples' } }),
  Targets_update: () => ({ name: 'renamed' }),
  Tokens_create: () => ({ name: 'one more', scopes: ['read'] }),
};

/** @returns a copy of `document` in which half of the generated ids are of rows that exist, and each operation has an example */
export function withRows(document, rows) {
  const copy = structuredClone(document);
  for (const [path, methods] of Object.entries(copy.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const found = pathRows.find(([pattern]) => pattern.test(`${method.toUpperCase()} ${path}`));
      for (const parameter of operation.parameters ?? []) {
        // Nobody can guess a cursor: one call of each list goes without.
        if (parameter.name === 'limit') parameter.example = 20;
        const make = parameter.in === 'path' ? found?.[1] : memberRows[parameter.name];
        if (!make) continue;
        const values = make(rows);
        parameter.schema = oneOf(values, parameter.schema);
        if (parameter.in === 'path') parameter.example = values[0];
      }
      const json = operation.requestBody?.content?.['application/json'];
      if (!json) continue;
      json.schema = fillMembers(json.schema, rows);
      const example = bodies[operation.operationId];
      if (example) json.example = example(rows);
    }
  return copy;
}

const oneOf = (values, schema) => ({ anyOf: [{ enum: values }, schema] });

function fillMembers(schema, rows) {
  if (Array.isArray(schema)) return schema.map((one) => fillMembers(one, rows));
  if (typeof schema !== 'object' || schema === null) return schema;
  const filled = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, fillMembers(value, rows)]));
  if (schema.type === 'object' && filled.properties)
    for (const [name, make] of Object.entries(memberRows))
      if (filled.properties[name]) filled.properties[name] = oneOf(make(rows), filled.properties[name]);
  return filled;
}
