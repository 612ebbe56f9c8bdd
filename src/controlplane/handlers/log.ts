/** GET of `pods/{name}/log`: the container's log as its host has it, passed through. */
import type { IncomingMessage } from 'node:http';
import { failure } from '../../kube/index.ts';
import { askKubelet, containerPath } from './kubelet.ts';
import type { ApiRequest, Stream } from './request.ts';

/** Bytes unread by the client after which we stop reading from the host. */
const MAX_BACKLOG = 1024 * 1024;

export async function log({ plane, target, query }: ApiRequest): Promise<Stream> {
  const place = { namespace: target.namespace!, pod: target.name! };
  const path = containerPath(plane, { verb: 'containerLogs', ...place, query });
  const source = await askKubelet(plane, path);
  if (source.statusCode !== 200) throw failure('BadRequest', (await text(source)).trim());
  return {
    contentType: 'text/plain',
    async run(sink, signal) {
      signal.addEventListener('abort', () => source.destroy(), { once: true });
      for await (const chunk of source as AsyncIterable<Buffer>) {
        if (signal.aborted) return;
        sink.write(chunk);
        if (sink.backlog > MAX_BACKLOG) await sink.drained();
      }
    },
  };
}

async function text(source: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
