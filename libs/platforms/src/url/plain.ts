/** True for an http(s) address without a port and credentials; with them it is something else than what a platform's own host serves. */
export function isPlainUrl({ protocol, port, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && port === '' && username === '' && password === '';
}
