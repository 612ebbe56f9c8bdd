import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fault, filesUnder, importsOf, specifiersIn } from './rooms.ts';

const sources = filesUnder('src').filter((path) => path.endsWith('.ts'));

describe('the rooms of src/', () => {
  it('hold files, or nothing below would be proved', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(20);
  });

  it('import downwards only, and only through an index', () => {
    expect(sources.flatMap(importsOf).map(fault).filter(Boolean)).toEqual([]);
  });

  it('have words that are of use without the room: a vocabulary imports nothing', () => {
    const vocabularies = sources.filter((path) => basename(path) === 'vocabulary.ts');
    expect(vocabularies.length).toBeGreaterThan(3);
    expect(vocabularies.flatMap(importsOf)).toEqual([]);
  });

  it('have no file outside a room', () => {
    expect(sources.filter((path) => path.split('/').length < 3)).toEqual([]);
  });

  it('have no file or folder named for nothing in particular', () => {
    const vague = /^(utils?|helpers?|common|misc|types|shared)(\.|$)/;
    const all = [...sources, ...filesUnder('test'), ...filesUnder('docs')];
    expect(all.filter((path) => path.split('/').some((part) => vague.test(basename(part))))).toEqual([]);
  });

  it('stay below five hundred lines a file of code', async () => {
    const { readFileSync } = await import('node:fs');
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 500);
    expect(long).toEqual([]);
  });
});

describe('the layering rule', () => {
  it('sees every way to import', () => {
    const source = [
      "import a from './a.ts';",
      "import type { B } from '../b.ts';",
      "export * from './c.ts';",
      "import {\n  d,\n} from './d.ts';",
      "import './e.ts';",
      "const f = () => import('./f.ts');",
      "new Worker(new URL('./g.ts', import.meta.url));",
      "// import h from './h.ts';",
      "/* import i from './i.ts'; */",
    ].join('\n');
    expect(specifiersIn(source).map((name) => name.match(/\w(?=\.ts)/)![0])).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'g',
    ]);
  });

  it('refuses what goes up, sideways, past an index or into an unknown room', () => {
    const from = 'src/fleet/host.ts';
    expect(fault({ from, to: 'src/kube/index.ts' })).toBeUndefined();
    expect(fault({ from, to: 'src/fleet/pod.ts' })).toBeUndefined();
    expect(fault({ from, to: 'src/kube/vocabulary.ts' })).toBeUndefined();
    expect(fault({ from, to: 'package.json' })).toBeUndefined();
    expect(fault({ from, to: 'src/kube/client.ts' })).toContain('past the index');
    expect(fault({ from: 'src/fleet/host.test.ts', to: 'src/control/fixture.ts' })).toBeUndefined();
    expect(fault({ from, to: 'src/control/fixture.ts' })).toContain('past the index');
    expect(fault({ from, to: 'src/cli/index.ts' })).toContain('go down only');
    expect(fault({ from: 'src/groups/a.ts', to: 'src/nodes/index.ts' })).toContain('go down only');
    expect(fault({ from, to: 'src/attic/index.ts' })).toContain('no level');
  });
});
