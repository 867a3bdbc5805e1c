import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { apiTags, problemSchema } from '@vaultstream/contracts';
import { routePolicy } from '../auth/route-policy.ts';
import { listHandlers, type HandlerInfo } from '../http/list-handlers.ts';
import { routerPaths } from '../http/root-paths.ts';
import { ANSWERS, type Declaration } from './answers.decorator.ts';
import { describeFields } from './describe-fields.ts';
import { SchemaCollector, type JsonSchema } from './json-schema.ts';
import { methodName, toOperation, type Described, type Operation } from './operation.ts';

/** Of the API, not of the program: it grows within `/api/v1`. */
const apiVersion = '1.0.0';

/** https://spec.openapis.org/oas/v3.1.1#openapi-object */
export interface OpenApiDocument {
  openapi: '3.1.1';
  info: { title: string; version: string; description: string };
  /** In the order in which they are shown. */
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<'schemas' | 'responses' | 'securitySchemes', Record<string, JsonSchema>>;
}

/** Describes the API of this process, from the decorators that make it. */
@Injectable()
export class ApiDocument {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Error naming every handler without `@Answers()` or a policy. */
  build(): OpenApiDocument {
    const schemas = new SchemaCollector();
    const handlers = listHandlers(this.discovery, this.scanner);
    const silent = handlers.filter((info) => !this.declaration(info) || !this.policy(info));
    if (silent.length > 0)
      throw new Error(`These handlers are not declared, see @Answers(): ${silent.map(({ name }) => name).join(', ')}`);
    const paths: OpenApiDocument['paths'] = {};
    for (const described of handlers.flatMap((info) => this.describe(info)).sort(byPath)) {
      const operations = (paths[described.path] ??= {});
      operations[methodName(described.info.method)] = toOperation(described, schemas);
    }
    const problem = schemas.collect(problemSchema, 'output');
    const document: OpenApiDocument = {
      openapi: '3.1.1',
      info: { title: 'VaultStream', version: apiVersion, description },
      tags: tagsOf(paths),
      paths,
      components: {
        schemas: Object.fromEntries(Object.entries(schemas.components).sort(([a], [b]) => (a < b ? -1 : 1))),
        responses: {
          Problem: {
            description: 'A problem (RFC 9457).',
            content: { 'application/problem+json': { schema: problem } },
          },
        },
        securitySchemes: {
          apiToken: { type: 'apiKey', in: 'header', name: 'X-API-Token' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    };
    describeFields(document);
    return document;
  }

  private describe(info: HandlerInfo): Described[] {
    const [declaration, policy] = [this.declaration(info), this.policy(info)];
    if (!declaration || !policy) return [];
    const id = info.name.replace('Controller.', '_');
    const tag = tagOf(info);
    return routerPaths(info).map((whole, index) => {
      const path = whole.replace(/:(\w+)/g, '{$1}');
      const own = index === 0 ? id : `${id}_${index + 1}`;
      return { info, id: own, path: path.replace('*', '{key}'), tag, declaration, policy };
    });
  }

  private declaration({ handler }: HandlerInfo): Declaration | undefined {
    return this.reflector.get<Declaration | undefined>(ANSWERS, handler);
  }

  private policy({ handler, controller }: HandlerInfo) {
    return routePolicy(this.reflector, handler, controller);
  }
}

/** The controller's path, or its name where it has none. */
function tagOf({ controller }: HandlerInfo): string {
  const path = [Reflect.getMetadata('path', controller) as string | string[]].flat()[0]?.replace(/^\//, '');
  return path || controller.name.replace(/Controller$/, '').toLowerCase();
}

/** Those of the order of use first, then whatever else there is. */
function tagsOf(paths: OpenApiDocument['paths']): OpenApiDocument['tags'] {
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
  const ordered = apiTags.filter(({ name }) => used.has(name));
  const others = [...used].filter((name) => !apiTags.some((tag) => tag.name === name)).sort();
  return [...ordered, ...others.map((name) => ({ name }))];
}

const byPath = (a: Described, b: Described): number => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1);

const description = [
  'Keeps what people share and passes it on.',
  'Times are RFC 3339 in UTC. Every answer carries `X-Request-Id`. Errors are problem details (RFC 9457).',
  'Lists answer `{items, next_cursor}`; hand `next_cursor` back as `cursor` for the next page, null is the end.',
  'Bodies are JSON of at most 1 MiB. The scopes that a call needs stand in its `security`; `admin` includes all others.',
].join('\n');
