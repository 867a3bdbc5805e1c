import { isIP, type Socket } from 'node:net';
import { buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { bareAddress, canonicalAddress } from './address.ts';

/** Settings of every connection pool. HTTP/2 stays off: one parser to trust, and one request a connection at a time. */
const settings = {
  allowH2: false,
  maxHeaderSize: 16_384,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
  // Our own stopwatch is exact and knows the phases; undici's timers are off.
  headersTimeout: 0,
  bodyTimeout: 0,
} satisfies Pool.Options;

/** Upper bound for a connection attempt that nobody waits for any more: milliseconds. */
const connectTimeout = 10_000;

/** Pools kept for re-use. The oldest is closed when one more comes; its running requests end well. */
const maxPools = 256;

/** What a test may change about TLS. */
export interface TlsOptions {
  /** Certificates (PEM) to trust in place of the system's. */
  ca?: string;
}

/**
 * Connections, kept alive for re-use. A direct pool belongs to one origin and one set of checked addresses: its sockets can be connected to
 * nothing else, so that a re-used connection is as checked as a new one, and a name that resolves to something new gets a new pool.
 */
export class Pools {
  readonly #pinned = new Map<string, Pool>();
  readonly #proxies = new Map<string, ProxyAgent>();

  constructor(private readonly tls: TlsOptions = {}) {}

  /**
   * @param origin Such as `https://example.com`; its host is what TLS and the Host header name.
   * @param addresses The only addresses that may be connected to.
   */
  pinned(origin: string, addresses: readonly string[]): Dispatcher {
    const key = [origin, ...addresses.toSorted()].join(' ');
    const known = this.#pinned.get(key);
    this.#pinned.delete(key);
    const pool = known ?? new Pool(origin, { ...settings, connect: pinnedConnector(addresses, this.tls) });
    this.#pinned.set(key, pool);
    const [oldest] = this.#pinned;
    if (this.#pinned.size > maxPools && oldest) {
      this.#pinned.delete(oldest[0]);
      void oldest[1].close();
    }
    return pool;
  }

  /** Through a proxy, which resolves the name itself: forwarding for http, a tunnel for https. */
  proxied(proxy: string): Dispatcher {
    const agent =
      this.#proxies.get(proxy) ??
      new ProxyAgent({
        ...settings,
        uri: proxy,
        connectTimeout,
        // The forwarding path of ProxyAgent builds its pools without our settings.
        factory: (origin, options) => new Pool(origin, { ...options, ...settings }),
        // Asks the proxy for tunnels: nobody's stopwatch ends that, so that it needs an end of its own.
        clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connectTimeout }),
      });
    this.#proxies.set(proxy, agent);
    return agent;
  }

  /** Ends idle connections now and busy ones after their request. */
  async close(): Promise<void> {
    const all = [...this.#pinned.values(), ...this.#proxies.values()];
    this.#pinned.clear();
    this.#proxies.clear();
    await Promise.all(all.map((pool) => pool.close()));
  }
}

/** Dials the given addresses and no other, and hands a socket over only when it is connected to one of them. */
function pinnedConnector(addresses: readonly string[], tls: TlsOptions): buildConnector.connector {
  const entries = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const checked = new Set(addresses.map(canonicalAddress));
  const connect = buildConnector({
    ...tls,
    allowH2: false,
    timeout: connectTimeout,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 500,
    lookup: (_name, options, done) => {
      const [first] = entries;
      if (first === undefined) done(new Error('no address to connect to'), '');
      else if (options.all) done(null, entries);
      else done(null, first.address, first.family);
    },
  });
  return (options, done) => {
    // A literal host is never looked up, so that the list must be asked here.
    const literal = bareAddress(options.hostname);
    if (isIP(literal) !== 0 && !checked.has(canonicalAddress(literal))) return done(unchecked(), null);
    connect(options, (...[error, socket]) => {
      if (error) return done(error, null);
      if (isConnectedTo(socket, checked)) return done(null, socket);
      socket.destroy();
      done(unchecked(), null);
    });
  };
}

function unchecked(): Error {
  return new Error('the connection leads to an address that was not checked');
}

function isConnectedTo(socket: Socket, checked: ReadonlySet<string>): boolean {
  return socket.remoteAddress !== undefined && checked.has(canonicalAddress(socket.remoteAddress));
}
