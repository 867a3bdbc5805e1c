/** What a person sees once it runs. */
export interface Greeting {
  /** Where it listens. */
  url: string;
  /** The admin token, at the very first start only. */
  token: string | null;
}

/** Writes it to stdout, apart from the log: a box in a terminal, plain lines elsewhere. */
export function greet(greeting: Greeting): void {
  const lines = process.stdout.isTTY ? box(boxed(greeting)) : plain(greeting);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The token stands last, where the eye is, and where it is found again. */
function boxed({ url, token }: Greeting): string[] {
  return [
    `VaultStream runs at ${url}`,
    `All that it can do: ${url}/docs`,
    'Ctrl-C stops it. Lost the token? npm run token',
    ...(token === null ? [] : [`Admin token, shown this once: ${token}`]),
  ];
}

function box(lines: string[]): string[] {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '─'.repeat(width + 2);
  return [`╭${edge}╮`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `╰${edge}╯`];
}

function plain({ url, token }: Greeting): string[] {
  return [
    '',
    ...(token === null
      ? []
      : [
          `  Admin token: ${token}`,
          '  It is shown this once and stored only as a hash: keep it. (npm run token makes another.)',
          '',
        ]),
    `  VaultStream runs at ${url}`,
    `  All that it can do: ${url}/docs`,
    '',
  ];
}
