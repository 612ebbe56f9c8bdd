import { expect, it } from 'vitest';
import { compileJsonPath } from './json-path.ts';

const object = {
  spec: { replicas: 3, 'a.b': 'dotted', list: [{ n: 1 }, { n: 2 }] },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Synced', status: 'False' },
    ],
    zero: 0,
    no: false,
  },
};

it.each([
  ['.spec.replicas', [3]],
  ['{.spec.replicas}', [3]],
  ['$.spec.replicas', [3]],
  [".spec['a.b']", ['dotted']],
  ['.spec.a\\.b', ['dotted']],
  ['.spec.list[0].n', [1]],
  ['.spec.list[-1].n', [2]],
  ['.spec.list[*].n', [1, 2]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type=='Synced')].status", ['False']],
  ['.status.conditions[?(@.type!="Ready")].type', ['Synced']],
  ['.status.zero', [0]],
  ['.status.no', [false]],
  ['.spec.missing.deeper', []],
  ['.spec[', []],
])('%s finds %j', (path, found) => {
  expect(compileJsonPath(path)(object)).toEqual(found);
});
