import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../kube/index.ts';
import { type ApplySchema, DEDUCED } from '../schema/index.ts';
import { type Apply, applyConfiguration, extractOwned, trackChange } from './index.ts';
import { applySchema, SAMPLE, type Sample, valuesOf } from './sample-schema.ts';

const fields = (SAMPLE as { struct: Record<string, Sample> }).struct;
const ROOT: Sample = {
  struct: {
    apiVersion: 'scalar',
    kind: 'scalar',
    metadata: { struct: { name: 'scalar', annotations: { map: 'scalar' } } },
    spec: SAMPLE,
  },
};
const SCHEMA = applySchema(ROOT);

type Config = JsonObject & { spec: JsonObject };
const config = (spec: Json): Config => ({
  apiVersion: 'v1',
  kind: 'Sample',
  metadata: { name: 'x' },
  spec: spec as JsonObject,
});
const write = (manager: string, more: Partial<Apply> = {}): Apply => ({
  manager,
  apiVersion: 'v1',
  kind: 'Sample',
  schema: SCHEMA,
  time: '2026-01-01T00:00:00Z',
  ...more,
});
const apply = (live: Config | undefined, spec: Json, manager: string, more: Partial<Apply> = {}) =>
  frozen(applyConfiguration(live, frozen(config(spec)), write(manager, more)));

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) frozen(item);
  }
  return value;
}

