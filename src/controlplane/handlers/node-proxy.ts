/** GET of `nodes/{name}/proxy/{path}`: what the host's own endpoint answers at that path. */
import { failure } from '../../kube/index.ts';
import { askKubelet } from './kubelet.ts';
import { notFound } from './refusals.ts';
import type { ApiRequest, Stream } from './request.ts';

export async function proxyToNode({ plane, target, query }: ApiRequest): Promise<Stream> {
  const name = target.name!;
  if (!plane.of('', 'nodes').get(name)) throw notFound({ group: '', plural: 'nodes' }, name);
  const path = (target.rest ?? '').split('/').map(encodeURIComponent).join('/');
  const source = await askKubelet(plane, `/nodes/${encodeURIComponent(name)}/${path}?${query}`);
  const chunks: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (source.statusCode === 404) throw failure('NotFound', 'the server could not find the requested resource');
  if (source.statusCode !== 200)
    throw failure('ServiceUnavailable', `error trying to reach service: ${body.toString().trim()}`);
  return { contentType: source.headers['content-type'] ?? 'text/plain', run: async (sink) => void sink.write(body) };
}
