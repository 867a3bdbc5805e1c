import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, Post, type Type } from '@nestjs/common';
import { IdempotencyStore } from '@vaultstream/contracts';
import { z } from 'zod';
import { MemoryIdempotencyStore } from '../../test/memory-idempotency-store.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Public, Scopes } from '../auth/auth.decorators.ts';
import { Root } from '../http/root.decorator.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { IdParam } from '../validation/id.decorators.ts';
import { ZodBody, ZodQuery } from '../validation/zod.decorators.ts';
import { Answers } from './answers.decorator.ts';
import { ApiDocument } from './api-document.ts';

const thing = z.object({ id: z.int(), extra: z.json() }).meta({ id: 'Thing' });
const query = z.strictObject({
  limit: z.coerce.number().int().min(1).default(20),
  word: z.string().describe('What to look for.'),
});

@Controller('things')
@Scopes('write')
class ThingsController {
  @Get(':id')
  @Scopes('read')
  @Answers('One thing.', { 200: thing })
  get(@IdParam() id: number, @ZodQuery(query) _: z.infer<typeof query>) {
    return { id, extra: null };
  }

  @Post()
  @HttpCode(204)
  @Idempotent()
  @Answers('Takes a thing.', { 204: null }, 410)
  take(@ZodBody(z.strictObject({ at: z.iso.datetime().default('') })) _: unknown): void {
    return undefined;
  }
}

@Controller('tries')
@Scopes('write')
class TriesController {
  @Post()
  @Answers('Takes a body or none.', { 201: thing })
  run(@ZodBody(z.strictObject({ hard: z.boolean().default(true) }).prefault({})) _: unknown) {
    return { id: 1, extra: null };
  }
}

@Root()
@Public()
@Controller()
class FilesController {
  @Get('files/*')
  @Answers('Bytes.', { 200: { media: 'image/webp' } })
  read() {
    return '';
  }
}

@Controller('silent')
@Scopes('read')
class SilentController {
  @Get()
  get() {
    return {};
  }
}

describe('the OpenAPI document', () => {
  let test: TestApp | undefined;
  afterEach(() => test?.app.close());
  const build = async (...controllers: Type[]) => {
    const store = { provide: IdempotencyStore, useClass: MemoryIdempotencyStore };
    test = await startTestApp({ controllers, providers: [store] });
    return test.app.get(ApiDocument).build();
  };

  it('reads method, path, input, answers, problems and scopes off the decorators', async () => {
    const { paths, components } = await build(ThingsController, FilesController);
    expect(paths['/api/v1/things/{id}']?.['get']).toMatchObject({
      operationId: 'Things_get',
      tags: ['things'],
      security: [{ apiToken: ['read'] }, { bearer: ['read'] }],
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 20 } },
        { name: 'word', in: 'query', required: true, description: 'What to look for.' },
      ],
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
    });
    const take = paths['/api/v1/things']?.['post'];
    expect(Object.keys(take?.responses ?? {})).toEqual([
      '204',
      '400',
      '401',
      '403',
      '409',
      '410',
      '413',
      '415',
      '422',
      '429',
      '503',
      'default',
    ]);
    expect(take?.parameters).toMatchObject([{ name: 'Idempotency-Key', in: 'header', required: false }]);
    expect(take?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { properties: { at: { type: 'string', format: 'date-time' } } } } },
    });
    expect(paths['/files/{key}']?.['get']).toMatchObject({
      tags: ['files'],
      security: [],
      parameters: [{ name: 'key', in: 'path' }],
      responses: { 200: { content: { 'image/webp': {} } } },
    });
    expect(components.schemas['Thing']).toMatchObject({ properties: { extra: { description: 'Any JSON value.' } } });
    expect(JSON.stringify(components)).not.toContain('$defs');
  });

  it('says that a body may be left out where it may', async () => {
    const { paths } = await build(ThingsController, TriesController);
    expect(paths['/api/v1/things']?.['post']?.requestBody).toMatchObject({ required: true });
    expect(paths['/api/v1/tries']?.['post']?.requestBody).toMatchObject({ required: false });
  });

  it('A21: is refused while a handler is not declared', async () => {
    await expect(build(SilentController)).rejects.toThrow(/not declared.*SilentController\.get/);
  });
});
