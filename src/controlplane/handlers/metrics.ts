/** GET of metrics.k8s.io: the Nodes and Pods that are meant, each with what its host says that it uses. */
import { failure, formatQuantity } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import { groupVersion, qualified } from '../registry/registry.ts';
import type { Entry } from '../storage/index.ts';
import { answerObject, answerValue } from './answers.ts';
import { fetchFromKubelet } from './kubelet.ts';
import { selected } from './list.ts';
import type { Answer, ApiRequest } from './request.ts';
import { selectionOf } from './selection.ts';
import { shapeOf } from './shape.ts';

/** As the fleet answers at `/usage`: CPU in billionths, memory in bytes. */
interface UsageReport {
  readonly time: string;
  readonly nodes?: readonly (Usage & { readonly name: string; readonly windowMs: number })[];
  readonly pods?: Readonly<Record<string, PodUsage>>;
}
interface Usage {
  readonly cpu: number;
  readonly memory: number;
}
interface PodUsage {
  readonly windowMs: number;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

export async function listMetrics(request: ApiRequest): Promise<Answer> {
  const metrics = await measured(request);
  const { definition, form } = request;
  const shape = shapeOf(request);
  if (form.kind === 'Table')
    return answerValue(
      shape.table(
        metrics.map((one) => shape.row(one)),
        {},
      ),
      form,
    );
  const kind = form.kind === 'Object' ? `${definition.kind}List` : 'PartialObjectMetadataList';
  const apiVersion = form.kind === 'Object' ? groupVersion(definition) : 'meta.k8s.io/v1';
  return answerValue({ kind, apiVersion, metadata: {}, items: metrics.map((one) => shape.shown(one)) }, form);
}

export async function getMetrics(request: ApiRequest): Promise<Answer> {
  const [metrics] = await measured(request);
  if (!metrics) throw noMetrics(request);
  return answerObject(metrics, shapeOf(request));
}

/** A metrics server speaks of its own kind, and of Pods with their namespace. */
function noMetrics({ definition, target }: ApiRequest) {
  const plural = definition.kind.toLowerCase();
  const name = definition.namespaced ? `${target.namespace}/${target.name}` : target.name!;
  const details = { name, group: definition.group, kind: plural };
  return failure('NotFound', `${qualified({ ...definition, plural })} "${name}" not found`, details);
}

/** Nodes and Pods of which nothing is known are left out. */
async function measured(request: ApiRequest): Promise<Json[]> {
  const { plane, target } = request;
  const definition = plane.registry.get('', 'v1', target.plural);
  const stored = { ...request, definition, collection: plane.collection(definition) };
  const objects = selected(stored, selectionOf(stored));
  const report = await usageReport(request);
  return target.plural === 'nodes' ? nodeMetrics(objects, report) : podMetrics(objects, report);
}

async function usageReport(request: ApiRequest): Promise<UsageReport> {
  const { plane, target } = request;
  const { plural, namespace, name } = target;
  const query = new URLSearchParams({
    [plural]: '',
    ...(namespace && { namespace }),
    ...(name && { [plural === 'pods' ? 'pod' : 'node']: name }),
  });
  try {
    return JSON.parse(await fetchFromKubelet(plane, `/usage?${query}`)) as UsageReport;
  } catch (cause) {
    const error = unavailable(request);
    error.cause = cause;
    throw error;
  }
}

function unavailable({ definition, target }: ApiRequest) {
  const what = `${target.verb === 'list' ? 'get' : target.verb} ${qualified(definition)}`;
  return failure('ServiceUnavailable', `the server is currently unable to handle the request (${what})`);
}

function nodeMetrics(nodes: readonly Entry[], { nodes: usages = [], time }: UsageReport): Json[] {
  const byName = new Map(usages.map((usage) => [usage.name, usage]));
  return nodes.flatMap((entry) => {
    const usage = byName.get(entry.key);
    if (!usage) return [];
    return [{ ...head(entry, 'NodeMetrics', time, usage.windowMs), usage: quantities(usage) }];
  });
}

function podMetrics(pods: readonly Entry[], { pods: usages = {}, time }: UsageReport): Json[] {
  return pods.flatMap((entry) => {
    const usage = usages[entry.key];
    if (!usage) return [];
    const containers = usage.containers.map((c) => ({ name: c.name, usage: quantities(c) }));
    return [{ ...head(entry, 'PodMetrics', time, usage.windowMs), containers }];
  });
}

function head(entry: Entry, kind: string, timestamp: string, windowMs: number): Json {
  const { labels } = entry.attributes;
  const slash = entry.key.indexOf('/');
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      name: entry.key.slice(slash + 1),
      ...(slash > 0 && { namespace: entry.key.slice(0, slash) }),
      creationTimestamp: timestamp,
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    timestamp,
    window: `${windowMs / 1000}s`,
  };
}

function quantities({ cpu, memory }: Usage): Json {
  return {
    cpu: formatQuantity({ nanos: BigInt(Math.round(cpu)), format: 'DecimalSI' }),
    memory: formatQuantity({ nanos: BigInt(Math.round(memory)) * 10n ** 9n, format: 'BinarySI' }),
  };
}
