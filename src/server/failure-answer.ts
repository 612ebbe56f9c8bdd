/** Whatever a route throws becomes a problem document; what nobody foresaw says nothing of the inside. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type ErrorCode, JdosError } from '../errors/index.ts';
import { ConnectionError, StatusError } from '../kube/index.ts';
import { languageOf, Problem, type ProblemCode } from './problem.ts';

/** Told of every failure that is the server's own. */
export type OnError = (error: unknown, where: string) => void;

export function answerFailures(app: FastifyInstance, onError: OnError): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === 'internal') onError(error, `${request.method} ${request.routeOptions.url ?? '?'}`);
    return send(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) => send(request, reply, new Problem('not-found')));
}

const PROBLEMS: Partial<Record<ErrorCode, ProblemCode>> = {
  JDOS_ERR_USAGE: 'bad-request',
  JDOS_ERR_HOST_UNKNOWN: 'not-found',
  JDOS_ERR_HOST_CHANGED: 'conflict',
  JDOS_ERR_MAINTENANCE_UNKNOWN: 'not-found',
  JDOS_ERR_MAINTENANCE_STATE: 'conflict',
  JDOS_ERR_TIMEOUT: 'not-yet',
};

function send(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', problem.retryAfterSeconds);
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.document(languageOf(request.headers['accept-language']))));
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof JdosError)
    return new Problem(PROBLEMS[error.code] ?? 'refused', { detail: error.message, cause: error });
  if (error instanceof StatusError) return refusalOfCluster(error);
  if (error instanceof ConnectionError) return new Problem('cluster-away', { cause: error });
  if (hasZodFastifySchemaValidationErrors(error)) return new Problem('bad-field', { fields: fieldsOf(error) });
  const code = statusOf(error);
  if (code === 413) return new Problem('too-large', { cause: error });
  if (code === 429) return new Problem('too-many', { cause: error });
  if (code >= 400 && code < 500) return new Problem('bad-request', { detail: (error as FastifyError).message });
  return new Problem('internal', { cause: error });
}

function refusalOfCluster(error: StatusError): Problem {
  const detail = error.message;
  if (error.code === 403) return new Problem('cluster-refused', { detail, cause: error });
  if (error.code === 404) return new Problem('not-found', { detail, cause: error });
  if (error.code === 409) return new Problem('conflict', { detail, cause: error });
  if (error.code < 500) return new Problem('bad-request', { detail, cause: error });
  return new Problem('cluster-away', { detail, cause: error });
}

function fieldsOf(error: { validation: { instancePath: string; message?: string }[] }) {
  return error.validation.map(({ instancePath, message = '' }) => ({
    field: instancePath.slice(1).replaceAll('/', '.'),
    fault: message,
  }));
}

function statusOf(error: unknown): number {
  const code = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof code === 'number' ? code : 500;
}
