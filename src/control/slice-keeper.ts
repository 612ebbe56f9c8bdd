/** Writes the EndpointSlices of Services in the name of one manager; what other managers wrote is theirs. */
import {
  ENDPOINT_SLICES,
  type EndpointSlice,
  type EventRecorder,
  type Informer,
  ifFound,
  isControlledBy,
  type KubeObject,
  SERVICES,
  type Service,
} from '../kube/index.ts';
import { BY_OWNER } from './caches.ts';
import { sameJson } from './canonical.ts';
import type { Env } from './env.ts';
import { Expectations } from './expectations.ts';
import { isNamespaceEnding } from './pod-control.ts';
import { controllerReference } from './pod-template.ts';
import { type EndpointGroup, isHeadless } from './service-endpoints.ts';
import { planSlices, type SliceContent } from './slice-plan.ts';
import { generatedName } from './template-hash.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const BY_SERVICE = 'service';

const byService = ({ metadata }: KubeObject): string[] => {
  const name = metadata.labels?.[SERVICE_NAME];
  return name === undefined ? [] : [`${metadata.namespace}/${name}`];
};

export class SliceKeeper {
  readonly #env: Env;
  readonly #manager: string;
  readonly #recorder: EventRecorder;
  readonly #slices: Informer<EndpointSlice>;
  readonly #expectations: Expectations;

  constructor(env: Env, manager: string, recorder: EventRecorder) {
    this.#env = env;
    this.#manager = manager;
    this.#recorder = recorder;
    this.#slices = env.caches.of(ENDPOINT_SLICES);
    this.#slices.addIndexers({ [BY_SERVICE]: byService });
    this.#expectations = new Expectations(env.clock);
    this.#expectations.watch(this.#slices);
  }

  /** Calls back with the key of the Service whose slice somebody changed or deleted, by its labels before and after. */
  onChange(tell: (serviceKey: string) => void): void {
    const told = (slice: EndpointSlice) => byService(slice).forEach(tell);
    this.#slices.onChange({
      update: (slice, old) => [slice, old].filter((one) => this.#isOurs(one)).forEach(told),
      delete: (slice) => this.#isOurs(slice) && told(slice),
    });
  }

  /** Those of this Service that are this manager's, also where somebody has changed a label or the owner. */
  own({ metadata }: Service): EndpointSlice[] {
    const named = this.#slices.byIndex(BY_SERVICE, `${metadata.namespace}/${metadata.name}`);
    const owned = this.#slices.byIndex(BY_OWNER, metadata.uid);
    return [...new Set([...named, ...owned])].filter(
      (slice) => this.#isOurs(slice) && !slice.metadata.deletionTimestamp,
    );
  }

  /** Milliseconds to wait until the cache shows what was written before; 0 when it does. */
  waitOf(service: Service): number {
    return this.#expectations.waitOf(service.metadata.uid);
  }

  forget(service: Service): void {
    this.#expectations.forget(service.metadata.uid);
  }

  /** Writes what differs; slices of a Service of the same name that is no more are removed. */
  async write(service: Service, groups: readonly EndpointGroup[]): Promise<void> {
    const labels = this.#labelsOf(service);
    const all = this.own(service);
    const valid = all.filter((slice) => isControlledBy(slice, service));
    const { create, update, remove } = planSlices(groups, valid);
    const contents = new Map(update.map(({ slice, endpoints }) => [slice, endpoints]));
    for (const slice of valid) {
      if (remove.includes(slice) || (!contents.has(slice) && sameJson(slice.metadata.labels, labels))) continue;
      const endpoints = [...(contents.get(slice) ?? slice.endpoints ?? [])];
      const metadata = { ...slice.metadata, labels };
      await this.#env.client.replace(ENDPOINT_SLICES, { ...slice, metadata, endpoints });
    }
    for (const content of create) await this.#create(service, labels, content);
    for (const slice of all) if (!valid.includes(slice) || remove.includes(slice)) await this.#remove(slice);
  }

  #isOurs({ metadata }: KubeObject): boolean {
    return metadata.labels?.[MANAGED_BY] === this.#manager;
  }

  async #create(service: Service, labels: Record<string, string>, content: SliceContent): Promise<void> {
    const { namespace, name: serviceName, uid } = service.metadata;
    const generateName = `${serviceName}-`;
    const name = generatedName(generateName, this.#env.random);
    const ownerReferences = [controllerReference(service, SERVICES)];
    this.#expectations.expectCreation(uid, `${namespace}/${name}`);
    try {
      await this.#env.client.create(ENDPOINT_SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, generateName, namespace, labels, ownerReferences },
        addressType: content.addressType,
        ports: [...content.ports],
        endpoints: [...content.endpoints],
      });
    } catch (error) {
      this.#expectations.creationFailed(`${namespace}/${name}`);
      if (isNamespaceEnding(error)) return;
      const message = `Error updating Endpoint Slices for Service ${namespace}/${serviceName}: ${error}`;
      this.#recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
      throw error;
    }
  }

  async #remove({ metadata }: EndpointSlice): Promise<void> {
    const { namespace, name, uid } = metadata;
    await ifFound(this.#env.client.delete(ENDPOINT_SLICES, name, { namespace, preconditions: { uid } }));
  }

  #labelsOf(service: Service): Record<string, string> {
    return {
      ...service.metadata.labels,
      ...(isHeadless(service) && { 'service.kubernetes.io/headless': '' }),
      [SERVICE_NAME]: service.metadata.name,
      [MANAGED_BY]: this.#manager,
    };
  }
}
