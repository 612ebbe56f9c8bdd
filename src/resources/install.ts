/** Puts the kinds of JDOS, and the rights that go with them, on a cluster: by server-side apply, as often as one likes. */
import {
  type Clock,
  ifFound,
  type KubeClient,
  type KubeObject,
  type ResourceType,
  resourceType,
  sleep,
  systemClock,
} from '../kube/index.ts';
import { accessManifests } from './access.ts';
import type { CrdManifest, CustomResourceDefinition } from './manifest.ts';

const FIELD_MANAGER = 'jdos-install';
const LOOK_MS = 100;

export const CUSTOM_RESOURCE_DEFINITIONS = resourceType<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);
const RBAC = 'rbac.authorization.k8s.io/v1';
const TYPES: readonly ResourceType[] = [
  CUSTOM_RESOURCE_DEFINITIONS,
  resourceType(RBAC, 'ClusterRole', 'clusterroles', false),
  resourceType(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', false),
];

export interface InstallStep {
  readonly kind: string;
  readonly name: string;
  readonly action: 'create' | 'change' | 'none';
}

export interface InstallOptions {
  /** Ask the server only; nothing is written. @default false */
  readonly dryRun?: boolean;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: InstallStep) => void;
}

type Manifest = CrdManifest | ReturnType<typeof accessManifests>[number];

/** Resolves when the server serves every kind. Answers what was, or with `dryRun` would be, done to each object. */
export async function installKinds(client: KubeClient, options: InstallOptions = {}): Promise<InstallStep[]> {
  const { KINDS, crdManifest } = await import('./schemas.ts');
  const steps: InstallStep[] = [];
  for (const manifest of [...KINDS.map(crdManifest), ...accessManifests()]) {
    const step = await apply(client, manifest, options);
    steps.push(step);
    options.onStep?.(step);
  }
  if (!options.dryRun) for (const kind of KINDS) await established(client, crdManifest(kind).metadata.name, options);
  return steps;
}

async function apply(client: KubeClient, manifest: Manifest, options: InstallOptions): Promise<InstallStep> {
  const type = TYPES.find(({ kind }) => kind === manifest.kind)!;
  const { name } = manifest.metadata;
  const { dryRun = false, signal } = options;
  const at = signal ? { signal } : {};
  const before = await ifFound(client.get(type, name, at));
  const patch = { kind: 'apply', body: manifest, force: true } as const;
  const after = await client.patch(type, name, patch, { fieldManager: FIELD_MANAGER, dryRun, ...at });
  return { kind: type.kind, name, action: before ? (differ(before, after) ? 'change' : 'none') : 'create' };
}

function differ(before: KubeObject, after: KubeObject): boolean {
  return substance(before) !== substance(after);
}

/** What an apply can change. */
function substance(object: KubeObject): string {
  const { metadata, status: _, ...rest } = object as KubeObject & { status?: unknown };
  return JSON.stringify({ ...rest, labels: metadata.labels });
}

async function established(client: KubeClient, name: string, options: InstallOptions): Promise<void> {
  const { clock = systemClock, signal } = options;
  for (;;) {
    const crd = await client.get(CUSTOM_RESOURCE_DEFINITIONS, name, signal ? { signal } : {});
    if (crd.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) return;
    await sleep(clock, LOOK_MS, signal);
  }
}
