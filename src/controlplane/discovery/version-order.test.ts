import { expect, it } from 'vitest';
import { compareVersions } from './version-order.ts';

it('puts stable before beta before alpha, newer before older, others last by name', () => {
  const order = ['v10', 'v2', 'v1', 'v11beta2', 'v10beta3', 'v3beta1', 'v12alpha1', 'v11alpha2', 'foo1', 'foo10'];
  expect(order.toReversed().sort(compareVersions)).toEqual(order);
});
