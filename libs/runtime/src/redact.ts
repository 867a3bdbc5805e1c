/**
 * Takes secrets out of free text (messages, stacks, addresses, finished log lines) before it is logged, stored or answered.
 * No pattern reaches across a quote or a backslash, so that a line of JSON stays JSON.
 */
const patterns: [RegExp, string][] = [
  [/\bbot\d+:[\w-]{20,}/g, 'bot[redacted]'], // Telegram puts the token into the path
  [/\b\d{6,}:[\w-]{30,}/g, '[redacted]'], // the same token by itself
  [/\b(whsec_)[\w+/=-]+/g, '$1[redacted]'],
  [/\b(vs_[a-z0-9]{1,12}_)[\w-]{16,}/g, '$1[redacted]'],
  [/\b((?:bearer|basic)\s+)[\w.+/=~-]{8,}/gi, '$1[redacted]'],
  [/\b((?:set-)?cookie(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)[^"'\\\r\n]+/gi, '$1[redacted]'],
  [
    // name: value, name=value, "name":"value", and the same inside a string of JSON
    /\b((?:authorization|x-api-token|api[_-]?token|bot[_-]?token|access[_-]?token|api[_-]?key|password|secret|token)(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)[^\s"'\\,;&}[\]]{8,}/gi,
    '$1[redacted]',
  ],
  [
    /([?&](?:x-amz-(?:signature|credential|security-token)|signature|sig|token|access_token|api_key|apikey|key|secret|password)=)[^&\s"'\\]+/gi,
    '$1[redacted]',
  ],
  [/\b((?:sessdata|bili_jct|web_session|a1|z_c0|sub|subp)=)[^;\s"'\\&]{8,}/gi, '$1[redacted]'], // platforms' session cookies
  [/(:\/\/[^/\s:@"'\\]*:)[^@\s/"'\\]+@/g, '$1[redacted]@'], // user:password@ in a connection string
];

/** The same text with every secret that we can recognise replaced. */
export function redactText(value: string): string {
  let clean = value;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}
