/** Every Pod runs as some ServiceAccount of its namespace. */
import { forbidden } from '../handlers/refusals.ts';
import { type AdmissionPlugin, isNew } from './admission.ts';

const DEFAULT = 'default';

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  mutate(request) {
    if (!isNew(request, '', 'pods')) return;
    const { plane, object, namespace } = request;
    object.spec ??= {};
    object.spec.serviceAccountName ||= object.spec.serviceAccount || DEFAULT;
    object.spec.serviceAccount = object.spec.serviceAccountName;
    const name = object.spec.serviceAccountName;
    // The default account comes with its namespace; its controller may be a moment behind.
    if (name === DEFAULT || plane.store.newest(plane.of('', 'serviceaccounts'), `${namespace}/${name}`)) return;
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(request.definition, request.name, why);
  },
};
