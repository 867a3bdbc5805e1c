/** The two HTTP APIs that the demo talks to. */

/** VaultStream's API: `call(method, path, body)` answers `{ status, body }`; `get(path)` and `post(path, body)` throw unless it is 2xx. */
export function productClient(url, token) {
  const call = (method, path, body) => send(`${url}/api/v1${path}`, method, body, { 'x-api-token': token });
  return {
    call,
    get: async (path) => expectOk(await call('GET', path), `GET ${path}`),
    post: async (path, body) => expectOk(await call('POST', path, body ?? {}), `POST ${path}`),
    health: async () => (await send(`${url}/health`, 'GET', undefined, {})).body,
  };
}

/** The sandbox's control endpoints, and its address. */
export function sandboxClient(url) {
  const call = async (method, path, body) =>
    expectOk(await send(`${url}/_control/${path}`, method, body, {}), `${method} ${path}`);
  return {
    url,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
  };
}

async function send(url, method, body, headers) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

function expectOk({ status, body }, what) {
  if (status >= 300) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
