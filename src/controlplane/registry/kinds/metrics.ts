/** metrics.k8s.io: what Nodes and Pods use now. Never stored: handlers ask the hosts each time. */
import { addQuantities, formatQuantity, parseQuantity } from '../../../kube/index.ts';
import type { Column, Json, ResourceDefinition } from '../definition.ts';
import { nameColumn, text } from './columns.ts';

export const METRICS_GROUP = 'metrics.k8s.io';

const RESOURCES = ['cpu', 'memory'];

const shared = {
  group: METRICS_GROUP,
  version: 'v1beta1',
  singular: '',
  verbs: ['get', 'list'],
  generation: false,
} as const;

export const nodeMetrics: ResourceDefinition = {
  ...shared,
  plural: 'nodes',
  kind: 'NodeMetrics',
  namespaced: false,
  columns: columnsOf((metrics) => [metrics.usage]),
  openApi: schemaOf({ usage: { ...quantities(), description: 'The amount in use, by resource.' } }, ['usage']),
};

export const podMetrics: ResourceDefinition = {
  ...shared,
  plural: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
  columns: columnsOf((metrics) => metrics.containers.map((container: Json) => container.usage)),
  openApi: schemaOf(
    {
      containers: {
        type: 'array',
        description: 'What each container uses, all measured within the same window.',
        'x-kubernetes-list-type': 'atomic',
        items: {
          type: 'object',
          required: ['name', 'usage'],
          properties: { name: { type: 'string', description: 'As in the Pod.' }, usage: quantities() },
        },
      },
    },
    ['containers'],
  ),
};

function columnsOf(usages: (metrics: Json) => Json[]): Column[] {
  const sum = (metrics: Json, name: string) =>
    formatQuantity(
      usages(metrics)
        .map((usage) => parseQuantity(usage[name] ?? '0'))
        .reduce(addQuantities),
    );
  return [
    nameColumn,
    ...RESOURCES.map((name) => text(name, (metrics) => sum(metrics, name), { format: 'quantity' })),
    text('Window', (metrics) => metrics.window, { format: 'duration' }),
  ];
}

function quantities(): Json {
  return { type: 'object', additionalProperties: { type: 'string' } };
}

function schemaOf(own: Json, required: string[]): Json {
  return {
    type: 'object',
    description: 'What is in use, as an average over a short time before.',
    required: ['timestamp', 'window', ...required],
    properties: {
      timestamp: { type: 'string', format: 'date-time', description: 'When the measurement ended.' },
      window: { type: 'string', description: 'How long it took, as a duration.' },
      ...own,
    },
  };
}
