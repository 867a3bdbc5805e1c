import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '@vaultstream/runtime';
import { html, type Html } from './html.ts';
import { membersHtml, typeHtml } from './schema-html.ts';

type Schema = Record<string, unknown>;
type Operation = OpenApiDocument['paths'][string][string];

const style = `
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #ddd}nav a{margin-right:.8rem;white-space:nowrap}
details{border:1px solid #ddd;border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}summary{cursor:pointer}
code,pre{font:13px/1.4 ui-monospace,monospace;background:#f4f4f4;border-radius:4px}code{padding:.1rem .3rem;overflow-wrap:anywhere}
pre{padding:.6rem;overflow-x:auto}b.method{display:inline-block;min-width:4.2rem;color:#0a58a6}ul{padding-left:1.3rem}i{color:#666}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code,pre{background:#262626}a,b.method{color:#7db7f0}details,h2{border-color:#444}}
`;

/** Its text must be what the policy's hash is of, to the letter. */
const styleElement = { html: `<style>${style}</style>` };

/** What a browser may load for the page: its one style sheet, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The document as a page that needs no script and nothing from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ''))].sort();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${document.info.title} API</title>
        ${styleElement}
      </head>
      <body>
        <h1>${document.info.title} API ${document.info.version}</h1>
        ${document.info.description.split('\n').map((line) => html`<p>${prose(line)}</p>`)}
        <p>
          In the examples, <code>$BASE</code> is the address of this page without <code>/docs</code>, and
          <code>$TOKEN</code> is yours.
        </p>
        <p><a href="/openapi.json">openapi.json</a></p>
        <nav>${tags.map((tag) => html`<a href="#tag-${tag}">${tag}</a> `)}<a href="#schemas">schemas</a></nav>
        ${tags.map(
          (tag) =>
            html`<h2 id="tag-${tag}">${tag}</h2>
              ${operations.filter(({ operation }) => operation.tags[0] === tag).map(operationHtml)}`,
        )}
        <h2 id="schemas">schemas</h2>
        ${Object.entries(document.components.schemas).map(
          ([name, schema]) =>
            html`<details id="schema-${name}" open>
              <summary><b>${name}</b></summary>
              ${membersHtml(schema)}
            </details>`,
        )}
      </body>
    </html>`.html;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }): Html {
  const scopes = operation.security.flatMap((scheme) => Object.values(scheme)).flat();
  const parameters = operation.parameters ?? [];
  const body = bodySchema(operation.requestBody);
  return html`<details id="${operation.operationId}">
    <summary><b class="method">${method.toUpperCase()}</b> <code>${path}</code> ${prose(operation.summary)}</summary>
    <p>
      ${operation.security.length === 0 ? 'Open to everyone.' : html`Scope: <code>${[...new Set(scopes)].join(', ')}</code>`}
    </p>
    ${
      parameters.length > 0 &&
      html`<ul>
        ${parameters.map(
          (one) =>
            html`<li>
              <code>${String(one['name'])}</code> in ${String(one['in'])}, ${typeHtml(one['schema'] as Schema)}
              ${prose(one['description'])}
            </li>`,
        )}
      </ul>`
    }
    ${
      body &&
      html`<p>Body:</p>
        ${membersHtml(body)}`
    }
    <p>Answers:</p>
    <ul>
      ${Object.entries(operation.responses).map(([status, answer]) => {
        const schema = bodySchema(answer);
        return html`<li>
          <code>${status}</code> ${prose(answer['description'])}
          ${schema && (isNamed(schema) ? typeHtml(schema) : membersHtml(schema))}
        </li>`;
      })}
    </ul>
    <pre>${curlLine(path, method, operation)}</pre>
  </details>`;
}

/** A text of the document, whose only markup is code between backticks. */
function prose(text: unknown): Html[] {
  if (typeof text !== 'string') return [];
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

const isNamed = (schema: Schema): boolean => !('properties' in schema);

function bodySchema(part: Schema | undefined): Schema | undefined {
  const content = part?.['content'] as Record<string, { schema?: Schema }> | undefined;
  return content?.['application/json']?.schema;
}

function curlLine(path: string, method: string, { security, requestBody }: Operation): string {
  return [
    'curl -s',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(security.length === 0 ? [] : ['-H "X-API-Token: $TOKEN"']),
    ...(requestBody ? [`-H 'Content-Type: application/json' -d '{}'`] : []),
    `"$BASE${path}"`,
  ].join(' ');
}
