import { describe, expect, it } from 'vitest';
import type { core } from '../kube/index.ts';
import { changeBetween, levelOf, qosOf, restarted } from './change.ts';
import { materialOf } from './material.ts';
import type { Material, RevisionData } from './revision.ts';

const base: core.PodSpec = {
  containers: [
    {
      name: 'main',
      image: 'web:1',
      env: [{ name: 'MODE', value: 'a' }],
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } },
    },
    { name: 'log', image: 'log:1' },
  ],
};
const data = (
  change: (spec: core.PodSpec) => void = () => {},
  rest: Partial<RevisionData['spec']> = {},
): RevisionData => {
  const spec = structuredClone(base);
  change(spec);
  return { spec: { template: { metadata: { labels: { app: 'web' } }, spec }, ...rest } };
};
const change = (to: RevisionData, from: RevisionData = data()) => changeBetween(materialOf(from), materialOf(to));
const level = (to: RevisionData, from?: RevisionData) => levelOf(change(to, from));
const withMain = (edit: (main: core.Container) => void) => data((spec) => edit(spec.containers[0]!));

describe('a change of the template', () => {
  it('of labels and annotations touches no container', () => {
    const to = data();
    to.spec.template.metadata = { labels: { app: 'web', tier: 'a' }, annotations: { note: 'x' } };
    expect(level(to)).toBe('Dynamic');
    expect(change(to)).toMatchObject({ labels: { tier: 'a' }, annotations: { note: 'x' }, rereads: [] });
    expect(change(data(), to)).toMatchObject({ labels: { tier: null }, annotations: { note: null } });
  });

  it('of an image rebuilds that container and no other', () => {
    const to = withMain((main) => (main.image = 'web:2'));
    expect(level(to)).toBe('Rebuild');
    expect(restarted(change(to))).toEqual(['main']);
  });

  it.each<[string, RevisionData, string]>([
    ['a new variable', withMain((main) => main.env!.push({ name: 'NEW', value: '1' })), 'spec.containers[main].env'],
    ['a command', withMain((main) => (main.command = ['sh'])), 'spec.containers[main].command'],
    [
      'a probe',
      withMain((main) => (main.readinessProbe = { periodSeconds: 3 })),
      'spec.containers[main].readinessProbe',
    ],
    ['a port', withMain((main) => (main.ports = [{ containerPort: 80 }])), 'spec.containers[main].ports'],
    ['one more container', data((spec) => spec.containers.push({ name: 'x', image: 'x' })), 'spec.containers'],
    ['a volume', data((spec) => (spec.volumes = [{ name: 'v', emptyDir: {} }])), 'spec.volumes'],
    [
      'one resource more',
      withMain((main) => (main.resources!.limits!['example.com/gpu'] = '1')),
      'spec.containers[main].resources',
    ],
  ])('of %s needs another Pod', (_, to, field) => {
    expect(level(to)).toBe('Recreate');
    expect(change(to).fixed).toEqual([field]);
  });

  it('of amounts alone is a resize', () => {
    const to = withMain(
      (main) => (main.resources = { requests: { cpu: '1500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } }),
    );
    expect(level(to)).toBe('Resize');
    expect(Object.keys(change(to).resources)).toEqual(['main']);
  });

  it('R5 that makes a Burstable Pod Guaranteed needs another Pod', () => {
    const one = (requests: Record<string, string>) =>
      data((spec) => {
        spec.containers = [
          { name: 'main', image: 'web:1', resources: { requests, limits: { cpu: '2', memory: '1Gi' } } },
        ];
      });
    const [burstable, guaranteed] = [one({ cpu: '1', memory: '1Gi' }), one({ cpu: '2', memory: '1Gi' })];
    expect([qosOf(burstable.spec.template.spec), qosOf(guaranteed.spec.template.spec)]).toEqual([
      'Burstable',
      'Guaranteed',
    ]);
    expect(level(guaranteed, burstable)).toBe('Recreate');
  });

  it('of an init container needs another Pod, of one that runs beside the others it does not', () => {
    const init = (image: string, restartPolicy?: string) =>
      data((spec) => {
        spec.initContainers = [{ name: 'init', image, ...(restartPolicy && { restartPolicy }) }];
      });
    expect(level(init('i:2'), init('i:1'))).toBe('Recreate');
    expect(level(init('i:2', 'Always'), init('i:1', 'Always'))).toBe('Rebuild');
  });

  it('of a label that a container reads when it starts rebuilds that container', () => {
    const reading = (tier: string) => {
      const one = withMain((main) => {
        main.env = [{ name: 'TIER', valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } }];
      });
      one.spec.template.metadata!.labels = { app: 'web', tier };
      return one;
    };
    expect(restarted(change(reading('b'), reading('a')))).toEqual(['main']);
  });

  it('C9 of a mutable variable is a rebuild; of another it is not', () => {
    const mutableEnv = [{ container: 'main', names: ['MODE'] }];
    const mode = (text: string) =>
      data((spec) => (spec.containers[0]!.env = [{ name: 'MODE', value: text }]), { mutableEnv });
    expect(level(mode('b'), mode('a'))).toBe('Rebuild');
    expect(restarted(change(mode('b'), mode('a')))).toEqual(['main']);
    expect(change(mode('b'), mode('a')).annotations).toEqual({ 'env.apps.jdos.jd.com/main.MODE': 'b' });
  });

  it('C8 of the data of a frozen file is a rebuild; of its list of files it needs another Pod', () => {
    const config = (revision: string, files: string[], mode: 'Hub' | 'Immutable' = 'Hub'): RevisionData => ({
      ...data(() => {}, {
        staticConfigs: [
          { name: 'app', mode, configMapRef: { name: 'c' }, containers: ['main'], mountPath: '/etc/app', files },
        ],
      }),
      config: { app: revision },
    });
    expect(level(config('r2', ['a.yaml']), config('r1', ['a.yaml']))).toBe('Rebuild');
    expect(restarted(change(config('r2', ['a.yaml']), config('r1', ['a.yaml'])))).toEqual(['main']);
    expect(level(config('r2', ['a.yaml', 'b.yaml']), config('r1', ['a.yaml']))).toBe('Recreate');
    expect(level(config('r2', ['a.yaml'], 'Immutable'), config('r1', ['a.yaml'], 'Immutable'))).toBe('Recreate');
  });
});

it('a frozen file is mounted by the revision that an annotation carries', () => {
  const material: Material = materialOf({
    ...data(() => {}, {
      staticConfigs: [
        {
          name: 'app-x',
          mode: 'Hub',
          configMapRef: { name: 'c' },
          containers: ['main'],
          mountPath: '/etc/app/',
          files: ['a.yaml'],
        },
      ],
    }),
    config: { 'app-x': 'r1' },
  });
  const [main, log] = material.spec.containers;
  expect(main!.env![0]).toEqual({
    name: 'JDOS_CFG_APP_X',
    valueFrom: { fieldRef: { fieldPath: "metadata.annotations['config.apps.jdos.jd.com/app-x']" } },
  });
  expect(main!.volumeMounts).toEqual([
    { name: 'jdos-config', mountPath: '/etc/app/a.yaml', subPathExpr: '$(JDOS_CFG_APP_X).a.yaml', readOnly: true },
  ]);
  expect(material.annotations).toEqual({ 'config.apps.jdos.jd.com/app-x': 'r1' });
  expect(log).toEqual(base.containers[1]);
});
