/** Services and owners that select Pods: whoever brings no spread constraints is spread by what selects it. */
import {
  controllerOf,
  type LabelSelector,
  NOTHING,
  type Pod,
  type Requirement,
  type Selector,
  selectorFrom,
} from '../../kube/index.ts';
import { readable } from './pod-matcher.ts';

/** An object that selects Pods, reduced to that. */
interface SelectingObject {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}
interface Service extends SelectingObject {
  readonly spec?: { readonly selector?: Readonly<Record<string, string>> };
}
interface Owner extends SelectingObject {
  readonly spec?: { readonly selector?: LabelSelector };
}

export class Workloads {
  /** Selectors of services by namespace and name. */
  readonly #services = new Map<string, Map<string, Selector>>();
  /** Selectors of owners by `kind/namespace/name`. */
  readonly #owners = new Map<string, Selector>();
  readonly #changed: () => void;

  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  setService({ metadata, spec }: Service): void {
    this.#changed();
    const namespace = metadata.namespace ?? 'default';
    const services = this.#services.get(namespace) ?? new Map<string, Selector>();
    const hasSelector = Object.keys(spec?.selector ?? {}).length > 0;
    if (hasSelector) this.#services.set(namespace, services.set(metadata.name, readable(spec!.selector)));
    else services.delete(metadata.name);
  }

  deleteService({ metadata }: SelectingObject): void {
    this.#changed();
    this.#services.get(metadata.namespace ?? 'default')?.delete(metadata.name);
  }

  setOwner(kind: string, { metadata, spec }: Owner): void {
    this.#changed();
    this.#owners.set(`${kind}/${metadata.namespace}/${metadata.name}`, readable(spec?.selector));
  }

  deleteOwner(kind: string, { metadata }: SelectingObject): void {
    this.#changed();
    this.#owners.delete(`${kind}/${metadata.namespace}/${metadata.name}`);
  }

  /** All requirements of the services and of the owner together; {@link NOTHING} when nothing selects the Pod. */
  selectorOf(pod: Pod): Selector {
    const labels = pod.metadata.labels ?? {};
    const services = this.#services.get(pod.metadata.namespace ?? 'default')?.values() ?? [];
    const selectors = [...services].filter((selector) => selector.matches(labels));
    const owner = controllerOf(pod);
    const owning = owner && this.#owners.get(`${owner.kind}/${pod.metadata.namespace}/${owner.name}`);
    if (owning && owning !== NOTHING) selectors.push(owning);
    return selectors.length === 0 ? NOTHING : selectorFrom(unique(selectors.flatMap((s) => s.requirements)));
  }
}

/** In a settled order, so that Pods of one workload count by one matcher. */
function unique(requirements: readonly Requirement[]): Requirement[] {
  const byText = new Map(requirements.map((r) => [JSON.stringify([r.key, r.operator, r.values]), r]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, r]) => r);
}
