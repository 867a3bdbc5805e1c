import { isIP } from 'node:net';
import { bareAddress } from './address.ts';
import type { Stopwatch } from './budgets.ts';
import { RefusedRedirect } from './errors.ts';
import type { Hop } from './exchange.ts';
import { type HostOverrides, throughOverride } from './overrides.ts';
import type { Pools } from './pools.ts';
import type { Step } from './redirects.ts';
import { type NameResolver, resolveName, strangersResolver, systemResolver } from './resolve.ts';
import type { GuardedHttpOptions } from './types.ts';
import { portOf, type UrlPolicy } from './url-policy.ts';

/** Decides where a step really goes: through an override, through a proxy, or to the checked addresses of its host. */
export class Router {
  readonly #strangers: NameResolver;
  readonly #trusted: NameResolver;

  constructor(
    private readonly options: Pick<GuardedHttpOptions, 'httpProxy' | 'httpsProxy' | 'resolver'>,
    private readonly policy: UrlPolicy,
    private readonly overrides: HostOverrides,
    private readonly pools: Pools,
  ) {
    this.#strangers = options.resolver ?? strangersResolver();
    this.#trusted = options.resolver ?? systemResolver;
  }

  /**
   * Resolves the name of this step, here and nowhere else, once.
   *
   * @param step Its address has passed the policy.
   * @throws Refused or, after the first hop, RefusedRedirect; Unreached; the reason of the stopwatch's signal.
   */
  async route(step: Step, redirected: boolean, watch: Stopwatch): Promise<Hop> {
    const { url, method, headers, body } = step;
    const base = this.overrides.find(url);
    if (base) {
      const target = throughOverride(url, base);
      const addresses = await this.#resolve(target.url, this.#trusted, watch);
      const dispatcher = this.pools.pinned(target.url.origin, addresses);
      return { dispatcher, url: target.url, method, headers: { ...headers, ...target.headers }, body };
    }
    const proxy = url.protocol === 'https:' ? this.options.httpsProxy : this.options.httpProxy;
    if (proxy) return { dispatcher: this.pools.proxied(proxy), url, method, headers, body };
    const addresses = await this.#checkedAddresses(url, redirected, watch);
    return { dispatcher: this.pools.pinned(url.origin, addresses), url, method, headers, body };
  }

  /** One bad address refuses the whole name: a mixed answer is an attack or a mistake. */
  async #checkedAddresses(url: URL, redirected: boolean, watch: Stopwatch): Promise<string[]> {
    const port = portOf(url);
    if (this.policy.trustsName(url.hostname, port)) return this.#resolve(url, this.#trusted, watch);
    const addresses = await this.#resolve(url, this.#strangers, watch);
    const refusals = addresses.flatMap((address) => {
      const why = this.policy.addressRefusal(address, port);
      return why === null ? [] : [{ address, why }];
    });
    const [first] = refusals;
    if (!first) return addresses;
    const message = `${url.host} leads to an address that ${first.why}`;
    if (redirected) throw new RefusedRedirect(message);
    throw this.policy.privateHost(
      url,
      refusals.map(({ address }) => address),
      message,
    );
  }

  async #resolve(url: URL, resolver: NameResolver, watch: Stopwatch): Promise<string[]> {
    const host = bareAddress(url.hostname);
    if (isIP(host) !== 0) return [host];
    watch.resolving();
    return watch.race(resolveName(host, resolver));
  }
}
