import { describe, expect, it } from 'vitest';
import { tolerates } from './toleration.ts';

const taint = { key: 'role', value: 'db', effect: 'NoSchedule' };

describe('tolerates', () => {
  it.each([
    [{ key: 'role', operator: 'Equal', value: 'db', effect: 'NoSchedule' }, true],
    [{ key: 'role', value: 'db' }, true],
    [{ key: 'role', value: 'web' }, false],
    [{ key: 'role' }, false],
    [{ key: 'role', operator: 'Exists' }, true],
    [{ key: 'role', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
    [{ operator: 'Exists' }, true],
    [{ operator: 'Exists', effect: 'NoSchedule' }, true],
    [{ value: 'db' }, false],
    [{ key: 'role', operator: 'Like', value: 'db' }, false],
  ])('%j: %s', (toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected);
  });

  it('takes a taint without a value as one with an empty value', () => {
    expect(tolerates({ key: 'role' }, { key: 'role', effect: 'NoSchedule' })).toBe(true);
  });

  it('compares integers with Gt and Lt', () => {
    const load = (value: string) => ({ key: 'load', value, effect: 'NoSchedule' });
    expect(tolerates({ key: 'load', operator: 'Gt', value: '5' }, load('6'))).toBe(true);
    expect(tolerates({ key: 'load', operator: 'Gt', value: '6' }, load('6'))).toBe(false);
    expect(tolerates({ key: 'load', operator: 'Lt', value: '7' }, load('6'))).toBe(true);
    expect(tolerates({ key: 'load', operator: 'Lt', value: '7' }, load('six'))).toBe(false);
  });
});
