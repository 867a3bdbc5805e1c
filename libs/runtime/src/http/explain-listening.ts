import { EnvError } from '../env.ts';
import { errorCode } from '../is-error.ts';

/** What goes wrong when an address cannot be listened on, by Node's error code. */
const explanations: Record<string, string> = {
  EADDRINUSE: 'is taken by another process: end that one, or choose another port (0: any that is free)',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not known',
};

/**
 * The error to throw when an address cannot be listened on: one clear line, or the error itself where its cause is another.
 * @param where The variables and the address, such as `API_HOST, API_PORT: 127.0.0.1:8000`.
 */
export function explainListening(error: unknown, where: string): unknown {
  const explanation = explanations[errorCode(error) ?? ''];
  return explanation === undefined ? error : new EnvError(`${where} ${explanation}`, { cause: error });
}
