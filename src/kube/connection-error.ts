/** The API server could not be reached, or the connection broke; `cause` tells how. */
export class ConnectionError extends Error {
  constructor(method: string, url: string, cause: unknown) {
    super(`${method} ${url}: ${reasonOf(cause)}`, { cause });
    this.name = 'ConnectionError';
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  const { code } = cause as NodeJS.ErrnoException;
  return code && !cause.message.includes(code) ? `${cause.message} (${code})` : cause.message;
}
