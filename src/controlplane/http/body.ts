/** Request bodies: read up to a limit, then decode JSON, YAML or protobuf into a plain object. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { parse as parseYaml } from 'yaml';
import { failure } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import { isTooDeep } from '../schema/index.ts';

/** Kubernetes' own limit of a request body, in bytes. */
export const MAX_BODY = 3 * 1024 * 1024;

export async function readBody(request: IncomingMessage | Http2ServerRequest, limit = MAX_BODY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw failure('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
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
    return shallow(parseYaml(textOf(body), { version: '1.1', maxAliasCount: 100 }));
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
