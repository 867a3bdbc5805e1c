/** Where a request goes: `/<public host>[/~<mode>]/<path>?<query>`. */
export interface Address {
  host: string;
  path: string;
  query: URLSearchParams;
  /** Asked for in the path. */
  mode: string | undefined;
}

/**
 * Takes a request's target apart. `/bot<token>/...` without a host is Telegram's: its client libraries take an address without a path.
 * @returns null when it names no host
 */
export function parseAddress(target: string): Address | null {
  const [whole = '', query = ''] = target.split(/\?(.*)/s);
  const named = /^\/(?:~[^/]*\/)?bot\d+:/.test(whole) ? `/api.telegram.org${whole}` : whole;
  const [, host, rest = ''] = /^\/([\w.-]*\.[\w-]+)(\/.*)?$/s.exec(named) ?? [];
  if (host === undefined) return null;
  const [, mode, path] = /^\/~([^/]*)(\/.*)?$/s.exec(rest) ?? [];
  return {
    host: host.toLowerCase(),
    path: (mode === undefined ? rest : path) || '/',
    query: new URLSearchParams(query),
    mode,
  };
}
