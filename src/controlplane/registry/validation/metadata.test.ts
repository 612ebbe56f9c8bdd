import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { describeFieldErrors } from './field-error.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';

const pods = { group: '', plural: 'pods', namespaced: true };
const namespaces = { group: '', plural: 'namespaces', namespaced: false };
const roles = { group: 'rbac.authorization.k8s.io', plural: 'roles', namespaced: true };

function words(metadata: Json, definition = pods): string {
  const errors = validateMetadata({ metadata: { name: 'x', namespace: 'default', ...metadata } }, definition);
  return errors.length === 0 ? '' : describeFieldErrors(errors);
}

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const qualified =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u' };

describe('metadata is refused for', () => {
  it.each<[string, Json, string]>([
    ['no name', { name: '' }, 'metadata.name: Required value: name or generateName is required'],
    ['capitals', { name: 'Web' }, `metadata.name: Invalid value: "Web": ${subdomain}`],
    [
      'a long name',
      { name: 'a'.repeat(254) },
      `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 bytes`,
    ],
    ['a bad prefix', { generateName: 'Web-' }, `metadata.generateName: Invalid value: "Web-": ${subdomain}`],
    ['no namespace', { namespace: '' }, 'metadata.namespace: Required value'],
    ['a bad label key', { labels: { 'a b': '' } }, `metadata.labels: Invalid value: "a b": ${qualified}`],
    [
      'an empty prefix',
      { labels: { '/a': '' } },
      'metadata.labels: Invalid value: "/a": prefix part must be non-empty',
    ],
    ['a bad label value', { labels: { a: 'b c' } }, `metadata.labels: Invalid value: "b c": ${value}`],
    [
      'a long label value',
      { labels: { a: 'b'.repeat(64) } },
      `metadata.labels: Invalid value: "${'b'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      'large annotations',
      { annotations: { a: 'x'.repeat(262_144) } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      'an owner without uid',
      { ownerReferences: [{ ...owner, uid: '' }] },
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ],
    [
      'a finalizer without domain',
      { finalizers: ['mine'] },
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      'both ways of deleting dependants',
      { finalizers: ['orphan', 'foregroundDeletion'] },
      'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
    ],
  ])('%s', (_what, metadata, refusal) => {
    expect(words(metadata)).toBe(refusal);
  });

  it('two controlling owners', () => {
    const both = [
      { ...owner, controller: true },
      { ...owner, name: 's', controller: true },
    ];
    expect(words({ ownerReferences: both })).toContain(
      'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/r and ReplicaSet/s',
    );
  });

  it('a namespace on an object of the whole cluster', () => {
    expect(words({}, namespaces)).toBe('metadata.namespace: Forbidden: not allowed on this type');
  });

  it('dots in the name of a Namespace', () => {
    expect(words({ name: 'a.b', namespace: undefined }, namespaces)).toBe(
      'metadata.name: Invalid value: "a.b": must not contain dots',
    );
  });
});

describe('metadata is taken', () => {
  it.each<[string, Json]>([
    ['with a name of parts', { name: 'web-1.example.com' }],
    ['with a prefix that ends in a dash', { generateName: 'web-' }],
    ['with labels', { labels: { 'example.com/app': 'Web_1.0', empty: '' } }],
    ['with capitals in annotation keys', { annotations: { 'Example.com/App': 'any thing' } }],
    ['with finalizers', { finalizers: ['kubernetes', 'example.com/mine'] }],
    ['with an owner', { ownerReferences: [{ ...owner, controller: true }, owner] }],
  ])('%s', (_what, metadata) => {
    expect(words(metadata)).toBe('');
  });

  it('with colons in the names of roles', () => {
    expect(words({ name: 'system:node' }, roles)).toBe('');
    expect(words({ name: 'a/b' }, roles)).toBe(`metadata.name: Invalid value: "a/b": may not contain '/'`);
  });
});

describe('metadata may not change', () => {
  const old = { metadata: { name: 'x', uid: 'u', creationTimestamp: 't', finalizers: ['example.com/a'] } };
  const change = (metadata: Json, before: Json = old) =>
    validateMetadataUpdate({ metadata: { ...before.metadata, ...metadata } }, before).map(
      (e) => `${e.field}: ${e.message}`,
    );

  it('in what tells one object from another', () => {
    expect(change({ uid: 'v' })).toEqual(['metadata.uid: Invalid value: "v": field is immutable']);
  });

  it('by new finalizers once the object is being deleted', () => {
    const deleted = { metadata: { ...old.metadata, deletionTimestamp: 't' } };
    const finalizers = ['example.com/a', 'example.com/b'];
    expect(change({ finalizers })).toEqual([]);
    expect(change({ finalizers }, deleted)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}',
    ]);
    expect(change({ finalizers: [] }, deleted)).toEqual([]);
  });
});
