/** The chapter of the demo about platforms: one of them is broken, and each thing that is shared arrives with all that it has. */
import { broken, examples, missingParts } from './platform-examples.mjs';
import { happened, step } from './screen.mjs';

/**
 * Shares the examples of all platforms that this version has, while one of them is broken, and mends that one when everything else has arrived.
 * @returns what was shared, and what was seen meanwhile, for `checkPlatforms`
 */
export async function sharePlatforms({ product, sandbox, eye, share }) {
  step(`Platforms, while ${broken.id} is broken`);
  const { id: mode } = await sandbox.post('modes', { service: broken.id, mode: broken.mode });
  const facts = { examples: [], broken: await share(broken.url) };
  const shareOne = async (example) => ({ ...example, id: await share(example.url, example.shelf ? 'shelf' : 'demo') });
  const others = examples.filter(({ url }) => !isOf(broken, url));
  for (const example of others) facts.examples.push(await shareOne(example));

  const { contents } = await eye.until(`the post of ${broken.id} to fail, and the others to arrive`, ({ contents }) =>
    contents.some(({ id, status }) => id === facts.broken && status === 'FAILED') &&
    facts.examples.every(({ id }) => contents.some((content) => content.id === id && content.status === 'PULLED'))
      ? { contents }
      : false,
  );
  facts.failure = contents.find(({ id }) => id === facts.broken);
  facts.sick = await canary(product);
  await sandbox.delete(`modes?id=${mode}`);
  facts.well = await canary(product);
  await product.post(`/contents/${facts.broken}/retry`);
  happened('retried', facts.broken, `${broken.id} answers again`);
  for (const example of examples.filter(({ url }) => isOf(broken, url))) facts.examples.push(await shareOne(example));
  return facts;
}

/** What the chapter promises: lines for the summary, each with whether it is kept and what is there instead. */
export async function checkPlatforms(product, facts) {
  const lacking = [];
  for (const example of facts.examples) {
    const missing = missingParts(await product.get(`/contents/${example.id}`), example);
    if (missing.length > 0) lacking.push(`#${example.id} lacks ${missing.join(', ')}`);
  }
  const names = new Set((await product.get('/contents?limit=100')).items.map(({ platform }) => platform));
  const mended = await product.get(`/contents/${facts.broken}`);
  const { health } = (await product.get('/platforms')).find(({ id }) => id === broken.id);
  return [
    [
      `${facts.examples.length} things of ${names.size - 1} platforms came with title, author, text, numbers, time and pictures`,
      lacking.length === 0,
      lacking.join('; '),
    ],
    [
      'a broken platform was known for it, left the others unharmed, and was read when it was back',
      facts.failure.last_error_type !== null && !facts.sick.ok && facts.well.ok && mended.status === 'PULLED',
      `${facts.failure.last_error_type}, ${facts.sick.ok}, ${facts.well.error}, ${mended.status}`,
    ],
    [
      'its health says so',
      health.window.sick > 0 && health.canary.ok && health.circuit.state === 'closed',
      health.state,
    ],
  ];
}

async function canary(product) {
  const report = await product.post(`/platforms/${broken.id}/canary`);
  const { ok, title, error_type: type, error } = report;
  happened(
    'canary',
    null,
    ok ? `${broken.id}: reads "${title}"` : `${broken.id}: ${type}, ${error}`,
    ok ? 'cyan' : 'red',
  );
  return report;
}

/** By the host: which platform a URL is of is for the product to say. */
const isOf = ({ url }, other) => new URL(url).host === new URL(other).host;
