import { list } from './env-fields.ts';

/** Secrets that stand in examples, manuals and images of the parts we use: whoever tries a door tries these first. */
const wellKnown = new Set([
  'admin',
  'changeme',
  'default',
  'example',
  'minioadmin',
  'password',
  'postgres',
  'root',
  'secret',
  'test',
  'token',
  'vaultstream',
]);

/** Characters that a secret must have in production: 24 of base64 are 144 bits. Made up by a person it is weaker, so not fewer. */
const shortest = { API_TOKEN: 24, STORAGE_S3_SECRET_KEY: 8 } as const;

/** The variables that decide whether an instance is fit for production. */
export interface ProductionVariables {
  DEBUG?: string | undefined;
  API_TOKEN?: string | undefined;
  SECRETS_KEY?: string | undefined;
  DATABASE_URL?: string | undefined;
  REDIS_URL?: string | undefined;
  STORAGE_S3_SECRET_KEY?: string | undefined;
  CORS_ALLOWED_ORIGINS: readonly string[];
}

/** The origins that a browser's page may call the API from: `*`, or `https://host[:port]` each. */
export const origins = list.refine(
  (items) => items.every((item) => item === '*' || (URL.canParse(item) && new URL(item).origin === item)),
  'must be * or origins such as https://console.example.com: no path, no slash at the end, lower case',
);

/**
 * What makes these variables unfit for production (NODE_ENV=production), a line each that begins with the variable's name; empty: nothing.
 * No line holds a value.
 */
export function productionFaults(variables: ProductionVariables): string[] {
  const faults: string[] = [];
  if (variables.DEBUG !== undefined && !/^(?:0|false|off|no)$/i.test(variables.DEBUG))
    faults.push('DEBUG: must not be set in production: libraries print what they send and receive, secrets included');
  if (variables.CORS_ALLOWED_ORIGINS.includes('*'))
    faults.push('CORS_ALLOWED_ORIGINS: must not be * in production: name the origins');
  for (const name of ['API_TOKEN', 'STORAGE_S3_SECRET_KEY'] as const) {
    const fault = faultOf(variables[name], shortest[name]);
    if (fault) faults.push(`${name}: ${fault}`);
  }
  if (variables.SECRETS_KEY?.split(',').some((key) => new Set(Buffer.from(key, 'base64')).size < 12))
    faults.push('SECRETS_KEY: is no random key: make one with openssl rand -base64 32');
  for (const name of ['DATABASE_URL', 'REDIS_URL'] as const) {
    // A password may be absent: sockets, certificates and networks of one's own need none.
    const fault = faultOf(URL.parse(variables[name] ?? '')?.password || undefined, 8);
    if (fault) faults.push(`${name}: its password ${fault}`);
  }
  return faults;
}

function faultOf(secret: string | undefined, atLeast: number): string | undefined {
  if (secret === undefined) return undefined;
  // "change-me", "Change_Me_123" and "changeme" are one word.
  const word = secret.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (wellKnown.has(word) || new Set(secret).size < 4) return 'is one that everybody knows or guesses: choose another';
  if (secret.length < atLeast) return `must have at least ${atLeast} characters in production`;
  return undefined;
}
