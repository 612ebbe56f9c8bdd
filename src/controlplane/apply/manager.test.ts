import { describe, expect, test } from 'vitest';
import { capManagers, isReset, type ManagedFieldsEntry, managerKey, readManagers, writeManagers } from './manager.ts';

const entry = (manager: string, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { [`f:${manager}`]: {} },
  ...more,
});
const names = (entries: ManagedFieldsEntry[]) => entries.map(({ manager }) => manager);

describe('managedFields', () => {
  test('are read and written again unchanged', () => {
    const entries = [entry('a', { operation: 'Apply' }), entry('b'), entry('b', { subresource: 'status' })];
    expect(writeManagers(readManagers(entries))).toEqual(entries);
  });

  test('are in order of operation, time and name', () => {
    const entries = [
      entry('d'),
      entry('c'),
      entry('old', { time: '2025-01-01T00:00:00Z' }),
      entry('z', { operation: 'Apply' }),
    ];
    expect(names(writeManagers(readManagers(entries)))).toEqual(['z', 'old', 'c', 'd']);
  });

  test.each<[Partial<Record<keyof ManagedFieldsEntry, unknown>>, string]>([
    [{ operation: 'Patch' }, 'operation must be `Apply` or `Update`'],
    [{ apiVersion: '' }, 'apiVersion must not be empty'],
    [{ fieldsType: '' }, 'missing fieldsType in managed fields entry 0'],
    [{ fieldsType: 'FieldsV2' }, 'invalid fieldsType "FieldsV2" in managed fields entry 0'],
    [{ fieldsV1: 3 }, 'fields must be an object'],
  ])('with %j are refused', (fault, message) => {
    expect(() => readManagers([{ ...entry('a'), ...fault }])).toThrow(message);
  });

  test('an applier is one whatever version he applies in, an updater is not', () => {
    const key = (operation: 'Apply' | 'Update', apiVersion: string) =>
      managerKey({ name: 'a', operation, apiVersion, subresource: '' });
    expect(key('Apply', 'v1')).toBe(key('Apply', 'v2'));
    expect(key('Update', 'v1')).not.toBe(key('Update', 'v2'));
  });

  test('more than ten updaters make the oldest of each version ancient', () => {
    const entries = Array.from({ length: 12 }, (_, i) => entry(`m${i}`, { time: `2026-01-${10 + i}T00:00:00Z` }));
    const capped = writeManagers(capManagers(readManagers([...entries, entry('gitops', { operation: 'Apply' })])));
    expect(capped).toHaveLength(11);
    const ancient = capped.find(({ manager }) => manager === 'ancient-changes')!;
    expect(ancient.fieldsV1).toEqual({ 'f:m0': {}, 'f:m1': {}, 'f:m2': {} });
    expect(ancient.time).toBe('2026-01-12T00:00:00Z');
    expect(names(capped)).toContain('gitops');
  });

  test('an empty list, or one of an empty entry, asks to forget', () => {
    expect([[], [{}]].every(isReset)).toBe(true);
    expect([undefined, [entry('a')], [{}, {}]].some(isReset)).toBe(false);
  });
});
