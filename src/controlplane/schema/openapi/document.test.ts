import { expect, test } from 'vitest';
import type { Json, ResourceDefinition } from '../../registry/definition.ts';
import { DEDUCED } from '../apply-schema.ts';
import { openApiDocument, openApiIndex } from './document.ts';

const DEPLOYMENTS: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  namespaced: true,
  status: true,
  scale: { specReplicas: ['spec', 'replicas'], statusReplicas: ['status', 'replicas'] },
};
const NODES: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  singular: 'node',
  kind: 'Node',
  namespaced: false,
  verbs: ['get', 'list'],
};
const CRON_TABS: ResourceDefinition = {
  group: 'stable.example.com',
  version: 'v1',
  plural: 'crontabs',
  singular: 'crontab',
  kind: 'CronTab',
  namespaced: true,
  custom: { read: (body) => body, applySchema: DEDUCED, openApi: undefined },
};
const ALL = [DEPLOYMENTS, NODES, CRON_TABS];

const document = (path: string, schemaOf?: Parameters<typeof openApiDocument>[2]): Json =>
  openApiDocument(ALL, path, schemaOf);

test('the index names each group and version with a hash of what it serves', () => {
  const { paths } = openApiIndex(ALL);
  expect(Object.keys(paths)).toEqual(['api/v1', 'apis/apps/v1', 'apis/stable.example.com/v1']);
  expect(paths['apis/apps/v1']!.serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/);
  const changed = openApiIndex(ALL, (d) => (d.custom ? { type: 'object' } : undefined)).paths;
  expect(changed['apis/apps/v1']).toEqual(paths['apis/apps/v1']);
  expect(changed['apis/stable.example.com/v1']).not.toEqual(paths['apis/stable.example.com/v1']);
});

test('a document that nobody serves is not there', () => {
  expect(document('apis/none/v1')).toBeUndefined();
});

test('PATCH tells kubectl its field validation and media types', () => {
  const item = document('apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
  expect(item.patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
  expect(item.patch.parameters.map((p: { name: string }) => p.name)).toContain('fieldValidation');
  expect(Object.keys(item.patch.requestBody.content)).toContain('application/strategic-merge-patch+json');
  expect(item.parameters.map((p: { name: string }) => p.name)).toEqual(['namespace', 'name']);
});

test('scale is a kind of another group', () => {
  const { paths, components } = document('apis/apps/v1');
  const scale = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale'];
  expect(scale.get['x-kubernetes-group-version-kind'].group).toBe('autoscaling');
  expect(components.schemas).toHaveProperty(['io.k8s.api.autoscaling.v1.Scale']);
});

test('only the verbs served are there', () => {
  const { paths } = document('api/v1');
  expect(Object.keys(paths)).toEqual(['/api/v1/nodes', '/api/v1/nodes/{name}']);
  expect(paths['/api/v1/nodes/{name}']).not.toHaveProperty('patch');
});

test('every reference leads somewhere, in each document', () => {
  for (const path of Object.keys(openApiIndex(ALL).paths)) {
    const text = JSON.stringify(document(path));
    const schemas = Object.keys(document(path).components.schemas);
    const missing = [...text.matchAll(/#\/components\/schemas\/([^"]+)/g)].filter(
      ([, name]) => !schemas.includes(name!),
    );
    expect(missing).toEqual([]);
  }
});

test('kinds and fields are described; a kind without a sentence of its own is named', () => {
  const { schemas } = document('apis/apps/v1').components;
  const deployment = schemas['io.k8s.api.apps.v1.Deployment'];
  expect(deployment.description).toMatch(/^Keeps a number of identical Pods running/);
  expect(deployment.properties.kind.description).toBe('What kind of object this is.');
  expect(schemas['io.k8s.api.apps.v1.DeploymentSpec'].properties.replicas.description).toBe(
    'Pods wanted; 1 by default.',
  );
  expect(schemas['io.k8s.api.apps.v1.DeploymentList'].description).toBe('A list of Deployment.');
});

test('a custom resource shows its own schema with the common fields, and no strategic merge', () => {
  const own = { type: 'object', properties: { spec: { type: 'object', description: 'When.' } } };
  const { paths, components } = document('apis/stable.example.com/v1', () => own);
  const schema = components.schemas['com.example.stable.v1.CronTab'];
  expect(Object.keys(schema.properties)).toEqual(['spec', 'apiVersion', 'kind', 'metadata']);
  expect(schema['x-kubernetes-group-version-kind']).toEqual([
    { group: 'stable.example.com', version: 'v1', kind: 'CronTab' },
  ]);
  const { patch } = paths['/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}'];
  expect(Object.keys(patch.requestBody.content)).not.toContain('application/strategic-merge-patch+json');
});
