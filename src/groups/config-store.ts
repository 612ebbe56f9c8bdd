/** Reads the sources of static configs and publishes their revisions, before any Pod is touched. */
import { BY_NAMESPACE, BY_OWNER, controllerReference, type Env, text } from '../control/index.ts';
import { CONFIG_MAPS, type ConfigMap, type ControllerRevision, type Informer, isStatus, keyOf } from '../kube/index.ts';
import { GROUPS, type Group } from '../resources/index.ts';
import { configRevision, type Files, type Hub, hubChange } from './hub.ts';
import { CONFIG, FIELD_MANAGER, GROUP } from './marks.ts';
import type { Member } from './member.ts';
import { hubName, immutableName } from './pod.ts';
import type { RevisionData, StaticConfig } from './revision.ts';
import type { Trouble } from './troubles.ts';

/** When each revision was written, as JSON. */
const PUBLISHED = 'apps.jdos.jd.com/published';
/** Name of the static config whose revision an immutable ConfigMap holds. */
const CONFIG_NAME = 'apps.jdos.jd.com/config';
/**
 * A host sees a change of a ConfigMap that it knows a moment after it was written. A container that starts before finds no
 * file under the new name, and gets an empty directory in its place.
 */
const VISIBLE_MS = 5000;

export type Published =
  | {
      /** Revision by name of the static config. */
      readonly config: Readonly<Record<string, string>>;
      /** Until hosts can be expected to see all of it. */
      readonly waitMs: number;
    }
  | { readonly trouble: Trouble };

export class ConfigStore {
  readonly #env: Env;
  readonly #groups: Informer<Group>;
  readonly #enqueue: (key: string) => void;
  #maps: Informer<ConfigMap> | undefined;

  constructor(env: Env, groups: Informer<Group>, enqueue: (key: string) => void) {
    this.#env = env;
    this.#groups = groups;
    this.#enqueue = enqueue;
  }

  /** Nothing is read, and no cache is held, while no Group has static configs. */
  async publish(
    group: Group,
    members: readonly Member[],
    revisions: readonly ControllerRevision[],
  ): Promise<Published> {
    const configs = group.spec.staticConfigs ?? [];
    if (configs.length === 0) return { config: {}, waitMs: 0 };
    const maps = await this.#open();
    const sources = configs.map((config) => ({ config, ...this.#read(maps, group, config) }));
    const bad = sources.find((source) => 'trouble' in source);
    if (bad && 'trouble' in bad) return { trouble: bad.trouble };
    const found = sources.flatMap((source) =>
      'files' in source ? [{ ...source, revision: configRevision(source.config.name, source.files) }] : [],
    );
    const used = usedRevisions(members, revisions);
    for (const { config, files, revision } of found)
      if (config.mode === 'Immutable') await this.#putImmutable(maps, group, { config, files, revision });
    await this.#sweep(maps, group, new Set([...used, ...found.map(({ revision }) => revision)]));
    const hub = found.filter(({ config }) => config.mode === 'Hub');
    const wanted = Object.fromEntries(hub.map(({ revision, files }) => [revision, files]));
    const waitMs = hub.length === 0 ? 0 : await this.#putHub(maps, group, wanted, used);
    if (typeof waitMs !== 'number') return waitMs;
    return { config: Object.fromEntries(found.map(({ config, revision }) => [config.name, revision])), waitMs };
  }

  #read(maps: Informer<ConfigMap>, group: Group, config: StaticConfig): { files: Files } | { trouble: Trouble } {
    const source = maps.get(`${group.metadata.namespace}/${config.configMapRef.name}`);
    const files: Record<string, string> = {};
    for (const file of config.files) {
      const content = source?.data?.[file];
      if (content === undefined) return { trouble: missing(config, source ? file : undefined) };
      files[file] = content;
    }
    return { files };
  }

  /** Answers for how long hosts may not see it yet. */
  async #putHub(
    maps: Informer<ConfigMap>,
    group: Group,
    wanted: Readonly<Record<string, Files>>,
    used: ReadonlySet<string>,
  ): Promise<number | { trouble: Trouble }> {
    const { client, clock } = this.#env;
    const { namespace } = group.metadata;
    const name = hubName(group);
    const known = maps.get(`${namespace}/${name}`);
    const change = hubChange(known && hubOf(known), wanted, used, clock.now());
    if ('tooLarge' in change) return { trouble: tooLarge(name, change.tooLarge) };
    const at = { namespace: namespace!, fieldManager: FIELD_MANAGER };
    const annotations = { [PUBLISHED]: JSON.stringify(change.published) };
    if (!known) {
      const metadata = { ...this.#metadata(group, name), annotations };
      await client.create(CONFIG_MAPS, { metadata, data: change.data as Record<string, string> }, at);
    } else if (change.changed) {
      const { resourceVersion } = known.metadata;
      const body = { metadata: { resourceVersion, annotations }, data: change.data };
      await client.patch(CONFIG_MAPS, name, { kind: 'merge', body }, at);
    }
    const written = Math.max(0, ...Object.keys(wanted).map((revision) => change.published[revision] ?? 0));
    return Math.max(0, written + VISIBLE_MS - clock.now());
  }

  async #putImmutable(
    maps: Informer<ConfigMap>,
    group: Group,
    { config, files, revision }: { config: StaticConfig; files: Files; revision: string },
  ): Promise<void> {
    const name = immutableName(group, config.name, revision);
    if (maps.get(`${group.metadata.namespace}/${name}`)) return;
    const own = this.#metadata(group, name);
    const metadata = { ...own, labels: { ...own.labels, [CONFIG_NAME]: config.name } };
    const at = { namespace: group.metadata.namespace!, fieldManager: FIELD_MANAGER };
    try {
      await this.#env.client.create(CONFIG_MAPS, { metadata, data: { ...files }, immutable: true }, at);
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }

  /** Immutable ConfigMaps that no Pod and no remembered revision needs. */
  async #sweep(maps: Informer<ConfigMap>, group: Group, needed: ReadonlySet<string>): Promise<void> {
    for (const { metadata } of maps.byIndex(BY_OWNER, group.metadata.uid)) {
      const config = metadata.labels?.[CONFIG_NAME];
      if (!config || needed.has(metadata.name.slice(metadata.name.lastIndexOf('-') + 1))) continue;
      const { namespace, name, uid } = metadata;
      await this.#env.client.delete(CONFIG_MAPS, name, { namespace: namespace!, preconditions: { uid } });
    }
  }

  #metadata(group: Group, name: string) {
    return {
      name,
      namespace: group.metadata.namespace!,
      labels: { [GROUP]: group.metadata.name },
      ownerReferences: [controllerReference(group, GROUPS)],
    };
  }

