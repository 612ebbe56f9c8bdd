/** Request bodies: read up to a limit, then decode JSON, YAML or protobuf into a plain object. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { parse as parseYaml } from 'yaml';
import { failure, StatusError } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import { isTooDeep } from '../schema/index.ts';

/** Kubernetes' own limit of a request body, in bytes. */
export const MAX_BODY = 3 * 1024 * 1024;

export async function readBody(request: IncomingMessage | Http2ServerRequest, limit = MAX_BODY): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(request, limit);
  try {
    return await collect(request, limit);
  } catch (error) {
    throw error instanceof StatusError ? error : failureFrom(error, 'the body ended before it was complete');
  }
}

function collect(request: IncomingMessage | Http2ServerRequest, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      // The refusal must still go out on the connection that the body came by.
      request.pause();
      reject(tooLarge(request, limit));
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('aborted')));
  });
}

function tooLarge(request: IncomingMessage | Http2ServerRequest, limit: number): StatusError {
  stopSoon(request);
  return failure('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

/** How long a client may take to read that its body is refused, in ms. */
const LINGER_MS = 1_000;

function stopSoon(request: IncomingMessage | Http2ServerRequest): void {
  setTimeout(() => ('stream' in request ? request.stream.close() : request.socket.destroy()), LINGER_MS).unref();
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body; bytes that are not UTF-8 are refused rather than replaced. */
export function textOf(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (error) {
    throw failureFrom(error, 'the body is not valid UTF-8');
  }
}

export function decodeJson(body: Buffer): Json {
  try {
    return shallow(JSON.parse(textOf(body)));
  } catch (error) {
    throw failureFrom(error, `couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
}

/** YAML 1.1, as kubectl and the Go libraries read it: `y` is true there. Aliases are bounded. */
export function decodeYaml(body: Buffer): Json {
  try {
    return shallow(parseYaml(textOf(body), { version: '1.1', maxAliasCount: 100, logLevel: 'error' }));
  } catch (error) {
    throw failureFrom(error, `error converting YAML to JSON: ${messageOf(error)}`);
  }
}

/** Deep values would break the stack of whoever walks them later. */
function shallow(value: Json): Json {
  if (isTooDeep(value)) throw new RangeError('exceeded max depth');
  return value;
}

function failureFrom(cause: unknown, message: string) {
  const error = failure('BadRequest', message);
  error.cause = cause;
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
