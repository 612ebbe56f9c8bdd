import type { ResourceDefinition } from '../definition.ts';
import { validatePodTemplate } from '../validation/workload.ts';
import { containerColumns, labelsText, nameColumn, text } from './columns.ts';
import { defaultPodTemplate } from './pod-defaults.ts';

export const podTemplates: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'podtemplates',
  singular: 'podtemplate',
  kind: 'PodTemplate',
  namespaced: true,
  generation: true,
  answersDeleted: true,
  columns: [
    nameColumn,
    ...containerColumns((o) => o.template).map((column) => ({ ...column, priority: 0 })),
    text('Pod Labels', (o) => labelsText(o.template?.metadata?.labels)),
  ],
  strategy: {
    default: (o) => defaultPodTemplate(o.template),
    validate: (o) => validatePodTemplate(o.template, 'template'),
  },
};
