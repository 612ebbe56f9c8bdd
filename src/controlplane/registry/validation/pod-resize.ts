/** Updates of `pods/{name}/resize`: CPU and memory of containers and sidecars may change, and nothing else. */
import type { FieldError, Json } from '../definition.ts';
import { qosClassOf } from '../kinds/pod-qos.ts';
import { forbidden, invalid } from './field-error.ts';
import { same } from './immutable.ts';

const LISTS = ['containers', 'initContainers'] as const;
const RESIZABLE = ['cpu', 'memory'];
const ONLY = 'only cpu and memory resources are mutable';

export function podResizeErrors(pod: Json, old: Json): FieldError[] {
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  const support = [...qosErrors(pod, old), ...supportErrors(old)];
  if (old.spec.resources) return [...support, forbidden('', POD_LEVEL)];
  const order = LISTS.flatMap((list) => orderErrors(pod.spec[list] ?? [], old.spec[list] ?? [], list));
  if (order.length > 0) return [...support, ...order];
  const errors = [...support, ...removalErrors(pod.spec, old.spec), ...otherErrors(pod.spec, old.spec)];
  if (errors.length > 0) return errors;
  return same(put(pod.spec, old.spec), old.spec) ? [] : [forbidden('spec', ONLY)];
}

const POD_LEVEL =
  'resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled';

function qosErrors(pod: Json, old: Json): FieldError[] {
  const before = old.status?.qosClass ?? qosClassOf(old.spec);
  if (qosClassOf(pod.spec) === before) return [];
  return [invalid('spec', before, 'Pod QOS Class may not change as a result of resizing')];
}

/** A kubelet that can resize says which resources are in force. */
function supportErrors({ status }: Json): FieldError[] {
  const running = (status?.containerStatuses ?? []).find((c: Json) => c.state?.running);
  return !running || running.resources ? [] : [forbidden('spec', 'Pod running on node without support for resize')];
}

function orderErrors(containers: Json[], old: Json[], list: string): FieldError[] {
  if (containers.length !== old.length)
    return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)];
  return old.flatMap(({ name }, i) =>
    containers[i].name === name
      ? []
      : [forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)],
  );
}

function removalErrors(spec: Json, old: Json): FieldError[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (old[list] ?? []).flatMap((container: Json, i: number) =>
      list === 'initContainers' && !isSidecar(container)
        ? []
        : ['requests', 'limits']
            .filter((side) => isRemoved(spec[list][i].resources?.[side], container.resources?.[side]))
            .map((side) => forbidden(`spec.${list}[${i}].resources.${side}`, `resource ${side} cannot be removed`)),
    ),
  );
}

function isRemoved(now: Json = {}, before: Json = {}): boolean {
  return Object.keys(before).some((name) => now[name] === undefined);
}

function otherErrors(spec: Json, old: Json): FieldError[] {
  const containers = (spec.containers ?? []).filter((c: Json, i: number) => !isOnlyResized(c, old.containers[i]));
  const init: Json[] = spec.initContainers ?? [];
  return [
    ...containers.map(() => forbidden('spec', ONLY)),
    ...init.flatMap((c, i) => {
      const before = old.initContainers[i];
      if (!isSidecar(c))
        return same(c, before) ? [] : [forbidden('spec', 'resources for non-sidecar init containers are immutable')];
      if (isOnlyResized(c, before)) return [];
      return [forbidden('spec', 'only cpu and memory resources for sidecar containers are mutable')];
    }),
  ];
}

function isOnlyResized(container: Json, old: Json): boolean {
  return same(restored(container, old), old);
}

/** With CPU and memory as they were; claims on devices are no matter of a resize. */
function restored(container: Json, old: Json): Json {
  const side = (name: string) => {
    const { cpu: _, memory: __, ...rest } = container.resources?.[name] ?? {};
    const before = Object.entries(old.resources?.[name] ?? {}).filter(([resource]) => RESIZABLE.includes(resource));
    return { ...rest, ...Object.fromEntries(before) };
  };
  return { ...container, resources: { requests: side('requests'), limits: side('limits') } };
}

function put(spec: Json, old: Json): Json {
  const lists = LISTS.map((list) => [list, (spec[list] ?? []).map((c: Json, i: number) => restored(c, old[list][i]))]);
  return { ...spec, ...Object.fromEntries(lists) };
}

function isSidecar({ restartPolicy }: Json): boolean {
  return restartPolicy === 'Always';
}
