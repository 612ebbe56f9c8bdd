import { describe, expect, test } from 'vitest';
import { complete } from './complete.ts';
import { decode } from './decode.ts';
import { readObject } from './field-validation.ts';

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};
const POD = ['spec', 'template', 'spec'];
const CONTAINER = [...POD, 'containers', 0];

/** Path, value put there, and what kube-apiserver 1.35 answered to it after `cannot be handled as a Deployment: `. */
const REFUSED: readonly [(string | number)[], unknown, string][] = [
  [
    ['spec', 'replicas'],
    '3',
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    ['spec', 'replicas'],
    1.5,
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    ['spec', 'replicas'],
    99999999999,
    'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    ['spec', 'paused'],
    'x',
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool',
  ],
  [
    [...CONTAINER, 'name'],
    5,
    'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string',
  ],
  [
    [...CONTAINER, 'imagePullPolicy'],
    true,
    'json: cannot unmarshal bool into Go struct field Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy',
  ],
  [
    [...CONTAINER, 'ports'],
    {},
    'json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.ports of type []v1.ContainerPort',
  ],
  [
    [...CONTAINER, 'ports'],
    [5],
    'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.ports of type v1.ContainerPort',
  ],
  [
    [...CONTAINER, 'ports'],
    [{ containerPort: 'x' }],
    'json: cannot unmarshal string into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32',
  ],
  [
    [...CONTAINER, 'resources'],
    { limits: { cpu: 'abc' } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    [...CONTAINER, 'resources'],
    { limits: { cpu: {} } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [[...CONTAINER, 'resources'], { limits: { cpu: '1Mi1' } }, "unable to parse quantity's suffix"],
  [
    [...CONTAINER, 'resources'],
    { limits: [] },
    'json: cannot unmarshal array into Go struct field ResourceRequirements.spec.template.spec.containers.resources.limits of type v1.ResourceList',
  ],
  [
    [...CONTAINER, 'livenessProbe'],
    { httpGet: { port: true } },
    'json: cannot unmarshal bool into Go struct field HTTPGetAction.spec.template.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
  ],
  [
    [...CONTAINER, 'livenessProbe'],
    { httpGet: { port: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field HTTPGetAction.spec.template.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
  ],
  [
    [...CONTAINER, 'env'],
    [{ valueFrom: { secretKeyRef: { name: 5 } } }],
    'json: cannot unmarshal number into Go struct field SecretKeySelector.spec.template.spec.containers.env.valueFrom.secretKeyRef.LocalObjectReference.name of type string',
  ],
  [
    [...POD, 'volumes'],
    [{ emptyDir: { medium: 5 } }],
    'json: cannot unmarshal number into Go struct field EmptyDirVolumeSource.spec.template.spec.volumes.VolumeSource.emptyDir.medium of type v1.StorageMedium',
  ],
  [
    [...POD, 'volumes'],
    [{ emptyDir: [] }],
    'json: cannot unmarshal array into Go struct field Volume.spec.template.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
  ],
  [
    [...POD, 'nodeSelector'],
    { a: {} },
    'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.nodeSelector of type string',
  ],
  [
    [...POD, 'containers'],
    [[]],
    'json: cannot unmarshal array into Go struct field PodSpec.spec.template.spec.containers of type v1.Container',
  ],
  [
    ['metadata', 'creationTimestamp'],
    5,
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
  ],
  [
    ['metadata', 'creationTimestamp'],
    'x',
    'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
  ],
  [
    ['metadata', 'creationTimestamp'],
    '2020-01-01',
    'parsing time "2020-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"',
  ],
  [
    ['metadata', 'creationTimestamp'],
    '2020-01-01T00:00:00+0200',
    'parsing time "2020-01-01T00:00:00+0200" as "2006-01-02T15:04:05Z07:00": cannot parse "+0200" as "Z07:00"',
  ],
  [
    ['metadata', 'creationTimestamp'],
    '2020-13-01T00:00:00Z',
    'parsing time "2020-13-01T00:00:00Z": month out of range',
  ],
  [['metadata', 'creationTimestamp'], '2020-01-32T00:00:00Z', 'parsing time "2020-01-32T00:00:00Z": day out of range'],
  [
    ['metadata', 'labels'],
    { a: 5 },
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    ['metadata', 'labels'],
    [],
    'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
  ],
  [['metadata'], 'x', 'json: cannot unmarshal string into Go struct field Deployment.metadata of type v1.ObjectMeta'],
  [
    ['metadata', 'ownerReferences'],
    [{ uid: 5 }],
    'json: cannot unmarshal number into Go struct field OwnerReference.metadata.ownerReferences.uid of type types.UID',
  ],
  [['spec'], [], 'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec'],
];

describe('a value of the wrong kind is refused in the words of kube-apiserver', () => {
  test.each(REFUSED)('%j = %j', (path, value, message) => {
    expect(() => decode('apps.v1.Deployment', put(DEPLOYMENT, path, value))).toThrow(message);
  });

  test('as a BadRequest that names the kind', () => {
    const read = () => readDeployment(put(DEPLOYMENT, ['spec', 'replicas'], '3'), 'Ignore');
    expect(read).toThrow('Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string');
  });
});

describe('unknown fields', () => {
  const odd = put(put(put(DEPLOYMENT, ['foo'], 1), ['spec', 'Replicas'], 3), [...CONTAINER, 'ports'], [{ zip: 1 }]);

  test('are dropped and reported by path in order of the document', () => {
    const { object, unknown } = decode('apps.v1.Deployment', odd);
    expect(unknown).toEqual(['spec.template.spec.containers[0].ports[0].zip', 'spec.Replicas', 'foo']);
    expect(object).not.toHaveProperty('foo');
    expect(object.spec).not.toHaveProperty('Replicas');
  });

  test('are refused when validation is strict', () => {
    expect(() => readDeployment(odd, 'Strict')).toThrow(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ' +
        'unknown field "spec.template.spec.containers[0].ports[0].zip", unknown field "spec.Replicas", unknown field "foo"',
    );
  });

  test('are warned of, or passed over', () => {
    const warnings: string[] = [];
    readDeployment(odd, 'Warn', warnings);
    readDeployment(odd, 'Ignore', warnings);
    expect(warnings).toHaveLength(3);
    expect(warnings[2]).toBe('unknown field "foo"');
  });
});

describe('what is kept', () => {
  test('null and empty optional fields vanish, empty structs behind pointers stay', () => {
    const { object } = decode('core.v1.Pod', {
      metadata: { name: 'x', labels: {}, finalizers: [], generateName: '', generation: 0, ownerReferences: null },
      spec: { containers: [null], volumes: [{ name: 'v', emptyDir: {} }], hostNetwork: false, nodeSelector: null },
    });
    expect(object).toEqual({
      metadata: { name: 'x' },
      spec: { containers: [{}], volumes: [{ name: 'v', emptyDir: {} }] },
    });
  });

  test('zero behind a pointer stays', () => {
    const { object } = decode('apps.v1.Deployment', { spec: { replicas: 0, paused: false } });
    expect(object).toEqual({ spec: { replicas: 0 } });
  });

  test('quantities and times get their canonical form', () => {
    const { object } = decode('core.v1.Node', {
      metadata: { name: 'x', creationTimestamp: '2020-01-01T01:01:01.999+02:00' },
      status: { capacity: { cpu: 1, memory: '1024Mi', a: '0.5', b: '1e3', c: '1000000', d: '0.5Ki' } },
    });
    expect(object.metadata.creationTimestamp).toBe('2019-12-31T23:01:01Z');
    expect(object.status.capacity).toEqual({ cpu: '1', memory: '1Gi', a: '500m', b: '1e3', c: '1M', d: '512' });
  });

  test('microseconds are exact', () => {
    const lease = { spec: { renewTime: '2020-01-01T02:00:00.123456+02:00' } };
    expect(decode('coordination.v1.Lease', lease).object).toEqual({
      spec: { renewTime: '2020-01-01T00:00:00.123456Z' },
    });
    const seven = { spec: { renewTime: '2020-01-01T00:00:00.1234567Z' } };
    expect(() => decode('coordination.v1.Lease', seven)).toThrow('cannot parse "7Z" as "Z07:00"');
  });

  test('base64 loses its line breaks', () => {
    expect(decode('core.v1.ConfigMap', { binaryData: { a: 'YWJj\nYWI=' } }).object).toEqual({
      binaryData: { a: 'YWJjYWI=' },
    });
    expect(() => decode('core.v1.ConfigMap', { binaryData: { a: '!!' } })).toThrow(
      'illegal base64 data at input byte 0',
    );
  });

  test('the object sent is not changed, and keys like __proto__ are data', () => {
    const sent = JSON.parse('{"data":{"__proto__":"x"},"metadata":null}');
    const { object } = decode('core.v1.ConfigMap', sent);
    expect(Object.keys(object.data)).toEqual(['__proto__']);
    expect(sent.metadata).toBeNull();
  });

  test('schemas of custom resources may hold lists, booleans or schemas', () => {
    const schema = { items: { type: 'string', x: 1 }, additionalProperties: true, anyOf: [{ required: ['a'] }] };
    const { object, unknown } = decode('apiextensions.v1.JSONSchemaProps', schema);
    expect(object).toEqual({ items: { type: 'string' }, additionalProperties: true, anyOf: [{ required: ['a'] }] });
    expect(unknown).toEqual(['items.x']);
  });
});

test('completing adds what an API server always writes', () => {
  const role = { metadata: { name: 'x' }, rules: [] };
  complete('rbac.v1.ClusterRole', role);
  expect(role).toEqual({ metadata: { name: 'x' }, rules: null });

  const pod = { metadata: { name: 'x' }, spec: { containers: [{ name: 'c' }] } };
  complete('core.v1.Pod', pod);
  expect(pod).toEqual({ metadata: { name: 'x' }, spec: { containers: [{ name: 'c', resources: {} }] }, status: {} });
});

function readDeployment(value: unknown, validation: 'Strict' | 'Warn' | 'Ignore', warnings: string[] = []) {
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
  return readObject('apps.v1.Deployment', kind, value, { validation, warn: (w) => warnings.push(w) });
}

function put(object: object, path: readonly (string | number)[], value: unknown): object {
  const copy = structuredClone(object) as Record<string | number, never>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step]!;
  at[path.at(-1)!] = value as never;
  return copy;
}
