import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Store } from './store.ts';
import { stubObject } from './stub-collection.ts';

const labelled = (name: string, labels: Record<string, string> = {}) => stubObject(name, '1', 'u', labels);

describe('a store', () => {
  it('indexes what was there before the index', () => {
    const store = new Store();
    store.set('a', labelled('a', { zone: 'east' }));
    store.addIndex('zone', (o) => Object.values(o.metadata.labels ?? {}));
    expect(store.byIndex('zone', 'east').map((o) => o.metadata.name)).toEqual(['a']);
  });

  it('keeps an object whose indexer throws, and tells', () => {
    const errors: unknown[] = [];
    const indexers = {
      bad: () => {
        throw new Error('no such field');
      },
      good: () => ['all'],
    };
    const store = new Store(indexers, (error) => errors.push(error));
    store.set('a', labelled('a'));
    expect(store.get('a')).toBeDefined();
    expect(store.byIndex('good', 'all')).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });

  it('finds by every index what a look at all objects would find', () => {
    const value = fc.constantFrom('x', 'y', 'z');
    const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), values: fc.option(fc.uniqueArray(value)) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const valuesOf = (o: { metadata: { labels?: Record<string, string> } }) => Object.keys(o.metadata.labels ?? {});
        const store = new Store({ labels: valuesOf });
        for (const { key, values } of changes) {
          if (values === null) store.delete(key);
          else store.set(key, labelled(key, Object.fromEntries(values.map((one) => [one, '']))));
        }
        for (const one of ['x', 'y', 'z']) {
          const found = store.byIndex('labels', one).map((o) => o.metadata.name);
          const all = [...store.list()].filter((o) => valuesOf(o).includes(one)).map((o) => o.metadata.name);
          expect(found.toSorted()).toEqual(all.toSorted());
        }
        const used = new Set([...store.list()].flatMap(valuesOf));
        expect([...store.indexValues('labels')].toSorted()).toEqual([...used].toSorted());
      }),
    );
  });
});
