/**
 * Takes secrets out of free text (messages, stacks, addresses) before it is logged, stored or answered. Structured fields are
 * masked by pino's `redact`; this is for what hides inside strings.
 */
const patterns: [RegExp, string][] = [
  [/\bbot\d+:[\w-]{20,}/g, 'bot[redacted]'], // Telegram puts the token into the path
  [/\b(whsec_)[\w+/=-]+/g, '$1[redacted]'],
  [/\b(vs_[a-z0-9]{1,12}_)[\w-]{16,}/g, '$1[redacted]'],
  [/\b((?:bearer|basic)\s+)[\w.+/=~-]{8,}/gi, '$1[redacted]'],
  [
    /([?&](?:x-amz-(?:signature|credential|security-token)|signature|sig|token|access_token|api_key|apikey|key|secret|password)=)[^&\s"']+/gi,
    '$1[redacted]',
  ],
  [/(:\/\/[^/\s:@]*:)[^@\s/]+@/g, '$1[redacted]@'], // user:password@ in a connection string
];

/** The same text with every secret that we can recognise replaced. */
export function redactText(value: string): string {
  let clean = value;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}
