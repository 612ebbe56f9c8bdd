/** Small objects to make. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';

export const configMap = (name: string, data: Json = { a: '1' }, metadata: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

/** Without a token, so that nothing is mounted into it. */
export const podSpec = (more: Json = {}) => ({
  automountServiceAccountToken: false,
  containers: [{ name: 'c', image: 'example.com/web:1' }],
  ...more,
});

export const pod = (name: string, spec: Json = {}, metadata: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: podSpec(spec),
});

export const template = (spec: Json = {}, labels: Json = { app: 'web' }) => ({
  metadata: { labels },
  spec: podSpec(spec),
});

export const deployment = (name: string, spec: Json = {}, metadata: Json = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...metadata },
  spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});

export const service = (name: string, spec: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

export const node = (name: string, more: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  ...more,
});

export const named = (apiVersion: string, kind: string, name: string, more: Json = {}) => ({
  apiVersion,
  kind,
  ...more,
  metadata: { name, ...more.metadata },
});
