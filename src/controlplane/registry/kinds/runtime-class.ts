import type { ResourceDefinition } from '../definition.ts';
import { invalids } from '../validation/field-error.ts';
import { immutable } from '../validation/immutable.ts';
import { dnsLabel } from '../validation/names.ts';
import { ageColumn, nameColumn, text } from './columns.ts';

export const runtimeClasses: ResourceDefinition = {
  group: 'node.k8s.io',
  version: 'v1',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  kind: 'RuntimeClass',
  namespaced: false,
  unconditionalUpdate: false,
  createOnUpdate: true,
  columns: [nameColumn, text('Handler', (o) => o.handler ?? ''), ageColumn],
  strategy: {
    validate: (o) => invalids('handler', o.handler ?? '', dnsLabel(o.handler ?? '')),
    validateUpdate: (o, old) => immutable('handler', o.handler, old.handler),
  },
};
