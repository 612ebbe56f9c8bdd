/** The objects that Pods refer to, kept as thinly as may be: names and keys, never values. */
import {
  type Clock,
  CONFIG_MAPS,
  type ConfigMap,
  Informer,
  type KubeObject,
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  SECRETS,
  type Secret,
} from '../kube/index.ts';
import type { FleetClient } from './fleet-client.ts';
import type { World } from './world.ts';

export interface ReferencesOptions {
  readonly client: FleetClient;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Something in this namespace has come, gone or changed. */
  readonly onChange: (namespace: string) => void;
}

export class References implements Pick<World, 'keys' | 'claim'> {
  readonly #maps: Informer<ConfigMap>;
  readonly #secrets: Informer<Secret>;
  readonly #claims: Informer<PersistentVolumeClaim>;

  constructor({ client, clock, onError, onChange }: ReferencesOptions) {
    const options = { clock, onError };
    this.#maps = new Informer(client, CONFIG_MAPS, { ...options, transform: keysOnly });
    this.#secrets = new Informer(client, SECRETS, { ...options, transform: keysOnly });
    this.#claims = new Informer(client, PERSISTENT_VOLUME_CLAIMS, { ...options, transform: phaseOnly });
    const tell = ({ metadata }: KubeObject) => onChange(metadata.namespace ?? '');
    for (const informer of this.#all()) informer.onChange({ add: tell, update: tell, delete: tell });
  }

  start(signal: AbortSignal): void {
    for (const informer of this.#all()) informer.start(signal);
  }

  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.synced(signal)));
  }

  keys(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): ReadonlySet<string> | undefined {
    const found =
      kind === 'ConfigMap' ? this.#maps.get(`${namespace}/${name}`) : this.#secrets.get(`${namespace}/${name}`);
    return found && new Set(Object.keys(found.data ?? {}));
  }

  claim(namespace: string, name: string): 'missing' | 'pending' | 'bound' {
    const found = this.#claims.get(`${namespace}/${name}`);
    if (!found) return 'missing';
    return found.status?.phase === 'Bound' ? 'bound' : 'pending';
  }

  #all(): (Informer<ConfigMap> | Informer<Secret> | Informer<PersistentVolumeClaim>)[] {
    return [this.#maps, this.#secrets, this.#claims];
  }
}

function bare<T extends KubeObject>({ metadata }: T): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return { metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp } };
}

function keysOnly<T extends ConfigMap | Secret>(object: T): T {
  const binary = 'binaryData' in object ? object.binaryData : undefined;
  const keys = Object.keys({ ...object.data, ...binary }).map((key) => [key, '']);
  return { ...bare(object), data: Object.fromEntries(keys) } as T;
}

function phaseOnly(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return { ...bare(claim), spec: {}, status: { phase: claim.status?.phase ?? 'Pending' } } as PersistentVolumeClaim;
}
