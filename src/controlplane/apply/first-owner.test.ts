import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../kube/index.ts';
import { applySchemaOf, complete, DEDUCED } from '../schema/index.ts';
import { fieldsOfNew } from './first-owner.ts';
import { writeManagers } from './manager.ts';
import { emptyObject, type Write } from './ownership.ts';
import { update } from './track.ts';

const word = fc.constantFrom('a', 'b', 'c-1', '10', '9');
const quantities = fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '500m'), { maxKeys: 2 });
const container = fc.record(
  {
    name: word,
    image: word,
    env: fc.array(fc.record({ name: word, value: word }), { maxLength: 3 }),
    ports: fc.array(
      fc.record({ containerPort: fc.constantFrom(80, 9, 443), protocol: fc.constantFrom('TCP', 'UDP') }),
      { maxLength: 3 },
    ),
    args: fc.array(word, { maxLength: 2 }),
    resources: fc.record({ requests: quantities, limits: quantities }, { requiredKeys: [] }),
    securityContext: fc.record({ privileged: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['name'] },
);
const pod: fc.Arbitrary<JsonObject> = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record(
    {
      name: word,
      uid: word,
      generation: fc.nat(3),
      labels: fc.dictionary(word, word, { maxKeys: 3 }),
      finalizers: fc.array(word, { maxLength: 3 }),
      ownerReferences: fc.array(fc.record({ uid: word, name: word, kind: word, apiVersion: word }), { maxLength: 2 }),
    },
    { requiredKeys: ['name'] },
  ),
  spec: fc.record(
    {
      containers: fc.array(container, { maxLength: 3 }),
      nodeSelector: fc.dictionary(word, word, { maxKeys: 2 }),
      securityContext: fc.constant({}),
      tolerations: fc.array(fc.record({ key: word }), { maxLength: 2 }),
      volumes: fc.array(fc.record({ name: word, emptyDir: fc.constant({}) }), { maxLength: 2 }),
    },
    { requiredKeys: ['containers'] },
  ),
  status: fc.record({ phase: word }, { requiredKeys: [] }),
}) as fc.Arbitrary<JsonObject>;

const empty: JsonObject = {};
complete('core.v1.Pod', empty);
const write: Write = {
  manager: 'm',
  apiVersion: 'v1',
  kind: 'Pod',
  schema: applySchemaOf('core.v1.Pod'),
  empty,
  time: '2026-01-01T00:00:00Z',
};

/** What the comparison that serves all other writes makes of a creation. */
function byComparison(object: JsonObject, w: Write): string {
  const [entry] = writeManagers(update(new Map(), emptyObject(w), object, w));
  return JSON.stringify(entry?.fieldsV1 ?? {});
}

it.each<[string, Write]>([
  ['a kind with a schema', write],
  ['a path that cannot write the status', { ...write, resetFields: [['status']] }],
  ['a kind without a schema', { ...write, schema: DEDUCED, empty: {} }],
])('the creator of %s owns what a comparison with nothing says, in the same order', (_, w) => {
  fc.assert(
    fc.property(pod, (object) => {
      const reset = (w.resetFields ?? []).map(([name]) => name!);
      expect(JSON.stringify(fieldsOfNew(object, emptyObject(w), w.schema, reset))).toBe(byComparison(object, w));
    }),
    { numRuns: 500 },
  );
});
