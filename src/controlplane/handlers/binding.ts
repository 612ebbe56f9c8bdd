/** POST to `pods/{name}/binding` (and `bindings`): the scheduler's decision, taken over once. */
import { failure, rfc3339 } from '../../kube/index.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';
import { answerValue } from './answers.ts';
import { parseBody } from './decoding.ts';
import { conflict } from './refusals.ts';
import type { Answer, ApiRequest } from './request.ts';
import { replaceObject } from './write.ts';

const BINDING = { group: '', plural: 'pods/binding' };

export async function bind(request: ApiRequest): Promise<Answer> {
  const binding = parseBody(await request.bytes(), request.contentType);
  const node = binding?.target?.name;
  if (!node) throw failure('BadRequest', 'a Binding must name its target node in target.name');
  if (binding.target.kind && binding.target.kind !== 'Node')
    throw failure('BadRequest', `a Binding's target must be a Node, not a ${binding.target.kind}`);
  if (binding.metadata?.name && binding.metadata.name !== request.target.name)
    throw failure('BadRequest', 'name in URL does not match name in Binding object');
  await replaceObject(request, { next: (pod) => bound(request, pod(), binding, node) });
  return answerValue(
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    request.form,
    201,
  );
}

function bound({ plane, target }: ApiRequest, pod: Json, binding: Json, node: string): Json {
  const name = target.name!;
  if (binding.metadata?.uid && binding.metadata.uid !== pod.metadata.uid)
    throw conflict(
      BINDING,
      name,
      `Precondition failed: UID in precondition: ${binding.metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    );
  if (pod.metadata.deletionTimestamp)
    throw conflict(BINDING, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName)
    throw conflict(BINDING, name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec.schedulingGates?.length)
    throw conflict(BINDING, name, `pod ${name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = node;
  pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata?.annotations };
  pod.metadata.labels = { ...pod.metadata.labels, ...placeOf(plane, node) };
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: rfc3339(plane.clock.now()),
  };
  const others = (pod.status?.conditions ?? []).filter((c: Json) => c.type !== 'PodScheduled');
  pod.status = { ...pod.status, conditions: [...others, condition] };
  return pod;
}

const PLACE = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** Where the node stands: a Pod may want to know without asking for Nodes. */
function placeOf(plane: Plane, node: string): Record<string, string> {
  const labels = plane.of('', 'nodes').get(node)?.attributes.labels ?? {};
  return Object.fromEntries(PLACE.flatMap((label) => (labels[label] === undefined ? [] : [[label, labels[label]]])));
}
