import { networkInterfaces } from 'node:os';
import { BadPayload } from '@vaultstream/contracts';
import { readBody } from './body.ts';
import { Stopwatch } from './budgets.ts';
import { asFetchError, FetchFailure } from './errors.ts';
import { exchange, type RawResponse } from './exchange.ts';
import { HostList } from './host-list.ts';
import { HostOverrides } from './overrides.ts';
import { Pools } from './pools.ts';
import { absoluteLocation, followedLocation, nextStep, type Step } from './redirects.ts';
import { defaultUserAgent, requestHeaders } from './request-headers.ts';
import { Router } from './router.ts';
import { declaredMime, sniffMime } from './sniff.ts';
import type { GuardedHttpOptions, GuardedRequest, GuardedResponse } from './types.ts';
import { UrlPolicy } from './url-policy.ts';

/** Bytes of body that a request accepts unless it says otherwise: a page. */
const defaultMaxBytes = 5 * 1_048_576;

const defaultMaxRedirects = 5;

const defaultPorts = [80, 443, 8080, 8443];

/**
 * The one HTTP client: adapters, media, webhooks, everything that a stranger's address may steer. Each hop is checked (spelling, scheme, name,
 * literal address, port), resolved exactly once, and connected to one of the addresses that were checked; nothing resolves again in between.
 */
export class GuardedHttp {
  readonly #userAgent: string;
  readonly #overrides: HostOverrides;
  readonly #policy: UrlPolicy;
  readonly #pools = new Pools();
  readonly #router: Router;
  #closed = false;

  /** @throws InvalidInput naming an entry of `allowHosts` or `ownAddresses` that cannot be read. */
  constructor(options: GuardedHttpOptions = {}) {
    this.#userAgent = options.userAgent ?? defaultUserAgent;
    this.#overrides = new HostOverrides(options.hostOverrides);
    const ports = options.ports ?? defaultPorts;
    const allow = new HostList(options.allowHosts ?? [], ports);
    const own = new HostList(options.ownAddresses ?? interfaceAddresses(), 'any');
    this.#policy = new UrlPolicy(allow, own, this.#overrides, ports);
    this.#router = new Router(options, this.#policy, this.#overrides, this.#pools);
  }

  /**
   * Checks an address without any network, for example before it is stored.
   *
   * @param url As it was given: some tricks are gone after parsing.
   * @throws InvalidInput (malformed), Refused (scheme, credentials, name, literal address, port).
   */
  assertAllowedUrl(url: string): URL {
    return this.#policy.check(url);
  }

  /**
   * Sends one request and reads its answer. A status is never an error here: see `raiseForStatus`.
   *
   * @throws Refused, InvalidInput, FetchFailure (a NetworkError with `sent`), BadPayload (size, encoding, headers, redirects).
   */
  async fetch(request: GuardedRequest): Promise<GuardedResponse> {
    const step: Step = {
      url: this.#policy.check(typeof request.url === 'string' ? request.url : request.url.href),
      method: request.method ?? 'GET',
      headers: requestHeaders(request.headers ?? {}, this.#userAgent),
      body: request.body === undefined ? undefined : Buffer.from(request.body),
    };
    if (this.#closed) throw new FetchFailure('the HTTP client is closed', false);
    const watch = new Stopwatch(request.budgets, request.signal);
    const trail: Step[] = [step];
    try {
      return await watch.race(this.#follow(request, step, trail, watch));
    } catch (error) {
      throw asFetchError(error, watch.sent, (trail.at(-1) ?? step).url.host, watch.status);
    } finally {
      watch.end();
    }
  }

  /** Ends idle connections; requests under way still end well. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pools.close();
  }

  /** @param trail Gains every step taken. */
  async #follow(request: GuardedRequest, first: Step, trail: Step[], watch: Stopwatch): Promise<GuardedResponse> {
    for (let step = first; ;) {
      const response = await exchange(await this.#router.route(step, step !== first, watch), watch);
      const location = request.redirect === 'manual' ? null : followedLocation(response.status, response.headers);
      if (location === null) return answer(request, response, trail, watch);
      response.body.destroy();
      if (trail.length > (request.maxRedirects ?? defaultMaxRedirects))
        throw new BadPayload(`${first.url.host} redirects more than ${trail.length - 1} times`);
      const target = this.#overrides.toPublic(absoluteLocation(location, step.url), step.url);
      step = nextStep(step, response.status, target, this.#policy);
      if (trail.some((past) => past.url.href === step.url.href && past.method === step.method))
        throw new BadPayload(`${first.url.host} redirects in a loop`);
      trail.push(step);
    }
  }
}

async function answer(
  request: GuardedRequest,
  response: RawResponse,
  trail: readonly Step[],
  watch: Stopwatch,
): Promise<GuardedResponse> {
  const limits = { maxBytes: request.maxBytes ?? defaultMaxBytes, truncate: request.truncate ?? false };
  watch.status = response.status;
  const { bytes, truncated } = await readBody(response, limits, watch);
  const hrefs = trail.map((step) => step.url.href);
  return {
    url: hrefs.at(-1) ?? '',
    status: response.status,
    headers: response.headers,
    body: bytes,
    truncated,
    redirects: hrefs.slice(0, -1),
    mime: await sniffMime(bytes, response.headers['content-type']),
    declaredMime: declaredMime(response.headers['content-type']),
  };
}

/** Every address of this machine, public ones included. */
function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((entry) => entry.address));
}
