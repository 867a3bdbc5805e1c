import { z } from 'zod';
import { isHostOf } from '../url/hosts.ts';
import { settingFacts } from './setting-facts.ts';

/** Pairs of name and value as a browser sends them (RFC 6265 4.2.1; values as browsers really have them). */
const pair = String.raw`[\w!#$%&'*+.^|~\x60-]{1,200}=[\x21-\x3a\x3c-\x7e]*`;
const header = new RegExp(String.raw`^${pair}(?:; ?${pair})*;?$`);

/** All cookies of an account as a browser sends them: `a=1; b=2`. */
export function cookieHeaderSetting(description: string) {
  return z
    .string()
    .trim()
    .min(3)
    .max(8_192)
    .regex(header, 'must be cookies as a browser sends them: name=value; name=value')
    .optional()
    .register(settingFacts, { description, secret: true });
}

/** The Cookie header for one address: nothing without cookies, or for any host but `hosts` and what is below them, over https. */
export function cookieHeader(url: URL, cookie: string | undefined, hosts: readonly string[]): { cookie?: string } {
  return cookie !== undefined && url.protocol === 'https:' && isHostOf(url.hostname, hosts) ? { cookie } : {};
}
