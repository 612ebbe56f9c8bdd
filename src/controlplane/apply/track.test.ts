import { describe, expect, test } from 'vitest';
import { applySchemaOf } from '../schema/index.ts';
import { type ManagedFieldsEntry, resetFieldsOf, trackChange, type Write } from './index.ts';
import { keepTimes } from './track.ts';

const write = (manager: string, more: Partial<Write> = {}): Write => ({
  manager,
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  schema: applySchemaOf('apps.v1.Deployment'),
  empty: { spec: {}, status: {}, metadata: {} },
  time: '2026-01-01T00:00:00Z',
  resetFields: resetFieldsOf(true, more.subresource),
  ...more,
});
const LATER = '2026-01-02T00:00:00Z';
const object = (replicas: number, metadata = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'u', ...metadata } as { managedFields?: ManagedFieldsEntry[] },
  spec: { replicas, paused: true },
  status: {},
});
const owners = ({ metadata }: { metadata: { managedFields?: ManagedFieldsEntry[] } }) =>
  Object.fromEntries((metadata.managedFields ?? []).map((e) => [`${e.manager}/${e.subresource ?? ''}`, e.fieldsV1]));

describe('trackChange', () => {
  const created = trackChange(undefined, object(1), write('a'));

  test('the creator owns what he set, bookkeeping aside', () => {
    expect(owners(created)).toEqual({ 'a/': { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } } });
  });

  test('a field belongs to the last who changed it', () => {
    const scaled = trackChange(created, object(2), write('b', { time: LATER }));
    expect(owners(scaled)).toEqual({
      'a/': { 'f:spec': { 'f:paused': {} } },
      'b/': { 'f:spec': { 'f:replicas': {} } },
    });
    expect(scaled.metadata.managedFields!.map((e) => e.time)).toEqual(['2026-01-01T00:00:00Z', LATER]);
  });

  test('a field that is taken away has no owner', () => {
    const { replicas: _, ...spec } = object(1).spec;
    const changed = trackChange(created, { ...object(1), spec }, write('b'));
    expect(owners(changed)).toEqual({ 'a/': { 'f:spec': { 'f:paused': {} } } });
  });

  test('who owns nothing any more is gone', () => {
    const changed = trackChange(created, { ...object(9), spec: { replicas: 9, paused: false } }, write('b'));
    expect(Object.keys(owners(changed))).toEqual(['b/']);
  });

  test('a write that changes nothing leaves all times alone', () => {
    expect(trackChange(created, object(1), write('b', { time: LATER }))).toEqual(created);
  });

  test('status belongs to who writes it on its own path, and to nobody on the other', () => {
    const wanted = { ...object(1), status: { replicas: 1 } };
    expect(owners(trackChange(created, wanted, write('b')))).toEqual(owners(created));
    const told = trackChange(created, wanted, write('b', { subresource: 'status' }));
    expect(owners(told)['b/status']).toEqual({ 'f:status': { 'f:replicas': {} } });
  });

  test('ownership may be given away, but not through a subresource', () => {
    const given = [{ ...created.metadata.managedFields![0]!, manager: 'z' }];
    expect(owners(trackChange(created, object(1, { managedFields: given }), write('b')))).toHaveProperty(['z/']);
    const status = write('b', { subresource: 'status' });
    expect(owners(trackChange(created, object(1, { managedFields: given }), status))).toEqual(owners(created));
  });

  test('what cannot be read counts as not sent', () => {
    const sent = object(1, { managedFields: [{ manager: 'x' }] });
    expect(owners(trackChange(created, sent, write('b')))).toEqual(owners(created));
  });

  test('an empty list forgets all ownership, and it stays forgotten', () => {
    const reset = trackChange(created, object(2, { managedFields: [] }), write('b'));
    expect(reset.metadata).not.toHaveProperty('managedFields');
    expect(trackChange(reset, object(3), write('b')).metadata).not.toHaveProperty('managedFields');
  });

  test('keepTimes undoes a write of nothing but times', () => {
    const [first] = created.metadata.managedFields!;
    const touched = object(1, { managedFields: [{ ...first, time: LATER }] });
    expect(keepTimes(touched, created)).toBe(created);
    const changed = object(2, { managedFields: [{ ...first, time: LATER }] });
    expect(keepTimes(changed, created)).toBe(changed);
  });
});
