import type { Budgets } from './budgets.ts';
import type { NameResolver } from './resolve.ts';

/** One request to a stranger's server. */
export interface GuardedRequest {
  /** Pass the raw string where there is one: some tricks are visible only before parsing. */
  url: string | URL;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Host, Content-Length and hop-by-hop headers are ours to set: naming one is an InvalidInput. */
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** Bytes of body to accept, counted after decompression. Default 5 MiB (a page); pictures use 20 MiB. */
  maxBytes?: number;
  /** `manual`: a 3xx is the response (webhooks). Default `follow`. */
  redirect?: 'follow' | 'manual';
  /** Default 5. */
  maxRedirects?: number;
  /** Read at most `maxBytes` and answer with that instead of throwing (replies of webhooks). */
  truncate?: boolean;
  budgets?: Partial<Budgets>;
}

export interface GuardedResponse {
  /** The public address that answered, after redirects. Never that of a host override. */
  url: string;
  status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  headers: Record<string, string>;
  /** Decompressed. */
  body: Buffer;
  /** True when `truncate` cut the body. */
  truncated: boolean;
  /** The addresses that redirected, first to last; empty when the first one answered. */
  redirects: string[];
  /** What the bytes are, by their signature or by their text; null when nothing can be said. Never the header alone. */
  mime: string | null;
  /** What Content-Type claims, without parameters; null when absent or contradictory. */
  declaredMime: string | null;
}

/** `env.fetch` fits as it is. */
export interface GuardedHttpOptions {
  /** Proxy for http: addresses. */
  httpProxy?: string;
  /** Proxy for https: addresses. */
  httpsProxy?: string;
  /** Public host (or host:port) to the base URL that answers for it. */
  hostOverrides?: ReadonlyMap<string, URL>;
  /** Hosts, addresses or CIDRs that may be private, each with an optional `:port` or `:*`. */
  allowHosts?: readonly string[];
  /** Hosts, addresses or CIDRs of our own that no stranger may reach through us. Default: the addresses of this machine's interfaces. */
  ownAddresses?: readonly string[];
  /** Default: c-ares for strangers' names, the system's resolver for names in `allowHosts` and `hostOverrides`. */
  resolver?: NameResolver;
  /** Ports that any address may name. Default 80, 443, 8080 and 8443. */
  ports?: readonly number[];
  /** Default: that of a current browser. */
  userAgent?: string;
}
