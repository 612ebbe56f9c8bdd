/** Carries out what advance.ts has decided for one Pod: one write each, answered with the Pod as it is then. */
import { type core, type KubeClient, PODS, type Pod, rfc3339 } from '../kube/index.ts';
import type { Act, Arrival } from './advance.ts';
import { FIELD_MANAGER, GATE, REVISION, STATE, UPDATE } from './marks.ts';
import type { Rebuild } from './rebuild.ts';
import type { UpdateRecord } from './record.ts';

/** Undefined when the Pod has gone. Every write names the version that was judged: on another it is refused. */
export async function write(client: KubeClient, pod: Pod, act: Act, now: number): Promise<Pod | undefined> {
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  const at = { namespace: namespace!, fieldManager: FIELD_MANAGER };
  const metadata = { uid, resourceVersion };
  switch (act.kind) {
    case 'mark': {
      const body = { metadata: { ...metadata, ...marks(act.state, act.record, act.to) } };
      return client.patch(PODS, name, { kind: 'merge', body }, at);
    }
    case 'rebuild': {
      const body = {
        metadata: { ...metadata, ...marks('Updating', act.rebuild.record, act.to) },
        spec: imagesOf(act.rebuild),
      };
      return client.patch(PODS, name, { kind: 'strategic', body }, at);
    }
    case 'gate': {
      const body = { metadata, status: { conditions: gateConditions(act.open, act.reason, now) } };
      return client.patch(PODS, name, { kind: 'strategic', body }, { ...at, subresource: 'status' });
    }
    case 'resize': {
      const body = { metadata, spec: resourcesOf(pod, act.resources) };
      return client.patch(PODS, name, { kind: 'strategic', body }, { ...at, subresource: 'resize' });
    }
    case 'delete': {
      const answer = await client.delete(PODS, name, { namespace: namespace!, preconditions: { uid } });
      return 'metadata' in answer && 'spec' in answer ? (answer as Pod) : undefined;
    }
    case 'wait':
    case 'stuck':
      return pod;
  }
}

function marks(state: string, record: UpdateRecord | null, to: Arrival | undefined): object {
  return {
    labels: { ...to?.labels, ...(to && { [REVISION]: to.hash }), [STATE]: state },
    annotations: { ...to?.annotations, [UPDATE]: record && JSON.stringify(record) },
  };
}

function imagesOf({ images, sidecarImages }: Rebuild): object {
  const list = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([name, image]) => ({ name, image }));
  return {
    ...(Object.keys(images).length > 0 && { containers: list(images) }),
    ...(Object.keys(sidecarImages).length > 0 && { initContainers: list(sidecarImages) }),
  };
}

/** When the gate shuts the Pod is said not to be ready at once: the host would say the same, but later. */
function gateConditions(open: boolean, reason: string, now: number): core.PodCondition[] {
  const lastTransitionTime = rfc3339(now);
  const gate = { type: GATE, status: open ? 'True' : 'False', reason, lastTransitionTime };
  if (open) return [gate];
  const message = `the status of pod readiness gate "${GATE}" is not "True", but False`;
  return [gate, { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message, lastTransitionTime }];
}

function resourcesOf(pod: Pod, resources: Readonly<Record<string, core.ResourceRequirements>>): object {
  const list = (of: readonly core.Container[] | undefined) =>
    (of ?? []).filter(({ name }) => name in resources).map(({ name }) => ({ name, resources: resources[name] }));
  const [containers, initContainers] = [list(pod.spec.containers), list(pod.spec.initContainers)];
  return { ...(containers.length > 0 && { containers }), ...(initContainers.length > 0 && { initContainers }) };
}
