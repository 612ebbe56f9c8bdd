/** Custom resources: their schemas, defaults, pruning, rules, versions and columns. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import type { Talk } from '../talk.ts';
import { named } from './drafts.ts';

interface Kind {
  readonly spec?: Json;
  readonly version?: Json;
  readonly crd?: Json;
}

/** A group of the case's own, so that kinds do not meet. */
const groupOf = (api: Talk) => `${api.name('g')}.example.com`;

function definition(api: Talk, { spec = {}, version = {}, crd = {} }: Kind): Json {
  const group = groupOf(api);
  return named('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `things.${group}`, {
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', shortNames: ['th'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...spec } } } },
          ...version,
        },
      ],
      ...crd,
    },
  });
}

const thing = (api: Talk, spec: Json, name = 'a', more: Json = {}) =>
  named(`${groupOf(api)}/v1`, 'Thing', name, { spec, ...more });
const at = (api: Talk, path = '') => `/apis/${groupOf(api)}/v1/namespaces/${api.namespace}/things${path}`;

const isEstablished = (crd: Json) =>
  crd.status?.conditions?.some((c: Json) => c.type === 'Established' && c.status === 'True');

async function establish(api: Talk, kind: Kind): Promise<void> {
  await api.quietly('POST', 'customresourcedefinitions', definition(api, kind));
  await api.until(`customresourcedefinitions/things.${groupOf(api)}`, (crd) => isEstablished(crd));
  await api.until(at(api), (list) => list?.kind === 'ThingList');
}

const properties = (fields: Json, more: Json = {}): Kind => ({ spec: { properties: fields, ...more } });
const spec = { pick: (o: Json) => o.spec };

/** Writes each of the specs. */
const writes =
  (kind: Kind, ...specs: Json[]) =>
  async (api: Talk) => {
    await establish(api, kind);
    for (const [i, each] of specs.entries()) await api.post(at(api), thing(api, each, `t${i}`), spec);
  };

/** Makes a CustomResourceDefinition and says what became of it. */
const defines = (kind: Kind) => (api: Talk) =>
  api.post('customresourcedefinitions', definition(api, kind), {
    query: { dryRun: 'All' },
    pick: (o) => o.spec.versions[0].schema,
  });

