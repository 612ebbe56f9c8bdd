import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestStore, testPod } from '../store.testing.ts';
import { coresOf, unitsOf } from './amount.ts';
import { jsonPath } from './json-path.ts';
import { longName, shortName } from './table-name.ts';

const CANARY = 'c4n4ry-5e12';
let store: TestStore;
beforeAll(async () => {
  store = await TestStore.start();
});
afterAll(() => store.stop());

const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-02T03:04:05Z',
  ...more,
});

describe('amounts', () => {
  it('8 are exact, or NULL where they are none or do not fit', () => {
    const cores = {
      '100m': 0.1,
      '1e3': 1000,
      '0.5': 0.5,
      '1u': 1e-6,
      '1n': 1e-9,
      '-1': -1,
      x: null,
      '': null,
      '1 Gi': null,
    };
    for (const [text, value] of Object.entries(cores)) expect(coresOf(text), text).toBe(value);
    const units = {
      '1.5Gi': 1_610_612_736n,
      '128974848': 128_974_848n,
      '129e6': 129_000_000n,
      '129M': 129_000_000n,
      '123Mi': 128_974_848n,
      '100m': 1n,
      '1e30': null,
      '-1Ki': -1024n,
    };
    for (const [text, value] of Object.entries(units)) expect(unitsOf(text), text).toBe(value);
    expect(coresOf(undefined)).toBeNull();
  });
});

describe('Pods', () => {
  it('9 count what their containers of every sort want and how often they started again', async () => {
    const resources = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory } } });
    const spec = {
      containers: [
        { name: 'a', image: 'x', ...resources('100m', '1Gi') },
        { name: 'b', image: 'y', ...resources('0.2', '512Mi') },
      ],
      initContainers: [
        { name: 'i', image: 'z', ...resources('2', '64Mi') },
        { name: 's', image: 'z', restartPolicy: 'Always', ...resources('50m', '1Mi') },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'busybox' }],
      overhead: { cpu: '10m' },
    };
    const status = {
      containerStatuses: [
        { name: 'a', restartCount: 3, ready: true, state: { running: { startedAt: '2026-01-02T03:04:05Z' } } },
      ],
      initContainerStatuses: [
        { name: 'i', restartCount: 2, ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
      ],
    };
    await store.put('Pod', [testPod('nine', { spec, status })]);
    expect(
      await store.rows("select cpu_request, memory_request, restart_count, containers from pods where name = 'nine'"),
    ).toEqual([[2.01, 1_611_661_312n, 5, 2]]);
    expect(
      await store.rows("select name, type, state, restart_count from containers where pod_name = 'nine' order by 1"),
    ).toEqual([
      ['a', 'container', 'running', 3],
      ['b', 'container', null, null],
      ['debug', 'ephemeral', null, null],
      ['i', 'init', 'terminated', 2],
      ['s', 'init', null, null],
    ]);
  });

  it('10 11 may lack a host, labels, times and an ordinary uid, and may carry a megabyte', async () => {
    const bare = {
      metadata: {
        name: 'bare',
        namespace: 'default',
        uid: 'not-a-uuid',
        resourceVersion: '1',
        creationTimestamp: null,
      },
      spec: { containers: [] },
    };
    const long = testPod('n'.repeat(250), { annotations: { big: 'x'.repeat(1 << 20) }, uid: 'long' });
    await store.put('Pod', [bare, long]);
    expect(
      await store.rows(
        "select node_name, labels, created_at, age, ready, cpu_request from pods where uid = 'not-a-uuid'",
      ),
    ).toEqual([[null, {}, null, null, false, null]]);
    expect(await store.rows("select len(name), len(annotations['big']) from pods where uid = 'long'")).toEqual([
      [250n, 1_048_576n],
    ]);
  });

  it('6 are found by labels in every way of writing that', async () => {
    await store.put('Pod', [
      testPod('six', { labels: { 'app.kubernetes.io/name': 'web', env: 'prod' } }),
      testPod('other', { labels: { env: 'test' } }),
    ]);
    for (const where of [
      "labels['app.kubernetes.io/name'] = 'web'",
      "labels->>'app.kubernetes.io/name' = 'web' AND labels->>'env' = 'prod'",
      "labels['env'] in ('prod', 'x')",
      "name ~ 'ix$' and not labels['env'] is null",
    ]) {
      expect(await store.rows(`select name from pods where ${where}`), where).toEqual([['six']]);
    }
  });
});

