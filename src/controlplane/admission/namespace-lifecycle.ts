/** Nothing is created in a namespace that is not there or is going; the namespaces a cluster needs cannot be deleted. */
import { failure } from '../../kube/index.ts';
import { forbidden, notFound } from '../handlers/refusals.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const NAMESPACES = { group: '', plural: 'namespaces' };
const INDISPENSABLE = new Set(['default', 'kube-system', 'kube-public']);

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  mutate(request) {
    const { definition, operation, name } = request;
    if (definition.group === '' && definition.plural === 'namespaces') {
      if (operation === 'DELETE' && INDISPENSABLE.has(name))
        throw forbidden(definition, name, 'this namespace may not be deleted');
    } else if (definition.namespaced && operation === 'CREATE' && !isReview(request)) requireLive(request);
  },
};

/** Reviews ask about a namespace; they put nothing into it. */
function isReview({ definition }: AdmissionRequest): boolean {
  return definition.group === 'authorization.k8s.io';
}

function requireLive({ plane, definition, namespace, name }: AdmissionRequest): void {
  const entry = plane.store.newest(plane.of('', 'namespaces'), namespace!);
  if (!entry) throw notFound(NAMESPACES, namespace!);
  const { metadata } = entry.shared;
  if (!metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const refusal = forbidden(definition, name, why);
  throw failure('Forbidden', refusal.message, {
    ...refusal.status.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}
