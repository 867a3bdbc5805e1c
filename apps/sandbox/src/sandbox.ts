import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bilibili } from './bilibili/bilibili.ts';
import { Gazette } from './feeds/feeds.ts';
import { github } from './github/github.ts';
import { ModeBook, type ModeRule } from './modes/mode-book.ts';
import { reddit } from './reddit/reddit.ts';
import { Control } from './server/control.ts';
import { Front } from './server/front.ts';
import { Journal } from './server/journal.ts';
import { pages, site } from './site/site.ts';
import { Telegram } from './telegram/telegram.ts';
import { telegramWeb } from './telegram-web/telegram-web.ts';
import { WebhookReceiver } from './webhook/webhook.ts';
import { weibo } from './weibo/weibo.ts';
import { x } from './x/x.ts';
import { xiaohongshu } from './xiaohongshu/xiaohongshu.ts';
import { youtube } from './youtube/youtube.ts';
import { zhihu } from './zhihu/zhihu.ts';

export interface SandboxOptions {
  /** 0, the default: any free one. */
  port?: number;
  /** Address to listen on: loopback, unless it is in a container. */
  host?: string;
  /** Where others reach it, when that is not where it listens. */
  publicUrl?: string;
}

/** A running sandbox. */
export interface Sandbox {
  /** Such as `http://127.0.0.1:9901`. A public host answers below it, at `<url>/<host>/...`. */
  readonly url: string;
  /** For FETCH_HOST_OVERRIDES: every public host that is faked. */
  readonly hosts: string;
  readonly site: { readonly pages: typeof pages };
  readonly telegram: Telegram;
  readonly webhook: WebhookReceiver;
  /** What arrived, how often, in which order. */
  readonly journal: Journal;
  /** Switches an error mode on. @returns its id, for `heal`. @throws RangeError for no mode */
  spoil(rule: ModeRule): number;
  /** Switches one error mode off, or all of them. */
  heal(id?: number): void;
  /** Back to the beginning: nothing received, nothing set. */
  reset(): void;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

/** Starts all fakes on one port. @throws when the port is taken */
export async function startSandbox({ port = 0, host = '127.0.0.1', publicUrl }: SandboxOptions = {}): Promise<Sandbox> {
  const [telegram, webhook, journal, modes] = [new Telegram(), new WebhookReceiver(), new Journal(), new ModeBook()];
  const services = [
    site,
    bilibili,
    x,
    weibo,
    xiaohongshu,
    zhihu,
    telegramWeb,
    youtube,
    reddit,
    github,
    new Gazette(),
    telegram,
    webhook,
  ];
  const control = new Control(services, modes, journal, () => ({
    url,
    hosts,
    services: services.map(({ name, hosts: own }) => ({ name, hosts: own })),
  }));
  const front = new Front(services, modes, journal, control);
  const server = createServer((request, response) => {
    front.handle(request, response).catch((error: unknown) => {
      // A bug of the sandbox must not look like an error mode.
      response.destroy();
      process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : 'failed'}\n`);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const url = publicUrl ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hosts = services.flatMap((service) => service.hosts.map((name) => `${name}=${url}/${name}`)).join(',');
  return {
    url,
    hosts,
    site: { pages },
    telegram,
    webhook,
    journal,
    spoil: (rule) => modes.add(rule),
    heal: (id) => (id === undefined ? modes.reset() : modes.remove(id)),
    reset: () => control.reset(),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
