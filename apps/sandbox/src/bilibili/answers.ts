import { html, json, type Answer } from '../server/service.ts';

/** What the site itself answers for pages: nothing that can be read without running it. */
export const page: Answer = html('<!doctype html><title>bilibili</title><div id="app"></div>');

/** An envelope around what is there. */
export const found = (data: unknown, name: 'data' | 'result' = 'data'): Answer =>
  json({ code: 0, message: '0', ttl: 1, [name]: data });
