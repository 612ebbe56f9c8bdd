import { expect, test } from 'vitest';
import {
  describedPackages,
  EVERY_KIND,
  fieldDescription,
  packageDescriptions,
  typeDescription,
} from './descriptions.ts';
import { builtInKinds, typeFacts } from './facts.ts';

/** Kinds that operators meet daily. They, and all they are made of, are described completely. */
const DAILY = [
  ...['Pod', 'Node', 'Namespace', 'Service', 'ConfigMap', 'Secret', 'ServiceAccount', 'Event', 'PersistentVolume'],
  ...['PersistentVolumeClaim', 'ResourceQuota', 'LimitRange'],
  ...['apps.v1.Deployment', 'apps.v1.ReplicaSet', 'apps.v1.StatefulSet', 'apps.v1.DaemonSet'],
  ...['batch.v1.Job', 'batch.v1.CronJob', 'autoscaling.v1.HorizontalPodAutoscaler'],
  ...['autoscaling.v2.HorizontalPodAutoscaler', 'policy.v1.PodDisruptionBudget', 'networking.v1.Ingress'],
  ...['networking.v1.IngressClass', 'networking.v1.NetworkPolicy', 'rbac.v1.Role', 'rbac.v1.ClusterRole'],
  ...['rbac.v1.RoleBinding', 'rbac.v1.ClusterRoleBinding', 'storage.v1.StorageClass', 'scheduling.v1.PriorityClass'],
  ...['coordination.v1.Lease', 'discovery.v1.EndpointSlice', 'events.v1.Event'],
  ...['apiextensions.v1.CustomResourceDefinition', 'meta.v1.Status', 'meta.v1.DeleteOptions'],
].map((name) => (name.includes('.') ? name : `core.v1.${name}`));

/** Storage that Kubernetes has given up or left to CSI drivers: the volume has a sentence, its settings have none. */
const BYGONE =
  /\.(AWSElasticBlockStore|Azure(Disk|File)|CephFS|Cinder|Flex|Flocker|GCEPersistentDisk|Glusterfs|PhotonPersistentDisk|Portworx|Quobyte|RBD|ScaleIO|StorageOS|VsphereVirtualDisk)(Persistent)?VolumeSource$/;

const kinds = new Set(builtInKinds().map(({ type }) => type));
const types = describedPackages().flatMap((name) =>
  Object.entries(packageDescriptions(name)).map(([short, description]) => ({
    type: `${name}.${short}`,
    ...description,
  })),
);

function hasWords(type: string, field: string): boolean {
  const common = (kinds.has(type) || type.startsWith('meta.v1.')) && Object.hasOwn(EVERY_KIND, field);
  return common || fieldDescription(type, field) !== undefined;
}

/** `type` and all that it is made of. */
function reach(type: string, into = new Set<string>()): Set<string> {
  if (into.has(type) || BYGONE.test(type)) return into;
  into.add(type);
  for (const field of Object.values(typeFacts(type).fields)) {
    const of = field.type.replace(/^(\[\]|map:)+/, '');
    if (/\.v\d\./.test(of)) reach(of, into);
  }
  return into;
}

test('every type and field described exists', () => {
  for (const { type, like, fields = {} } of types) {
    expect(Object.keys(typeFacts(type).fields), type).toEqual(expect.arrayContaining(Object.keys(fields)));
    if (like !== undefined) expect(() => typeFacts(like), type).not.toThrow();
  }
});

test('every description is one line of at most 160 characters that ends with a full stop', () => {
  const sentences = types.flatMap(({ is = [], fields = {} }) => [is, Object.values(fields)].flat());
  expect(sentences.length).toBeGreaterThan(700);
  expect([...sentences, ...Object.values(EVERY_KIND)].filter((each) => !/^\S.{0,158}\.$/.test(each))).toEqual([]);
});

test.each(DAILY)('%s is described completely', (kind) => {
  expect(typeDescription(kind)).toBeDefined();
  const missing = [...reach(kind)].flatMap((type) =>
    Object.keys(typeFacts(type).fields)
      .filter((field) => !hasWords(type, field))
      .map((field) => `${type} ${field}`),
  );
  expect(missing).toEqual([]);
});

test('what is not described has no words', () => {
  expect(typeDescription('core.v1.ObjectFieldSelector')).toBeUndefined();
  expect(fieldDescription('core.v1.RBDVolumeSource', 'image')).toBeUndefined();
  expect(fieldDescription('core.v1.Container', 'constructor')).toBeUndefined();
});

test('a type is read like the one it resembles, where it has no words of its own', () => {
  expect(fieldDescription('core.v1.PodCondition', 'reason')).toBe(fieldDescription('meta.v1.Condition', 'reason'));
  expect(fieldDescription('core.v1.PodCondition', 'type')).not.toBe(fieldDescription('meta.v1.Condition', 'type'));
});
