import { z, ZodError } from 'zod';
import type { ModeBook } from '../modes/mode-book.ts';
import type { Journal } from './journal.ts';
import { json, type Answer, type ControlAction, type Service } from './service.ts';

const modeSchema = z.strictObject({
  service: z.string().optional(),
  host: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  mode: z.string(),
});

const filterSchema = z.object({
  service: z.string().optional(),
  host: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
});

/** What the control endpoints, `/_control/...`, may do. They are not written down in the log. */
export class Control {
  readonly #actions: ReadonlyMap<string, ControlAction>;

  constructor(
    private readonly services: readonly Service[],
    private readonly modes: ModeBook,
    private readonly journal: Journal,
    private readonly about: () => unknown,
  ) {
    this.#actions = new Map([
      ...Object.entries(this.#own()),
      ...services.flatMap((service) =>
        Object.entries(service.control).map(([key, action]): [string, ControlAction] => {
          const [method = '', name = ''] = key.split(' ');
          return [`${method} ${service.name}/${name}`, action];
        }),
      ),
    ]);
  }

  /** Answers 200 with JSON; 400 for a wrong body, 404 for an unknown action. */
  answer(method: string, target: string, body: Buffer): Answer {
    const url = new URL(target, 'http://sandbox');
    const action = this.#actions.get(`${method} ${url.pathname.replace(/^\/(?:_control\/?)?/, '')}`);
    if (!action) return json({ error: 'no such control', controls: [...this.#actions.keys()] }, 404);
    try {
      const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
      return json(action(input, url.searchParams) ?? { ok: true });
    } catch (error) {
      if (!(error instanceof ZodError || error instanceof SyntaxError || error instanceof RangeError)) throw error;
      return json({ error: error.message }, 400);
    }
  }

  /** Forgets everything received and set, everywhere. */
  reset(): void {
    this.journal.reset();
    this.modes.reset();
    for (const service of this.services) service.reset();
  }

  #own(): Record<string, ControlAction> {
    return {
      'GET ': () => this.about(),
      'GET log': (_body, query) => {
        const filter = filterSchema.parse(Object.fromEntries(query));
        const entries = this.journal.list(filter);
        return { count: entries.length, counts: this.journal.counts(filter), entries };
      },
      'GET modes': () => ({ modes: this.modes.list() }),
      'POST modes': (body) => ({ id: this.modes.add(modeSchema.parse(body)) }),
      'DELETE modes': (_body, query) => {
        const id = query.get('id');
        if (id === null) this.modes.reset();
        else this.modes.remove(Number(id));
      },
      'POST reset': () => this.reset(),
    };
  }
}
