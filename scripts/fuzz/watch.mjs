/** Stands between the fuzzer and the product, passes every call on as it is, and judges what comes back. */
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

const credentials = ['x-api-token', 'authorization', 'cookie'];
/** Headers of one connection, which the next one sets for itself. */
const hops = ['connection', 'host', 'keep-alive', 'transfer-encoding', 'content-length'];

/** What the fuzzer is told instead of revoking its own token. */
const spared = {
  type: 'urn:vaultstream:problem:not_found',
  title: 'Not Found',
  status: 404,
  detail: 'The fuzzer keeps its token.',
  code: 'not_found',
  request_id: 'fuzz',
};

/** Counts statuses by operation, and keeps what must not be. Each call is made once more without a token. */
export class Watch {
  /** Operation -> status -> calls; without a token, the same. */
  seen = new Map();
  faults = new Map();
  calls = 0;
  #server;

  /** @param base URL of the product @param token the fuzzer's @param ownId its id: the one row that must stay */
  constructor(document, base, token, ownId) {
    this.base = new URL(base);
    this.token = token;
    this.ownId = ownId;
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, responses, security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operationId,
        method: method.toUpperCase(),
        // The one whose path has the fewest variables is the one that is meant.
        variables: path.split('{').length,
        pattern: new RegExp(`^${path.replace('{key}', '.+').replace(/\{\w+\}/g, '[^/]+')}$`),
        statuses: new Set(Object.keys(responses)),
        open: security?.length === 0,
      })),
    );
    this.operations.sort((one, other) => one.variables - other.variables);
    for (const { name } of this.operations) this.seen.set(name, { given: new Map(), bare: new Map() });
  }

  /** @returns the URL to send calls to */
  async start() {
    this.#server = createServer((request, response) => {
      void this.#pass(request, response).catch((error) => {
        this.#blame(`${request.method} ${request.url}`, `the call failed: ${error.message}`);
        response.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #pass(request, response) {
    const chunks = await request.toArray();
    const call = { method: request.method, path: request.url, body: Buffer.concat(chunks) };
    const [path] = request.url.split('?');
    const operation = this.operations.find(({ method, pattern }) => method === call.method && pattern.test(path));
    // It finds its own token in the list, and would saw off the branch it sits on.
    if (operation?.operationId === 'Tokens_revoke' && path.endsWith(this.ownId))
      return response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(spared));

    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hops.includes(name)));
    const known = [headers['x-api-token'], headers.authorization?.replace(/^Bearer /, '')].includes(this.token);
    const answer = await this.#ask(call, headers);
    this.calls += 1;
    this.#judge(operation, call, answer, known);
    response.writeHead(answer.status, strip(answer.headers)).end(answer.body);
    if (!known) return undefined;
    const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.includes(name)));
    this.#judge(operation, call, await this.#ask(call, bare), false);
    return undefined;
  }

  async #ask({ method, path, body }, headers) {
    const { hostname, port } = this.base;
    const length = body.length > 0 ? { 'content-length': body.length } : {};
    const request = send({ hostname, port, method, path, headers: { ...headers, ...length } });
    request.end(body);
    const [response] = await once(request, 'response', { signal: AbortSignal.timeout(30_000) });
    // A stream has no end.
    const endless = response.headers['content-type']?.startsWith('text/event-stream');
    if (endless) response.destroy();
    const chunks = endless ? [] : await response.toArray();
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
  }

  #judge(operation, { method, path, body }, { status, body: answer }, known) {
    const counts = operation && this.seen.get(operation.name)[known || operation.open ? 'given' : 'bare'];
    counts?.set(status, (counts.get(status) ?? 0) + 1);
    const what = operation?.name ?? `${method} (no operation)`;
    const example = `${method} ${path} ${body.toString().slice(0, 300)} -> ${answer.toString().slice(0, 300)}`;
    if (status >= 500) this.#blame(`${what}: ${status}`, example);
    else if (operation && !operation.statuses.has(String(status)))
      this.#blame(`${what}: undocumented ${status}`, example);
    if (!known && operation && !operation.open && status !== 401)
      this.#blame(`${what}: ${status} without a token`, example);
    if (!operation && status < 300) this.#blame(`${what}: ${status}`, example);
  }

  #blame(what, example) {
    const fault = this.faults.get(what);
    if (fault) fault.times += 1;
    else this.faults.set(what, { times: 1, example });
  }

  /** Operations that never answered 2xx (or 207), nor led elsewhere. */
  unreached() {
    return [...this.seen]
      .filter(([, { given }]) => ![...given.keys()].some((status) => status < 400))
      .map(([name]) => name);
  }

  /** Prints the table and what must not be. */
  report() {
    const width = Math.max(...[...this.seen.keys()].map(({ length }) => length));
    const show = (counts) =>
      [...counts]
        .sort(([one], [other]) => one - other)
        .map(([status, times]) => `${status}x${times}`)
        .join(' ');
    for (const [name, { given, bare }] of [...this.seen].sort(([one], [other]) => bySite(one, other)))
      console.log(`${name.padEnd(width)}  ${show(given)}${bare.size > 0 ? `  | no token: ${show(bare)}` : ''}`);
    for (const [what, { times, example }] of this.faults) console.log(`\nFAULT ${what} (${times} times)\n  ${example}`);
  }
}

const bySite = (one, other) => one.split(' ')[1].localeCompare(other.split(' ')[1]) || one.localeCompare(other);
const strip = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !hops.includes(name)));
