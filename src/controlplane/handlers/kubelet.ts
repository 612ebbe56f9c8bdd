/** The way to a Pod's host: where its container's log and commands are. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { failure } from '../../kube/index.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';
import { notFound } from './refusals.ts';

/** Where all hosts of the embedded cluster answer for their containers. */
export interface KubeletAddress {
  readonly host: string;
  readonly port: number;
  /** Bearer token; only the control plane has it. */
  readonly token: string;
}

/** `/containerLogs/{namespace}/{pod}/{container}?…` and the like. */
export interface ContainerRequest {
  readonly verb: 'containerLogs' | 'exec' | 'attach';
  readonly namespace: string;
  readonly pod: string;
  readonly query: URLSearchParams;
}

/** The kubelet's path for a container of a Pod that runs somewhere; refuses where it cannot be said which. */
export function containerPath(plane: Plane, request: ContainerRequest): string {
  const path = pathIfPlaced(plane, request);
  if (path === undefined) throw failure('BadRequest', `pod ${request.pod} does not have a host assigned`);
  return path;
}

/** The same; undefined while the Pod has no host. */
export function pathIfPlaced(
  plane: Plane,
  { verb, namespace, pod: name, query }: ContainerRequest,
): string | undefined {
  const pod = plane.of('', 'pods').get(`${namespace}/${name}`)?.parse();
  if (!pod) throw notFound({ group: '', plural: 'pods' }, name);
  const container = containerOf(pod, query.get('container'));
  if (!pod.spec.nodeName) return undefined;
  const path = [verb, namespace, name, container].map(encodeURIComponent).join('/');
  return `/${path}?${query}`;
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

function containerOf({ metadata, spec }: Json, asked: string | null): string {
  const names = ['containers', 'initContainers', 'ephemeralContainers'].map((field) =>
    (spec[field] ?? []).map((c: Json) => c.name as string),
  );
  const all = names.flat();
  if (asked && all.includes(asked)) return asked;
  if (asked) throw failure('BadRequest', `container ${asked} is not valid for pod ${metadata.name}`);
  const [containers = [], inits = []] = names;
  const only = containers.length === 1 ? containers[0] : metadata.annotations?.[DEFAULT_CONTAINER];
  if (only) return only;
  const choice = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw failure(
    'BadRequest',
    `a container name must be specified for pod ${metadata.name}, choose one of: [${containers.join(' ')}]${choice}`,
  );
}

/** Sends a GET to the kubelet and answers its response, or what went wrong in the words of an API server. */
export function askKubelet(plane: Plane, path: string): Promise<IncomingMessage> {
  const { host, port, token } = requireKubelet(plane);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, headers: { authorization: `Bearer ${token}` } }, resolve);
    request.on('error', (error) => reject(unreachable(error)));
    request.end();
  });
}

/** The whole text at a path of the hosts' endpoint; throws what came instead. */
export async function fetchFromKubelet(plane: Plane, path: string): Promise<string> {
  const response = await askKubelet(plane, path);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (response.statusCode !== 200) throw failure('InternalError', `${response.statusCode}: ${text.trim()}`);
  return text;
}

export function requireKubelet(plane: Plane): KubeletAddress {
  const address = plane.kubelet();
  if (!address)
    throw failure(
      'ServiceUnavailable',
      'no kubelet can be reached: this control plane runs without a fleet (see `jdos up --without`)',
    );
  return address;
}

export function unreachable(cause: Error) {
  const error = failure('InternalError', `error dialing backend: ${cause.message}`);
  error.cause = cause;
  return error;
}

/** Simulated containers have no network. */
export function noPortForward() {
  return failure(
    'MethodNotAllowed',
    'port-forward is not possible: the containers of this cluster are simulated and listen on no port',
  );
}
