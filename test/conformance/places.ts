/** Where resources are found: `configmaps/a` is short for `/api/v1/namespaces/…/configmaps/a`. */

/** Plurals by the path of their group version; those of the cluster as a whole begin with `*`. */
const PLACES: Readonly<Record<string, string>> = {
  '/api/v1':
    'configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers ' +
    'resourcequotas secrets serviceaccounts services *namespaces *nodes *persistentvolumes',
  '/apis/apps/v1': 'controllerrevisions daemonsets deployments replicasets statefulsets',
  '/apis/batch/v1': 'jobs cronjobs',
  '/apis/autoscaling/v2': 'horizontalpodautoscalers',
  '/apis/policy/v1': 'poddisruptionbudgets',
  '/apis/coordination.k8s.io/v1': 'leases',
  '/apis/discovery.k8s.io/v1': 'endpointslices',
  '/apis/networking.k8s.io/v1': 'ingresses networkpolicies *ingressclasses',
  '/apis/node.k8s.io/v1': '*runtimeclasses',
  '/apis/scheduling.k8s.io/v1': '*priorityclasses',
  '/apis/storage.k8s.io/v1': 'csistoragecapacities *csidrivers *csinodes *storageclasses *volumeattachments',
  '/apis/rbac.authorization.k8s.io/v1': 'roles rolebindings *clusterroles *clusterrolebindings',
  '/apis/apiextensions.k8s.io/v1': '*customresourcedefinitions',
  '/apis/admissionregistration.k8s.io/v1':
    '*mutatingwebhookconfigurations *validatingwebhookconfigurations *validatingadmissionpolicies ' +
    '*validatingadmissionpolicybindings',
  '/apis/flowcontrol.apiserver.k8s.io/v1': '*flowschemas *prioritylevelconfigurations',
  '/apis/authorization.k8s.io/v1':
    'localsubjectaccessreviews *subjectaccessreviews *selfsubjectaccessreviews *selfsubjectrulesreviews',
  '/apis/authentication.k8s.io/v1': '*tokenreviews *selfsubjectreviews',
};

const places = new Map(
  Object.entries(PLACES).flatMap(([base, plurals]) =>
    plurals.split(' ').map((name) => [name.replace('*', ''), { base, namespaced: !name.startsWith('*') }] as const),
  ),
);

/** A path that begins with `/` is taken as it is. */
export function placeOf(path: string, namespace: string): string {
  if (path.startsWith('/')) return path;
  const place = places.get(path.split(/[/?]/, 1)[0]!);
  if (!place) throw new Error(`where is ${path}?`);
  return place.namespaced ? `${place.base}/namespaces/${namespace}/${path}` : `${place.base}/${path}`;
}
