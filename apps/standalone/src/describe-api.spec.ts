import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeApi } from './describe-api.ts';

const committed = new URL('../../../docs/openapi.json', import.meta.url);

describe('the OpenAPI document', () => {
  it('A21: is the committed one: run `npm run openapi` after a change of the API', async () => {
    const document = JSON.parse(JSON.stringify(await describeApi())) as unknown;
    expect(document).toEqual(JSON.parse(readFileSync(committed, 'utf8')));
  });
});
