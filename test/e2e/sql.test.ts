/** `jdos sql` against a running `jdos up`, as a person would use it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from './harness.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.up({ args: ['--hosts', '3'] });
});
afterAll(() => cluster.stop());

const sql = (query: string, ...options: string[]) => cluster.jdos(['sql', query, ...options]);
const rows = async (query: string) => {
  const { code, stdout, stderr } = await sql(query, '-o', 'json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>[];
};

describe('jdos sql', () => {
  it('answers the first question soon after the first start, in a table with units one can sum', async () => {
    expect(await sql('select count(*) as hosts, sum(cpu_allocatable) > 0 as cores from nodes where ready')).toEqual({
      code: 0,
      stdout: 'hosts   cores\n3       true\n',
      stderr: '',
    });
  });

  it('51 gives the same rows as table, JSON, YAML and CSV', async () => {
    const query = "select name, ready, labels['jdos.jd.com/rack'] is not null as rack from nodes order by name limit 1";
    const [json, yaml, csv, table] = await Promise.all(
      ['json', 'yaml', 'csv', 'table'].map((o) => sql(query, '-o', o)),
    );
    const [row] = JSON.parse(json!.stdout) as [{ name: string }];
    expect(row).toMatchObject({ ready: true, rack: true });
    expect(yaml!.stdout).toBe(`- name: ${row.name}\n  ready: true\n  rack: true\n`);
    expect(csv!.stdout).toBe(`name,ready,rack\r\n${row.name},true,true\r\n`);
    expect(table!.stdout.split('\n')[1]).toBe(`${row.name}   true    true`);
  });

  it('sees within moments what kubectl changes', async () => {
    await cluster.kubectlOk('create namespace shop');
    await cluster.kubectlOk('create deployment web -n shop --image=nginx:1.29 --replicas=2');
    const seen = await cluster.until(
      () => rows("select image, count(*) n from containers where namespace = 'shop' and ready group by 1"),
      (found) => found[0]?.n === 2,
    );
    expect(seen).toEqual([{ image: 'nginx:1.29', n: 2 }]);
    await cluster.kubectlOk('delete namespace shop');
    await cluster.until(
      () => rows("select name from pods where namespace = 'shop'"),
      (found) => found.length === 0,
    );
  });

  it('3 has a table for a kind soon after its definition, and none after that is gone', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ships.sea.example' },
      spec: {
        group: 'sea.example',
        scope: 'Cluster',
        names: { kind: 'Ship', plural: 'ships' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            additionalPrinterColumns: [{ name: 'Crew Size', type: 'integer', jsonPath: '.spec.crew' }],
          },
        ],
      },
    };
    await cluster.kubectlOk('apply -f -', { input: JSON.stringify(definition) });
    await cluster.kubectlOk('wait --for=condition=Established crd/ships.sea.example');
    const ship = {
      apiVersion: 'sea.example/v1',
      kind: 'Ship',
      metadata: { name: 'ark' },
      spec: { crew: 8, secret: 'x' },
    };
    await cluster.until(
      () => cluster.kubectl('apply -f -', { input: JSON.stringify(ship) }),
      ({ code }) => code === 0,
    );
    const ask = () => rows("select name, crew_size, spec->>'crew' as crew from ships").catch(() => []);
    expect(await cluster.until(ask, (found) => found.length === 1)).toEqual([{ name: 'ark', crew_size: 8, crew: '8' }]);
    expect(await rows('select count(*) n from ships__sea_example')).toEqual([{ n: 1 }]);
    await cluster.kubectlOk('delete crd ships.sea.example');
    await cluster.until(
      () => sql('select * from ships'),
      ({ stderr }) => stderr.includes('there is no table "ships"'),
    );
  });

  it('refuses what would change something, and says why', async () => {
    const { code, stderr } = await sql('delete from pods');
    expect(code).toBe(1);
    expect(stderr).toContain('error: DELETE is refused: these tables can only be read (25006)');
  });

  it('53 points at a typo and names the nearest', async () => {
    expect((await sql('select * from podz')).stderr).toBe(
      'error: there is no table "podz" (42P01)\n  select * from podz\n                ^\nhint: Did you mean "pods"?\n',
    );
    expect((await sql('select nmae from pods')).stderr).toContain('"name"');
  });

  it('opens a prompt that reads questions from a pipe too', async () => {
    const { stdout } = await cluster.jdos(['sql', '-o', 'csv'], { input: 'select count(*) from nodes' });
    expect(stdout).toBe('count\r\n3\r\n');
  });
});
