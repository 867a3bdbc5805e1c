/**
 * What a person sees once it runs. Plain lines on stdout, apart from the log.
 * @param url Where it listens.
 * @param token The admin token, at the very first start only.
 */
export function greet(url: string, token: string | null): void {
  const lines = [
    '',
    ...(token === null
      ? []
      : [`  Admin token: ${token}`, '  It is shown this once and stored only as a hash: keep it.', '']),
    `  VaultStream runs at ${url}`,
    `  What it can be asked: ${url}/docs`,
    '',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