  async #open(): Promise<Informer<ConfigMap>> {
    if (!this.#maps) {
      this.#maps = this.#env.caches.of(CONFIG_MAPS);
      const tell = (map: ConfigMap) => this.#tell(map);
      this.#maps.onChange({ add: tell, update: tell, delete: tell });
    }
    await this.#maps.synced(this.#env.signal);
    return this.#maps;
  }

  #tell({ metadata }: ConfigMap): void {
    for (const group of this.#groups.byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      const sources = group.spec.staticConfigs?.map(({ configMapRef }) => configMapRef.name) ?? [];
      const own = metadata.labels?.[GROUP] === group.metadata.name;
      if (own || sources.includes(metadata.name)) this.#enqueue(keyOf(group));
    }
  }
}

function hubOf({ data = {}, metadata }: ConfigMap): Hub {
  try {
    const published = JSON.parse(metadata.annotations?.[PUBLISHED] ?? '{}') as Record<string, number>;
    return { data, published };
  } catch (error) {
    throw new Error(`ConfigMap ${metadata.name}: annotation ${PUBLISHED}: ${text(error)}`, { cause: error });
  }
}

/** Revisions that running Pods read, and those that a step back would need. */
function usedRevisions(members: readonly Member[], revisions: readonly ControllerRevision[]): Set<string> {
  const ofPods = members.flatMap(({ pod }) =>
    Object.entries(pod.metadata.annotations ?? {})
      .filter(([key]) => key.startsWith(CONFIG))
      .map(([, revision]) => revision),
  );
  const kept = revisions.flatMap(({ data }) => Object.values((data as unknown as RevisionData).config ?? {}));
  return new Set([...ofPods, ...kept]);
}

function missing({ name, configMapRef }: StaticConfig, file: string | undefined): Trouble {
  const what = file === undefined ? 'does not exist' : `has no key ${file}`;
  return {
    reason: 'ConfigMissing',
    message: `static config ${name}: ConfigMap ${configMapRef.name} ${what}; no Pod was touched`,
  };
}

function tooLarge(name: string, bytes: number): Trouble {
  const message = `ConfigMap ${name} would hold ${bytes} bytes, 1048576 are possible: fewer files, or a lower revisionHistoryLimit; no Pod was touched`;
  return { reason: 'ConfigTooLarge', message };
}