export const crds: Cases = {
  'a CustomResourceDefinition is filled in and established': async (api) => {
    await api.post('customresourcedefinitions', definition(api, {}));
    const { status } = await api.until(`customresourcedefinitions/things.${groupOf(api)}`, (crd) => isEstablished(crd));
    api.note('status', status);
  },
  'its name must be made of plural and group': (api) =>
    api.post('customresourcedefinitions', { ...definition(api, {}), metadata: { name: 'other.example.com' } }),
  'it must store one version': (api) =>
    api.post('customresourcedefinitions', definition(api, { version: { storage: false } })),
  'it must have a schema': (api) =>
    api.post('customresourcedefinitions', definition(api, { version: { schema: undefined } })),
  'names taken by another definition are not accepted': async (api) => {
    await establish(api, {});
    const group = groupOf(api);
    const other = definition(api, { crd: { names: { plural: 'others', singular: 'thing', kind: 'Thing' } } });
    await api.quietly('POST', 'customresourcedefinitions', { ...other, metadata: { name: `others.${group}` } });
    const { status } = await api.until(
      `customresourcedefinitions/others.${group}`,
      (crd) => crd.status?.conditions?.length >= 1,
    );
    api.note('conditions', status.conditions);
  },
  'types are checked': writes(
    properties({
      n: { type: 'integer' },
      s: { type: 'string' },
      l: { type: 'array', items: { type: 'string' } },
      b: { type: 'boolean' },
    }),
    { n: 1, s: 'x', l: ['a'], b: true },
    { n: '1' },
    { n: 1.5 },
    { s: 1 },
    { l: 'a' },
    { l: [1] },
    { b: 'yes' },
    { n: null },
  ),
  'bounds, patterns, formats and enums are checked': writes(
    properties({
      n: { type: 'integer', minimum: 1, maximum: 9 },
      s: { type: 'string', pattern: '^a+$', maxLength: 3 },
      e: { type: 'string', enum: ['x', 'y'] },
      f: { type: 'string', format: 'date-time' },
      l: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'integer' } },
      m: { type: 'number', multipleOf: 0.5 },
    }),
    { n: 0 },
    { n: 10 },
    { s: 'b' },
    { s: 'aaaa' },
    { e: 'z' },
    { f: 'today' },
    { l: [] },
    { l: [1, 2, 3] },
    { m: 0.7 },
    { n: 9, s: 'aaa', e: 'x', f: '2026-01-01T00:00:00Z', l: [1], m: 1.5 },
  ),
  'required fields are required': writes(properties({ a: { type: 'string' } }, { required: ['a'] }), {}, { a: 'x' }),
  'several faults are all named': writes(
    properties({ a: { type: 'string' }, n: { type: 'integer', maximum: 3 } }, { required: ['a', 'b'] }),
    { n: 7 },
  ),
  'oneOf, anyOf and not are checked': writes(
    {
      spec: {
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        oneOf: [{ required: ['a'] }, { required: ['b'] }],
        not: { required: ['c'] },
      },
    },
    { a: 1 },
    {},
    { a: 1, b: 2 },
  ),
  'an int-or-string takes both': writes(
    properties({ p: { 'x-kubernetes-int-or-string': true } }),
    { p: 1 },
    { p: '10%' },
    { p: true },
  ),
  'unknown fields are pruned': writes(properties({ a: { type: 'string' } }), { a: 'x', zap: 1 }),
  'unknown fields are refused when asked so': async (api) => {
    await establish(api, properties({ a: { type: 'string' } }));
    await api.post(at(api), thing(api, { a: 'x', zap: 1 }), { query: { fieldValidation: 'Strict' } });
    await api.post(at(api), thing(api, { a: 'x', zap: 1 }), { query: { fieldValidation: 'Ignore' } });
  },
  'unknown fields stay where they are preserved': writes(
    properties({ any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
    { any: { x: { y: [1] } }, zap: 1 },
  ),
  'embedded objects keep their metadata': writes(
    properties({
      o: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    }),
    { o: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', dance: 1 }, spec: {} } },
    { o: { kind: 'Pod' } },
  ),
  'defaults are filled in': writes(
    properties({
      a: { type: 'string', default: 'x' },
      o: { type: 'object', default: {}, properties: { n: { type: 'integer', default: 3 } } },
      l: { type: 'array', items: { type: 'object', properties: { p: { type: 'string', default: 'TCP' } } } },
    }),
    {},
    { a: 'y', o: { n: 1 }, l: [{}, { p: 'UDP' }] },
    { a: null },
  ),
  'a null stays only where it may': writes(
    properties({ a: { type: 'string', nullable: true }, b: { type: 'string' } }),
    { a: null },
    { b: null },
  ),
  'sets and maps refuse doubles': writes(
    properties({
      s: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      m: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } },
      },
    }),
    { s: ['a', 'a'] },
    { m: [{ k: 'a' }, { k: 'a' }] },
    { s: ['a', 'b'], m: [{ k: 'a' }, { k: 'b' }] },
  ),
  'lists merge under apply as the schema says': async (api) => {
    await establish(
      api,
      properties({
        m: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } },
        },
        a: { type: 'array', items: { type: 'string' } },
      }),
    );
    await api.apply('one', at(api, '/a'), thing(api, { m: [{ k: 'a', v: '1' }], a: ['x'] }), spec);
    await api.apply('two', at(api, '/a'), thing(api, { m: [{ k: 'b', v: '2' }] }), spec);
    await api.apply('two', at(api, '/a'), thing(api, { m: [{ k: 'a', v: '2' }] }));
    await api.apply('two', at(api, '/a'), thing(api, { a: ['y'] }));
  },
  'rules are held': writes(
    {
      spec: {
        properties: { min: { type: 'integer' }, max: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: 'self.min <= self.max', message: 'min above max' }],
      },
    },
    { min: 1, max: 2 },
    { min: 3, max: 2 },
  ),
  'messages of rules may be worked out': writes(
    {
      spec: {
        properties: {
          n: {
            type: 'integer',
            'x-kubernetes-validations': [
              {
                rule: 'self < 5',
                messageExpression: '"got " + (self > 6 ? "many" : "some")',
                reason: 'FieldValueForbidden',
              },
              { rule: 'self != 7' },
            ],
          },
        },
      },
    },
    { n: 7 },
    { n: 4 },
  ),
  'rules know functions of Kubernetes': writes(
    {
      spec: {
        properties: {
          q: {
            type: 'string',
            maxLength: 20,
            'x-kubernetes-validations': [{ rule: 'quantity(self).isLessThan(quantity("1Gi"))' }],
          },
          u: {
            type: 'string',
            maxLength: 99,
            'x-kubernetes-validations': [{ rule: 'isURL(self) && url(self).getScheme() == "https"' }],
          },
          l: {
            type: 'array',
            maxItems: 5,
            items: { type: 'string', maxLength: 9 },
            'x-kubernetes-validations': [{ rule: 'self.all(x, self.exists_one(y, x == y)) && self.isSorted()' }],
          },
        },
      },
    },
    { q: '1Mi', u: 'https://x/y', l: ['a', 'b'] },
    { q: '2Gi' },
    { u: 'http://x' },
    { l: ['b', 'a'] },
  ),
  'a rule that fails to run refuses': writes(
    {
      spec: {
        properties: {
          n: { type: 'integer' },
          m: {
            type: 'object',
            additionalProperties: { type: 'integer' },
            'x-kubernetes-validations': [{ rule: 'self["none"] == 1' }],
          },
        },
      },
    },
    { m: { a: 1 } },
  ),
  'transition rules hold on change only': async (api) => {
    await establish(api, {
      spec: {
        properties: {
          fixed: {
            type: 'string',
            'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is fixed' }],
          },
          n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
        },
      },
    });
    await api.post(at(api), thing(api, { fixed: 'x', n: 3 }), spec);
    await api.patch('merge', at(api, '/a'), { spec: { n: 4 } }, spec);
    await api.patch('merge', at(api, '/a'), { spec: { n: 2 } });
    await api.patch('merge', at(api, '/a'), { spec: { fixed: 'y' } });
    await api.patch('merge', at(api, '/a'), { spec: { fixed: null } }, spec);
  },
  'an optional old self is there on create too': async (api) => {
    await establish(api, {
      spec: {
        properties: {
          n: {
            type: 'integer',
            'x-kubernetes-validations': [
              { rule: 'oldSelf.hasValue() ? self > oldSelf.value() : self == 0', optionalOldSelf: true },
            ],
          },
        },
      },
    });
    await api.post(at(api), thing(api, { n: 1 }));
    await api.post(at(api), thing(api, { n: 0 }), spec);
    await api.patch('merge', at(api, '/a'), { spec: { n: 0, x: 1 } }, spec);
    await api.patch('merge', at(api, '/a'), { spec: { n: 1 } }, spec);
  },
  'what was invalid before may stay so': async (api) => {
    await establish(api, properties({ e: { type: 'string' }, n: { type: 'integer' } }));
    await api.quietly('POST', at(api), thing(api, { e: 'old', n: 1 }));
    const path = `customresourcedefinitions/things.${groupOf(api)}`;
    await api.quietly(
      'PATCH',
      path,
      [
        {
          op: 'add',
          path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/e/enum',
          value: ['new'],
        },
      ],
      { headers: { 'content-type': 'application/json-patch+json' } },
    );
    await api.until(at(api, '/probe'), (value) => value === undefined);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await api.patch('merge', at(api, '/a'), { spec: { n: 2 } }, spec);
    await api.patch('merge', at(api, '/a'), { spec: { e: 'older' } });
    await api.patch('merge', at(api, '/a'), { spec: { e: 'new' } }, spec);
  },
  'a rule that does not compile is refused': defines({
    spec: { 'x-kubernetes-validations': [{ rule: 'self.none == 1' }] },
  }),
  'a rule that is no condition is refused': defines({
    spec: { properties: { n: { type: 'integer' } }, 'x-kubernetes-validations': [{ rule: 'self.n + 1' }] },
  }),
  'a rule that may cost too much is refused': defines({
    spec: {
      properties: { l: { type: 'array', items: { type: 'array', items: { type: 'string' } } } },
      'x-kubernetes-validations': [{ rule: 'self.l.all(x, x.all(y, self.l.all(z, z.all(w, w == y))))' }],
    },
  }),
  'a schema that is not structural is refused': defines({ spec: { properties: { a: { description: 'no type' } } } }),
  'a default that does not fit is refused': defines(properties({ n: { type: 'integer', default: 'x' } })),
  'a pattern that is none is refused': defines(properties({ s: { type: 'string', pattern: '(' } })),
  'a list map without keys is refused': defines(
    properties({ l: { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } } }),
  ),
  'a type that is none is refused': defines(properties({ s: { type: 'text' } })),
  'a reference in a schema is refused': defines(properties({ s: { type: 'object', $ref: '#/x' } })),
  'unique items in a schema are refused': defines(
    properties({ u: { type: 'array', uniqueItems: true, items: { type: 'string' } } }),
  ),
  'status has a door of its own': async (api) => {
    await establish(api, {
      version: {
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { n: { type: 'integer' } } },
              status: { type: 'object', properties: { ok: { type: 'boolean' } } },
            },
          },
        },
      },
    });
    await api.post(at(api), thing(api, { n: 1 }, 'a', { status: { ok: true } }));
    await api.patch('merge', at(api, '/a/status'), { spec: { n: 2 }, status: { ok: true } });
    await api.patch('merge', at(api, '/a'), { spec: { n: 3 }, status: { ok: false } });
    await api.patch('merge', at(api, '/a/status'), { status: { ok: 'yes' } });
    await api.get(at(api, '/a/status'));
    await api.get(at(api, '/a/scale'));
  },
  'without a door of its own status is a field like others': async (api) => {
    await establish(api, {
      version: { schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    });
    await api.post(at(api), thing(api, { n: 1 }, 'a', { status: { ok: true } }));
    await api.patch('merge', at(api, '/a'), { status: { ok: false } });
    await api.get(at(api, '/a/status'));
  },
  'scale reads and writes by its paths': async (api) => {
    await establish(api, {
      version: {
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.size',
            statusReplicasPath: '.status.size',
            labelSelectorPath: '.status.selector',
          },
        },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    });
    await api.post(at(api), thing(api, { size: 2 }), spec);
    await api.quietly(
      'PATCH',
      at(api, '/a/status'),
      { status: { size: 1, selector: 'a=b' } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    );
    await api.get(at(api, '/a/scale'));
    await api.patch('merge', at(api, '/a/scale'), { spec: { replicas: 5 } });
    await api.get(at(api, '/a'), spec);
    await api.patch('merge', at(api, '/a/scale'), { spec: { replicas: -1 } });
  },
  'columns are printed as they say': async (api) => {
    const columns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Tags', type: 'string', jsonPath: '.spec.tags[*]', priority: 1 },
      { name: 'None', type: 'string', jsonPath: '.spec.none', description: 'not there' },
      { name: 'Since', type: 'date', jsonPath: '.spec.since' },
    ];
    await establish(api, {
      version: {
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    });
    await api.quietly('POST', at(api), thing(api, { size: 2, tags: ['a', 'b'], since: '2001-01-01T00:00:00Z' }));
    await api.get(at(api), {
      headers: { accept: TABLE },
      pick: (t) => ({ columns: t.columnDefinitions, cells: t.rows[0].cells.slice(0, 4) }),
    });
  },
  'without columns name and age are printed': async (api) => {
    await establish(api, {});
    await api.quietly('POST', at(api), thing(api, {}));
    await api.get(at(api), {
      headers: { accept: TABLE },
      pick: (t) => ({ columns: t.columnDefinitions, cells: t.rows[0].cells.slice(0, 1) }),
    });
  },
  'fields may be made selectable': async (api) => {
    await establish(api, {
      version: {
        selectableFields: [{ jsonPath: '.spec.color' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { color: { type: 'string' } } } },
          },
        },
      },
    });
    await api.quietly('POST', at(api), thing(api, { color: 'red' }, 'a'));
    await api.quietly('POST', at(api), thing(api, { color: 'blue' }, 'b'));
    await api.get(at(api), {
      query: { fieldSelector: 'spec.color=red' },
      pick: (l) => l.items.map((o: Json) => o.metadata.name),
    });
    await api.get(at(api), { query: { fieldSelector: 'spec.size=1' } });
  },
  'each version is served, and stored as one': async (api) => {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await establish(api, {
      crd: {
        versions: [
          { name: 'v1', served: true, storage: true, schema },
          {
            name: 'v1beta1',
            served: true,
            storage: false,
            schema,
            deprecated: true,
            deprecationWarning: 'v1beta1 is old',
          },
          { name: 'v0', served: false, storage: false, schema },
        ],
      },
    });
    await api.quietly('POST', at(api), thing(api, { n: 1 }));
    await api.get(at(api, '/a').replace('/v1/', '/v1beta1/'));
    await api.get(at(api, '/a').replace('/v1/', '/v0/'));
    const other = { ...thing(api, { n: 2 }, 'b'), apiVersion: `${groupOf(api)}/v1beta1` };
    await api.post(at(api).replace('/v1/', '/v1beta1/'), other);
    await api.get(at(api, '/b'));
  },
  'custom resources are made, changed and deleted like any other': async (api) => {
    await establish(api, properties({ n: { type: 'integer' } }));
    await api.post(at(api), thing(api, { n: 1 }));
    await api.post(at(api), thing(api, { n: 1 }));
    await api.patch('json', at(api, '/a'), [{ op: 'replace', path: '/spec/n', value: 2 }]);
    await api.patch('strategic', at(api, '/a'), { spec: { n: 3 } });
    await api.put(at(api, '/a'), thing(api, { n: 4 }));
    await api.get(at(api));
    await api.delete(at(api, '/a'));
    await api.post(at(api), { ...thing(api, { n: 1 }), kind: 'Thong' });
  },
  'the generation of a custom resource counts its changes': async (api) => {
    await establish(api, {
      version: { schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    });
    const generation = { pick: (o: Json) => o.metadata.generation };
    await api.post(at(api), thing(api, { n: 1 }), generation);
    await api.patch('merge', at(api, '/a'), { metadata: { labels: { x: 'y' } } }, generation);
    await api.patch('merge', at(api, '/a'), { spec: { n: 2 } }, generation);
    await api.patch('merge', at(api, '/a'), { more: 1 }, generation);
  },
  'the definition goes with all that it defined': async (api) => {
    await establish(api, {});
    await api.quietly('POST', at(api), thing(api, {}));
    await api.delete(`customresourcedefinitions/things.${groupOf(api)}`, undefined, {
      pick: (o) => [o.kind, o.metadata.finalizers, o.status.conditions?.map((c: Json) => [c.type, c.status])],
    });
    await api.until(`customresourcedefinitions/things.${groupOf(api)}`, (crd) => crd === undefined);
    await api.until(at(api), (list) => list === undefined);
    await api.get(at(api));
  },
  'what a custom resource is, discovery and OpenAPI say': async (api) => {
    await establish(api, {
      spec: { properties: { n: { type: 'integer', description: 'how many' } } },
      version: { subresources: { status: {} } },
      crd: { names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all'] } },
    });
    await api.get(`/apis/${groupOf(api)}/v1`);
    await api.get(`/apis/${groupOf(api)}`);
    await api.until(`/openapi/v3/apis/${groupOf(api)}/v1`, (doc) => doc?.components !== undefined);
    await api.get(`/openapi/v3/apis/${groupOf(api)}/v1`, {
      pick: (doc) => ({
        paths: Object.keys(doc.paths).sort(),
        thing: Object.entries(doc.components.schemas).find(([name]) => name.endsWith('.Thing'))?.[1],
      }),
    });
  },
};

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