/** Lists of elements that can be told apart may be in any order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

const { ports: _, ...plainFields } = fields;
const plainSpec = valuesOf({ struct: plainFields });

describe('applying', () => {
  test('twice is applying once, times included', () => {
    fc.assert(
      fc.property(plainSpec, valuesOf(SAMPLE), (others, spec) => {
        const once = apply(apply(undefined, others, 'other'), spec, 'me', { force: true });
        expect(apply(once, spec, 'me', { time: '2027-01-01T00:00:00Z' })).toEqual(once);
      }),
    );
  });

  test('what others do not mention never conflicts', () => {
    fc.assert(
      fc.property(valuesOf(SAMPLE), valuesOf(SAMPLE), fc.subarray(Object.keys(fields)), (a, b, mine) => {
        const part = (spec: Json, isMine: boolean) =>
          Object.fromEntries(Object.entries(spec as JsonObject).filter(([key]) => mine.includes(key) === isMine));
        const live = apply(undefined, part(a, true), 'a');
        expect(apply(live, part(b, false), 'b').spec).toEqual({ ...part(a, true), ...part(b, false) });
      }),
    );
  });

  test('what one owns afterwards is what one applied', () => {
    fc.assert(
      fc.property(plainSpec, plainSpec, (others, spec) => {
        const live = apply(apply(undefined, others, 'other'), spec, 'me', { force: true });
        expect(sorted(extractOwned(live, { manager: 'me' }, SCHEMA) as Json)).toEqual(sorted(config(spec)));
      }),
    );
  });

  test('nothing at all takes back everything that nobody else owns', () => {
    fc.assert(
      fc.property(plainSpec, (spec) => {
        const live = apply(undefined, spec, 'me');
        const { spec: left, metadata } = apply(live, {}, 'me');
        expect(left ?? {}).toEqual({});
        expect(metadata).toMatchObject({ managedFields: [{ manager: 'me', fieldsV1: { 'f:spec': {} } }] });
      }),
    );
  });

  test('a field with two owners stays until both give it up', () => {
    const both = apply(apply(undefined, { s: 1 }, 'a'), { s: 1 }, 'b');
    const one = apply(both, {}, 'a');
    expect(one.spec).toEqual({ s: 1 });
    expect(apply(one, { nested: { x: 1 } }, 'b').spec).toEqual({ nested: { x: 1 } });
  });

  test('to apply an updated field asks for force, which takes it over', () => {
    const live = apply(undefined, { s: 1 }, 'a');
    const updated = trackChange(live, config({ s: 2 }), write('editor')) as Config;
    expect(() => apply(updated, { s: 1 }, 'a')).toThrow(
      expect.objectContaining({
        code: 409,
        message: 'Apply failed with 1 conflict: conflict with "editor" using v1: .spec.s',
      }),
    );
    const forced = apply(updated, { s: 1 }, 'a', { force: true });
    expect(forced.metadata).toMatchObject({ managedFields: [{ manager: 'a', operation: 'Apply' }] });
  });

  test('several conflicts are listed by owner', () => {
    const live = apply(apply(undefined, { s: 1, nested: { x: 1 } }, 'a'), { set: ['a'], labels: { k: 'v' } }, 'b');
    expect(() => apply(live, { s: 2, nested: { x: 2 }, labels: { k: 'w' } }, 'c')).toThrow(
      'Apply failed with 3 conflicts: conflicts with "a":\n- .spec.s\n- .spec.nested.x\nconflicts with "b":\n- .spec.labels.k',
    );
  });

  test('what was there before anyone was on record belongs to before-first-apply', () => {
    const live = frozen(config({ s: 1 }));
    expect(() => apply(live, { s: 2 }, 'a')).toThrow(/"before-first-apply" using v1: \.spec\.s$/);
  });

  test.each<[string, Json, RegExp]>([
    ['another kind', { apiVersion: 'v1', kind: 'Other' }, /^invalid object type: \/v1, Kind=Other$/],
    ['managedFields', { ...config({}), metadata: { managedFields: [] } }, /^metadata.managedFields must be nil$/],
    [
      'an unknown field',
      config({ bogus: 1 }),
      /\(\/x; \/v1, Kind=Sample\): \.spec\.bogus: field not declared in schema$/,
    ],
    ['a double entry', config({ set: ['a', 'a'] }), /\.spec\.set: duplicate entries for key \[="a"\]$/],
    ['an entry without key', config({ items: [{ v: 1 }] }), /\.spec\.items: element 0: associative list with keys has/],
    ['a scalar for a list', config({ items: 1 }), /\.spec\.items: expected list, got 1$/],
    ['two faults', config({ a: 1, b: 2 }), /: errors:\n {2}\.spec\.a: field not .*\n {2}\.spec\.b: field not/],
    ['no object', [], /must be an object$/],
  ])('%s is refused', (_, applied, message) => {
    expect(() => applyConfiguration(undefined, applied, write('a'))).toThrow(
      expect.objectContaining({ code: 400, message: expect.stringMatching(message) }),
    );
  });
});

describe('a custom resource without schema', () => {
  test('is merged by fields, its lists are wholes', () => {
    const live = apply(undefined, { a: { b: 1 }, list: [1, { c: 2 }] }, 'a', { schema: DEDUCED });
    const both = apply(live, { a: { d: 2 } }, 'b', { schema: DEDUCED });
    expect(both.spec).toEqual({ a: { b: 1, d: 2 }, list: [1, { c: 2 }] });
    expect(() => apply(both, { list: [1] }, 'b', { schema: DEDUCED })).toThrow(/"a": \.spec\.list$/);
  });
});

describe('a schema that changes', () => {
  const wholeSpec: ApplySchema = applySchema({
    struct: { apiVersion: 'scalar', kind: 'scalar', metadata: 'any', spec: { map: 'any', atomic: true } },
  });
  test('so that a map is one thing makes its owners own it as one', () => {
    const live = apply(apply(undefined, { s: 1 }, 'a'), { labels: { k: 'v' } }, 'b');
    expect(() => apply(live, { s: 2 }, 'c', { schema: wholeSpec })).toThrow(
      'Apply failed with 2 conflicts: conflicts with "a":\n- .spec\nconflicts with "b":\n- .spec',
    );
    const updated = trackChange(live, config({ s: 3 }), write('c', { schema: wholeSpec }));
    expect(updated.metadata).toMatchObject({ managedFields: [{ manager: 'c', fieldsV1: { 'f:spec': {} } }] });
  });
});

test.each<[string, JsonObject, RegExp]>([
  ['a name', { apiVersion: 'v1', kind: 'Sample', metadata: { name: { toString: {} } } }, /typed patch object \(\/; /],
  ['a kind', { apiVersion: 'v1', kind: { toString: {} } }, /invalid object type: \/v1, Kind=$/],
])('%s that is no text is refused without being printed', (_, applied, why) => {
  expect(() => applyConfiguration(undefined, { ...applied, strange: 1 }, write('me'))).toThrow(why);
});
