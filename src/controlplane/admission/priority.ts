/** A Pod's priority is the number that its PriorityClass stands for. */
import { forbidden } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import { type AdmissionPlugin, type AdmissionRequest, isNew } from './admission.ts';

interface Class {
  readonly value: number;
  readonly preemptionPolicy?: string;
}

/** Classes that every cluster knows, whether or not their objects are there. */
const BUILT_IN: ReadonlyMap<string, Class> = new Map([
  ['system-cluster-critical', { value: 2_000_000_000 }],
  ['system-node-critical', { value: 2_000_001_000 }],
]);
const NONE: Class = { value: 0 };

export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate(request) {
    if (!isNew(request, '', 'pods')) return;
    const { spec } = request.object;
    const chosen = spec.priorityClassName ? named(request, spec.priorityClassName) : defaultClass(request, spec);
    if (spec.priority !== undefined && spec.priority !== chosen.value) {
      const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${chosen.value} from the given PriorityClass name`;
      throw forbidden(request.definition, request.name, why);
    }
    spec.priority = chosen.value;
    spec.preemptionPolicy ??= chosen.preemptionPolicy ?? 'PreemptLowerPriority';
  },
};

function named({ plane, definition, name }: AdmissionRequest, className: string): Class {
  const entry = plane.store.newest(plane.of('scheduling.k8s.io', 'priorityclasses'), className);
  const found = entry?.shared ?? BUILT_IN.get(className);
  if (!found) throw forbidden(definition, name, `no PriorityClass with name ${className} was found`);
  return found;
}

/** The class marked as default, the smallest where there are several. */
function defaultClass({ plane }: AdmissionRequest, spec: Json): Class {
  let best: Json | undefined;
  for (const { shared: candidate } of plane.of('scheduling.k8s.io', 'priorityclasses').current.values())
    if (candidate.globalDefault && (!best || candidate.value < best.value)) best = candidate;
  if (best) spec.priorityClassName = best.metadata.name;
  return best ?? NONE;
}
