import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { cells, created, kind, words } from './fixture.ts';
import { builtInKinds } from './index.ts';
import { least } from './least.ts';

const all = builtInKinds.map((d) => ({
  name: `${d.group}/${d.version} ${d.kind}`,
  definition: d,
  draft: least[d.kind] ?? {},
}));

describe('the built-in kinds', () => {
  it('are each served at a path of their own', () => {
    const paths = builtInKinds.map((d) => `${d.group}/${d.version}/${d.plural}`);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('include what ordinary manifests name', () => {
    const kinds = ['Pod', 'Deployment', 'Service', 'Ingress', 'ConfigMap', 'Secret', 'Job', 'CronJob', 'StatefulSet'];
    expect(kinds.map((name) => kind(name).kind)).toEqual(kinds);
  });

  it.each(all)('$name takes the least that it needs', ({ definition, draft }) => {
    expect(words(created(definition.kind, draft, definition.group).errors)).toBe('');
  });

  it.each(all)('$name has nothing to default in what is defaulted', ({ definition, draft }) => {
    const { object } = created(definition.kind, draft, definition.group);
    const again = structuredClone(object);
    definition.strategy?.default?.(again);
    expect(again).toStrictEqual(object);
  });

  it.each(all)('$name may be written again as it is', ({ definition, draft }) => {
    const { object } = created(definition.kind, draft, definition.group);
    for (const subresource of definition.status ? [undefined, 'status'] : [undefined]) {
      const again = structuredClone(object);
      definition.strategy?.prepareForUpdate?.(again, object, subresource);
      expect(again).toStrictEqual(object);
      expect(definition.strategy?.validateUpdate?.(again, object, subresource) ?? []).toEqual([]);
    }
  });

  it.each(all)('$name prints one cell a column', ({ definition, draft }) => {
    const { object } = created(definition.kind, draft, definition.group);
    const printed = cells(definition.kind, object, true);
    expect(printed.filter((cell) => cell === undefined)).toEqual([]);
    expect(definition.columns?.filter((c) => c.name === 'Name')).toHaveLength(1);
  });

  it.each(builtInKinds.filter((d) => d.status))(
    '$kind may not be created with a status of its own',
    ({ kind: name }) => {
      if (name === 'Node') return;
      const { object } = created(name, { ...least[name], status: { madeUp: true } });
      expect(object.status).not.toHaveProperty('madeUp');
    },
  );

  it.each(all)('$name is judged, whatever it lacks', ({ definition, draft }) => {
    const { object } = created(definition.kind, draft, definition.group);
    for (const path of pathsOf(object)) {
      if (path[0] === 'metadata') continue;
      const lacking = structuredClone(object);
      remove(lacking, path);
      expect(() => created(definition.kind, lacking, definition.group), path.join('.')).not.toThrow();
      definition.strategy?.default?.(lacking);
      expect(() => definition.strategy?.validateUpdate?.(lacking, object, undefined), path.join('.')).not.toThrow();
    }
  });

  it.each(all)('$name is judged when it is empty', ({ definition, draft }) => {
    expect(() => created(definition.kind, {}, definition.group)).not.toThrow();
    expect(() => created(definition.kind, { metadata: { name: undefined } }, definition.group)).not.toThrow();
    expect(() => created(definition.kind, { ...draft, metadata: { name: undefined } }, definition.group)).not.toThrow();
    expect(() => created(definition.kind, { spec: {}, status: {} }, definition.group)).not.toThrow();
  });
});

/** Where something is in an object, from the outside in. */
function pathsOf(value: Json, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [[...at, key], ...pathsOf(value[key], [...at, key])]);
}

/** Takes a field away; of a list's element only the content, as lists have no holes. */
function remove(object: Json, path: readonly string[]): void {
  const parent = path.slice(0, -1).reduce((o, step) => o[step], object);
  const last = path.at(-1)!;
  if (Array.isArray(parent)) parent[Number(last)] = typeof parent[Number(last)] === 'object' ? {} : '';
  else delete parent[last];
}
