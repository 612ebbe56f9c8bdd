import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid } from '../validation/field-error.ts';
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
  columns: [nameColumn, text('Holder', (o) => o.spec?.holderIdentity ?? ''), ageColumn],
  strategy: { default: (lease) => fill(lease, 'spec', {}), validate: validateLease },
};

const STRATEGIES = ['OldestEmulationVersion'];

function validateLease({ spec }: Json): FieldError[] {
  return [
    ...positive('spec.leaseDurationSeconds', spec.leaseDurationSeconds),
    ...nonNegative('spec.leaseTransitions', spec.leaseTransitions),
    ...(spec.strategy && !spec.strategy.includes('/') && !STRATEGIES.includes(spec.strategy)
      ? [invalid('spec.strategy', spec.strategy, `must be one of ${STRATEGIES.join(', ')} or a qualified name`)]
      : []),
    ...(spec.preferredHolder && !spec.strategy
      ? [forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined')]
      : []),
  ];
}
