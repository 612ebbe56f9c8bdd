/** A claim that names no storage class gets the cluster's default one. */
import { type AdmissionPlugin, isNew } from './admission.ts';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate(request) {
    if (!isNew(request, '', 'persistentvolumeclaims')) return;
    const { plane, object } = request;
    if (object.spec.storageClassName !== undefined) return;
    const classes = [...plane.of('storage.k8s.io', 'storageclasses').current.values()].map((entry) => entry.parse());
    const defaults = classes.filter((c) => c.metadata.annotations?.[IS_DEFAULT] === 'true');
    const newest = defaults.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0];
    if (newest) object.spec.storageClassName = newest.metadata.name;
  },
};
