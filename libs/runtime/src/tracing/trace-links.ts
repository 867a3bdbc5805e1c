import type { Env } from '../env.ts';
import { currentContext } from '../context.ts';

/** Addresses of pages that show a trace, by TRACE_UI_URL. Where there is none, answers are as they would be without it. */
export class TraceLinks {
  constructor(private readonly env: Env) {}

  /** What is told of something that belongs to a trace, with the address of the page that shows it. */
  addTo<T extends { trace_id: string | null }>(view: T): T & { trace_url?: string } {
    return { ...view, ...this.of(view.trace_id) };
  }

  /** The same for the trace of the running request. */
  ofRequest(): { trace_url?: string } {
    return this.of(currentContext()?.traceId ?? null);
  }

  private of(traceId: string | null): { trace_url?: string } {
    const template = this.env.traceUiUrl;
    return template === undefined || traceId === null ? {} : { trace_url: template.replaceAll('{trace_id}', traceId) };
  }
}
