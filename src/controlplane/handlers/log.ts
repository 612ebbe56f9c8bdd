/** GET of `pods/{name}/log`: the container's log as its host has it, passed through. */
import type { IncomingMessage } from 'node:http';
import { failure } from '../../kube/index.ts';
import type { FieldError } from '../registry/definition.ts';
import { askKubelet, pathIfPlaced } from './kubelet.ts';
import { invalid } from './refusals.ts';
import type { Answer, ApiRequest, Stream } from './request.ts';

/** Bytes unread by the client after which we stop reading from the host. */
const MAX_BACKLOG = 1024 * 1024;

export async function log({ plane, target, query }: ApiRequest): Promise<Answer | Stream> {
  const errors = optionErrors(query);
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, target.name!, errors);
  const place = { namespace: target.namespace!, pod: target.name! };
  const path = pathIfPlaced(plane, { verb: 'containerLogs', ...place, query });
  if (path === undefined) return { status: 204, contentType: 'text/plain', body: '' };
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

function optionErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, least] of [
    ['tailLines', 0],
    ['sinceSeconds', 1],
    ['limitBytes', 1],
  ] as const) {
    const value = query.get(field);
    if (value === null || !(Number(value) < least)) continue;
    const message = `Invalid value: ${value}: must be greater than ${least === 0 ? 'or equal to ' : ''}0`;
    errors.push({ field, reason: 'FieldValueInvalid', message });
  }
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    errors.push({ field: '[]', reason: 'FieldValueForbidden', message });
  }
  return errors;
}

async function text(source: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
