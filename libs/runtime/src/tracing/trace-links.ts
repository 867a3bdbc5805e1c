import type { Env } from '../env.ts';

/** Addresses of pages that show a trace, by TRACE_UI_URL. */
export class TraceLinks {
  constructor(private readonly env: Env) {}

  /** Null where there is no such page, or no trace. */
  urlOf(traceId: string | null | undefined): string | null {
    const template = this.env.traceUiUrl;
    return template === undefined || !traceId ? null : template.replaceAll('{trace_id}', traceId);
  }
}
