/** Every Pod runs as some ServiceAccount of its namespace, and finds that account's token in its containers. */
import { forbidden } from '../handlers/refusals.ts';
import { nameSuffix } from '../name-suffix.ts';
import type { Json } from '../registry/definition.ts';
import { type AdmissionPlugin, type AdmissionRequest, isNew } from './admission.ts';

const DEFAULT = 'default';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_SECONDS = 3607;

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate(request) {
    if (!isNew(request, '', 'pods') || isMirror(request.object)) return;
    const { spec } = request.object;
    spec.serviceAccountName ||= spec.serviceAccount || DEFAULT;
    spec.serviceAccount = spec.serviceAccountName;
    const account = accountOf(request, spec.serviceAccountName);
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
      spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(request);
  },
};

/** Static Pods of a host have no account. */
function isMirror(pod: Json): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

function accountOf({ plane, definition, name, namespace }: AdmissionRequest, account: string): Json {
  const entry = plane.store.newest(plane.of('', 'serviceaccounts'), `${namespace}/${account}`);
  if (entry) return entry.shared;
  // The default account comes with its namespace; its controller may be a moment behind.
  if (account === DEFAULT) return {};
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  throw forbidden(definition, name, why);
}

function mountToken({ plane, object }: AdmissionRequest): void {
  const { spec } = object;
  const containers: Json[] = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const without = containers.filter((c) => !c.volumeMounts?.some((m: Json) => m.mountPath === MOUNT_PATH));
  if (without.length === 0) return;
  const name = `kube-api-access-${nameSuffix(plane.random)}`;
  spec.volumes = [...(spec.volumes ?? []), { name, projected: tokenVolume() }];
  for (const container of without)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
}

/** The token, the authority by which to know the API server, and the namespace. */
function tokenVolume(): Json {
  return {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  };
}
