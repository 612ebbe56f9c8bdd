import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { nonNegative, positive } from '../validation/numbers.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';

export const leases: ResourceDefinition = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  singular: 'lease',
  kind: 'Lease',
  namespaced: true,
  generation: false,
  createOnUpdate: true,
  unconditionalUpdate: false,
  patient: true,
  columns: [nameColumn, text('Holder', (o) => o.spec?.holderIdentity ?? ''), ageColumn],
  strategy: { default: (lease) => fill(lease, 'spec', {}), validate: validateLease },
};

function validateLease({ spec }: Json): FieldError[] {
  return [
    ...positive('spec.leaseDurationSeconds', spec.leaseDurationSeconds),
    ...nonNegative('spec.leaseTransitions', spec.leaseTransitions),
  ];
}