describe('what is secret', () => {
  it('21 22 23 is in no table: not of Secrets, not of variables, not of annotations that hold copies', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': CANARY,
      'example.com/token': CANARY,
      fine: 'yes',
    };
    const data = { password: Buffer.from(CANARY).toString('base64') };
    await store.put('Secret', [
      { metadata: metadata('s', { annotations }), type: 'Opaque', data, stringData: { more: CANARY } },
    ]);
    const containers = [
      {
        name: 'c',
        image: 'i',
        env: [
          { name: 'KEY', value: CANARY },
          { name: 'REF', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
      },
    ];
    await store.put('Pod', [testPod('secretive', { spec: { containers }, annotations })]);
    const template = { metadata: { annotations }, spec: { containers } };
    await store.put('Deployment', [
      { metadata: metadata('d', { annotations }), spec: { replicas: 1, template, password: CANARY } },
    ]);
    for (const table of store.source.tables) {
      const rows = await store.rows(`select * from ${table.name}`);
      const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      expect(text, table.name).not.toContain(CANARY);
      expect(text, table.name).not.toContain(data.password);
    }
    expect(await store.rows('select type, keys, annotations from secrets')).toEqual([
      ['Opaque', ['password'], { fine: 'yes' }],
    ]);
    expect(await store.rows('select key, size from secret_keys')).toEqual([['password', BigInt(CANARY.length)]]);
    expect(await store.rows("select env_names from containers where pod_name = 'secretive'")).toEqual([
      [['KEY', 'REF']],
    ]);
    expect(
      await store.rows("select spec->'template'->'spec'->'containers'->0->'env'->0->>'value' from deployments"),
    ).toEqual([['***']]);
  });

  it('28 24 rows of hidden namespaces show in no count, join, error or catalogue', async () => {
    await store.put('Pod', [testPod('open', { namespace: 'mine' }), testPod('hidden-name', { namespace: 'theirs' })]);
    const grants = ({ plural }: { plural: string }) => (plural === 'pods' ? (['mine'] as const) : undefined);
    const ask = (sql: string) => store.rows(sql, { grants });
    expect(await ask('select namespace, count(*) from pods group by 1')).toEqual([['mine', 1n]]);
    expect(await ask('select count(*) from containers')).toEqual([[1n]]);
    for (const expression of [
      'name::int',
      'error',
      '1 / (length(name) - 11)',
      'cast(uid as timestamp)',
      "strptime(name, '%Y')",
      'name::uuid',
      'json(name)',
    ]) {
      for (const shape of [
        `select ${expression} from pods`,
        `select * from pods where ${expression} is null`,
        `select max(${expression}) from pods`,
        `select * from pods order by ${expression}`,
      ]) {
        const refusal = await store.refusal(shape, { grants });
        expect(refusal?.message ?? '', shape).not.toContain('hidden');
      }
    }
    expect(await store.refusal('select name::int from pods', { grants })).toMatchObject({
      code: '22P02',
      message: 'a value is not what the query takes it for',
    });
    for (const sql of [
      'select * from nodes',
      'select * from secrets',
      'select * from nosuch',
      'explain select * from pods',
      'select * from tables_status',
    ]) {
      expect((await store.refusal(sql, { grants }))?.code, sql).toBe('42501');
    }
  });
});

describe('names', () => {
  it('4 are the plural in snake_case, with the group behind', () => {
    const of = (kind: string, plural: string, group = '') => [
      shortName({ kind, plural }),
      longName({ kind, plural, group }),
    ];
    expect(of('NetworkPolicy', 'networkpolicies', 'networking.k8s.io')).toEqual([
      'network_policies',
      'network_policies__networking_k8s_io',
    ]);
    expect(of('IPPool', 'ippools', 'network.jdos.jd.com')).toEqual(['ip_pools', 'ip_pools__network_jdos_jd_com']);
    expect(of('Pod', 'pods')).toEqual(['pods', 'pods__core']);
    expect(of('HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'autoscaling')[0]).toBe(
      'horizontal_pod_autoscalers',
    );
  });
});

describe('paths of printed columns', () => {
  it('read fields, quoted fields, places and conditions', () => {
    const object = { spec: { a: [1, 2], 'x.y': 3 }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const at = (path: string) => jsonPath(path)?.(object);
    expect(at('.spec.a[1]')).toBe(2);
    expect(at('.spec.x\\.y')).toBe(3);
    expect(at(".spec['x.y']")).toBe(3);
    expect(at('.status.conditions[?(@.type=="Ready")].status')).toBe('True');
    expect(at('.spec.none.deep')).toBeUndefined();
    expect(jsonPath('.spec..a')).toBeUndefined();
  });
});
