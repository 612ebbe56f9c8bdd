/** Writes answers and streams to HTTP/1.1 and HTTP/2 responses alike. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Answer, Sink, Stream } from '../handlers/request.ts';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** Sends a whole answer, at the client's pace. */
export async function sendAnswer(
  response: Outgoing,
  answer: Answer,
  headers: Record<string, string | string[]>,
  headOnly = false,
): Promise<void> {
  const { body } = answer;
  const whole = typeof body === 'string' ? Buffer.from(body) : Buffer.isBuffer(body) ? body : undefined;
  (response as ServerResponse).writeHead(answer.status, {
    'content-type': answer.contentType,
    ...(whole && { 'content-length': String(whole.length) }),
    ...headers,
    ...answer.headers,
  });
  if (headOnly) response.end();
  else if (whole) response.end(whole);
  else await sendChunks(response, body as Iterable<Buffer>);
}

async function sendChunks(response: Outgoing, chunks: Iterable<Buffer>): Promise<void> {
  const sink = sinkOf(response);
  for (const chunk of chunks) {
    if (isGone(response)) return;
    sink.write(chunk);
    if (sink.backlog > HIGH_WATER) await sink.drained();
  }
  response.end();
}

/** Runs a stream until it or the client ends it. */
export async function sendStream(
  response: Outgoing,
  stream: Stream,
  headers: Record<string, string | string[]>,
): Promise<void> {
  const plain = response as ServerResponse;
  plain.writeHead(200, {
    'content-type': stream.contentType,
    'cache-control': 'no-cache, private',
    ...headers,
    ...stream.headers,
  });
  plain.flushHeaders();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  if (isGone(response)) gone.abort();
  await stream.run(sinkOf(response), gone.signal);
  if (!isGone(response)) response.end();
}

const HIGH_WATER = 512 * 1024;

function sinkOf(response: Outgoing): Sink {
  const out = 'stream' in response ? response.stream : response;
  return {
    write(chunk) {
      if (!isGone(response)) (response as ServerResponse).write(chunk);
    },
    abandon() {
      out?.destroy();
    },
    get backlog() {
      return out?.writableLength ?? 0;
    },
    drained: () =>
      new Promise((resolve) => {
        if (isGone(response) || out.writableLength === 0) return resolve();
        const done = () => {
          out.off('drain', done);
          out.off('close', done);
          resolve();
        };
        out.on('drain', done);
        out.on('close', done);
      }),
  };
}

function isGone(response: Outgoing): boolean {
  return 'stream' in response ? !response.stream || response.stream.destroyed : response.destroyed;
}
