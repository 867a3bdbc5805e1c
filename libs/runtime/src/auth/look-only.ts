import { InvalidInput, type Scope } from '@vaultstream/contracts';
import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { sendProblem } from '../problems/send-problem.ts';
import type { Admission } from './admission.ts';
import { presentedToken, tokenAsPassword } from './presented-token.ts';

/** What stands before somebody else's pages. */
export interface LookOnlyOptions {
  admission: Admission;
  /** The scope that a caller must have. */
  scope: Scope;
  /** What the browser calls the place when it asks for user name and password; ASCII without quotes. */
  realm: string;
  /** Content-Security-Policy of its answers. */
  policy: string;
}

/**
 * Pages of somebody else (a Fastify plugin) behind our own door: every request needs a token, in the usual headers or as the password of HTTP
 * Basic, which is how a browser asks for one; and none may change anything, whatever the plugin itself offers. Register it with a prefix.
 */
export function lookOnly(options: LookOnlyOptions, plugin: FastifyPluginCallback): FastifyPluginAsync {
  const { admission, scope, realm, policy } = options;
  return async (server: FastifyInstance) => {
    server.addHook('onRoute', (route) => {
      route.config = { ...route.config, authenticatesItself: true };
    });
    server.addHook('onRequest', async (request, reply) => {
      try {
        await admission.admit(request, presentedToken(request.headers) ?? tokenAsPassword(request.headers), [scope]);
        if (!['GET', 'HEAD'].includes(request.method)) throw readOnly();
      } catch (error) {
        sendProblem(error, request, reply);
        return reply;
      }
      return undefined;
    });
    // Last of all: the plugin's own headers do not count.
    server.addHook('onSend', async (_, reply) => {
      if (reply.statusCode === 401) reply.header('www-authenticate', `Basic realm="${realm}", charset="UTF-8"`);
      reply.headers({ 'cache-control': 'no-store', 'content-security-policy': policy });
    });
    await server.register(plugin);
  };
}

function readOnly(): InvalidInput {
  return new InvalidInput('Here one can only look.', [{ path: 'method', message: 'must be GET' }], {
    status: 405,
    code: 'read_only',
  });
}
