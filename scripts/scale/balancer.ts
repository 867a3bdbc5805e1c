import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';

export interface BalancerOptions {
  /** Path of haproxy. */
  program: string;
  /** Port of 127.0.0.1 to listen on. */
  port: number;
  /** Base URLs of the API replicas. */
  apis: readonly string[];
  /** Folder for its configuration and its log. */
  dir: string;
}

/**
 * HAProxy in front of the API replicas: sends to those whose `/readyz` answers 200, tries another one when a connection fails, and says
 * who the client is (X-Forwarded-For: API_TRUSTED_PROXIES=1).
 */
export class Balancer extends Child {
  readonly url: string;

  constructor({ program, port, apis, dir }: BalancerOptions) {
    const url = `http://127.0.0.1:${port}`;
    const config = join(dir, 'haproxy.cfg');
    // Answered by this HAProxy alone: another program on the port may have a /readyz too.
    const sign = `/balancer-${randomUUID()}`;
    mkdirSync(dir, { recursive: true });
    writeFileSync(config, configuration(port, apis, sign));
    super({
      name: 'balancer',
      command: [program, '-db', '-q', '-f', config],
      env: { PATH: process.env['PATH'] ?? '' },
      logFile: join(dir, 'balancer.log'),
      async probe() {
        for (const path of [sign, '/readyz']) {
          const { status } = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(2_000) });
          if (status !== 200) throw new Error(`the balancer answers ${status} to ${path}`);
        }
      },
    });
    this.url = url;
  }
}

/**
 * Milliseconds, unless they bear a unit. The client and server times are longer than the pings of an event stream (20 s). A POST is
 * sent again only when it has not reached a server: what was sent may have been done. Without `timeout check` a slow answer of /readyz is
 * cut off after `inter`, and on a busy machine all replicas are down at once. docker-compose.yml has the same in ops/haproxy.
 */
function configuration(port: number, apis: readonly string[], sign: string): string {
  const servers = apis.map((url, index) => `  server api-${index + 1} ${new URL(url).host} check`);
  return `global
  maxconn 2000

defaults
  mode http
  timeout connect 1s
  timeout client 75s
  timeout server 75s
  timeout queue 5s
  timeout http-request 30s
  timeout check 4s
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response

frontend api
  bind 127.0.0.1:${port}
  monitor-uri ${sign}
  option forwardfor
  default_backend replicas

backend replicas
  balance leastconn
  http-request disable-l7-retry if !METH_GET
  option httpchk
  http-check send meth GET uri /readyz
  http-check expect status 200
  default-server inter 500 fastinter 200 fall 2 rise 1 observe layer4 error-limit 2 on-error mark-down
${servers.join('\n')}
`;
}
