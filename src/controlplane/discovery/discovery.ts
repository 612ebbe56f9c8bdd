/** Discovery documents: which groups, versions and resources there are. Pure functions of the registry. */
import { subresourcesOf } from '../handlers/dispatch.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { groupVersion, type Registry } from '../registry/registry.ts';
import { compareVersions } from './version-order.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What a subresource takes or gives where that is not the resource's own kind. */
const SUBRESOURCE_KINDS: Readonly<Record<string, { group: string; version: string; kind: string }>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  binding: { group: '', version: 'v1', kind: 'Binding' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  exec: { group: '', version: 'v1', kind: 'PodExecOptions' },
  attach: { group: '', version: 'v1', kind: 'PodAttachOptions' },
  portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
};

/** Definitions by group, then by version, best version first. */
function grouped(registry: Registry): Map<string, Map<string, ResourceDefinition[]>> {
  const groups = new Map<string, Map<string, ResourceDefinition[]>>();
  const sorted = [...registry.all()].sort(
    (a, b) => compareVersions(a.version, b.version) || (a.plural < b.plural ? -1 : 1),
  );
  for (const definition of sorted) {
    const versions = groups.get(definition.group) ?? new Map<string, ResourceDefinition[]>();
    groups.set(definition.group, versions);
    versions.set(definition.version, [...(versions.get(definition.version) ?? []), definition]);
  }
  return groups;
}

/** `/api` (core group) or `/apis` (all others) in the aggregated form. */
export function aggregatedDiscovery(registry: Registry, core: boolean, version = 'v2'): Json {
  const items = [...grouped(registry)]
    .filter(([group]) => (group === '') === core)
    .map(([group, versions]) => ({
      metadata: core ? {} : { name: group },
      versions: [...versions].map(([name, definitions]) => ({
        version: name,
        resources: definitions.map(aggregatedResource),
        freshness: 'Current',
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedResource(definition: ResourceDefinition): Json {
  const { group, version, kind, plural, singular, namespaced, shortNames, categories } = definition;
  const subresources = subresourcesOf(definition).map(({ name, verbs }) => ({
    subresource: name,
    responseKind: SUBRESOURCE_KINDS[name] ?? { group, version, kind },
    verbs,
  }));
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(definition),
    ...(shortNames?.length && { shortNames }),
    ...(categories?.length && { categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}

/** `/api` as older clients ask for it. */
export function coreVersions(registry: Registry, serverAddress: string): Json {
  const versions = [...(grouped(registry).get('')?.keys() ?? [])];
  return { kind: 'APIVersions', versions, serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

/** `/apis` as older clients ask for it. */
export function groupList(registry: Registry): Json {
  const groups = [...grouped(registry)]
    .filter(([group]) => group !== '')
    .map(([name, versions]) => groupOf(name, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/{group}`; undefined for an unknown one. */
export function groupDocument(registry: Registry, group: string): Json | undefined {
  const versions = group === '' ? undefined : grouped(registry).get(group);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) };
}

function groupOf(name: string, versions: Map<string, ResourceDefinition[]>): Json {
  const list = [...versions.keys()].map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** `/api/v1` or `/apis/{group}/{version}`; undefined for an unknown one. */
export function resourceList(registry: Registry, group: string, version: string): Json | undefined {
  const definitions = grouped(registry).get(group)?.get(version);
  if (!definitions) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion({ group, version }),
    resources: definitions.flatMap((definition) => [resource(definition), ...subresources(definition)]),
  };
}

function resource(definition: ResourceDefinition): Json {
  const { plural, singular, namespaced, kind, shortNames, categories } = definition;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: verbsOf(definition),
    ...(shortNames?.length && { shortNames }),
    ...(categories?.length && { categories }),
  };
}

function subresources(definition: ResourceDefinition): Json[] {
  return subresourcesOf(definition).map(({ name, verbs }) => {
    const other = SUBRESOURCE_KINDS[name];
    const identity = other
      ? { group: other.group, version: other.version, kind: other.kind }
      : { kind: definition.kind };
    return {
      name: `${definition.plural}/${name}`,
      singularName: '',
      namespaced: definition.namespaced,
      ...identity,
      verbs,
    };
  });
}

function verbsOf(definition: ResourceDefinition): readonly string[] {
  return definition.verbs ? [...definition.verbs].sort() : ALL_VERBS;
}
