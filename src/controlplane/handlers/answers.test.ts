import { beforeAll, describe, expect, it } from 'vitest';
import { MASTER, TestPlane } from '../plane.testing.ts';
import type { Json } from '../registry/definition.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
let plane: TestPlane;

beforeAll(async () => {
  plane = await TestPlane.start();
  for (const name of ['a', 'b', 'c'])
    await plane.put({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name, namespace: 'default', labels: { is: name }, creationTimestamp: '2026-01-01T00:00:00Z' },
      data: { x: '1' },
    });
});

const get = (path: string, accept = 'application/json') => plane.ask(MASTER, 'GET', path, { headers: { accept } });
const names = (list: Json): string[] => list.items.map((item: Json) => item.metadata.name);

describe('a list', () => {
  it.each<[string, string, string[]]>([
    ['is of everything', '', ['a', 'b', 'c']],
    ['is of what labels say', '?labelSelector=is%20in%20(a,c)', ['a', 'c']],
    ['is of what labels say not', '?labelSelector=is!%3Da', ['b', 'c']],
    ['is of the name', '?fieldSelector=metadata.name%3Db', ['b']],
    ['is of all other names', '?fieldSelector=metadata.name!%3Db', ['a', 'c']],
    ['is of nothing where both cannot be', '?fieldSelector=metadata.name%3Db&labelSelector=is%3Da', []],
    ['is of nothing in another namespace', '?fieldSelector=metadata.namespace%3Dother', []],
  ])('%s: %s', async (_, query, expected) => {
    const { body } = await get(`${MAPS}${query}`);
    expect(names(body)).toEqual(expected);
    expect([body.kind, body.apiVersion]).toEqual(['ConfigMapList', 'v1']);
  });

  it.each(['labelSelector=%3D%3D%3D', 'fieldSelector=spec.made.up%3Dx', 'labelSelector=a%20in'])(
    'refuses %s',
    async (query) => {
      expect((await get(`${MAPS}?${query}`)).status).toBe(400);
    },
  );

  it('comes page by page, and says how many are left', async () => {
    const first = (await get(`${MAPS}?limit=2`)).body;
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 1]);
    const last = (await get(`${MAPS}?limit=2&continue=${first.metadata.continue}`)).body;
    expect([names(last), last.metadata.continue]).toEqual([['c'], undefined]);
    expect(last.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('does not reach into another namespace by a token of one', async () => {
    const { body } = await get('/api/v1/configmaps?limit=1');
    expect(names((await get(`/api/v1/namespaces/other/configmaps?continue=${body.metadata.continue}`)).body)).toEqual(
      [],
    );
  });
});

describe('a Table', () => {
  it.each<[string, unknown]>([
    ['None', null],
    ['Metadata', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }],
    ['Object', { kind: 'ConfigMap', data: { x: '1' } }],
  ])('carries of each object as much as is asked for: %s', async (include, expected) => {
    const { body } = await get(`${MAPS}/a?includeObject=${include}`, TABLE);
    expect(body.columnDefinitions.map((c: Json) => c.name)).toEqual(['Name', 'Data', 'Age']);
    expect(body.rows[0].cells.slice(0, 2)).toEqual(['a', 1]);
    if (expected === null) expect(body.rows[0].object).toBeNull();
    else expect(body.rows[0].object).toMatchObject(expected as object);
  });

  it('of all is one Table', async () => {
    expect((await get(MAPS, TABLE)).body.rows.length).toBe(3);
    expect((await get(`${MAPS}?includeObject=Some`, TABLE)).status).toBe(400);
  });
});

it('metadata alone come without the rest', async () => {
  const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
  const { body } = await get(MAPS, partial);
  expect(body.kind).toBe('PartialObjectMetadataList');
  expect(body.items[0].data).toBeUndefined();
  expect(body.items[0].kind).toBe('PartialObjectMetadata');
});
