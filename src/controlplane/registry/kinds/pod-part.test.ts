import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { created, updated, words } from './fixture.ts';
import { pods } from './pod.ts';

const draft = {
  metadata: { labels: { app: 'web' } },
  spec: {
    initContainers: [
      { name: 'i', image: 'x', resources: { requests: { cpu: '10m' } } },
      { name: 's', image: 'x', restartPolicy: 'Always', resources: { requests: { cpu: '10m' } } },
    ],
    containers: [
      {
        name: 'a',
        image: 'x',
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
      },
      { name: 'b', image: 'x' },
    ],
  },
};
const exact = { cpu: '1', memory: '1Gi' };
const guaranteed = { spec: { containers: [{ name: 'a', image: 'x', resources: { requests: exact, limits: exact } }] } };

type Change = (pod: Json) => void;
const at = (o: Json, list: string, i = 0) => o.spec[list][i];

describe('resize', () => {
  const resized = (change: Change, of: Json = draft) => updated('Pod', of, change, 'resize');
  const taken: [string, Change][] = [
    ['another request', (o) => (at(o, 'containers').resources.requests.cpu = '150m')],
    ['a smaller memory limit', (o) => (at(o, 'containers').resources.limits.memory = '64Mi')],
    ['a first request of a container', (o) => (at(o, 'containers', 1).resources = { requests: { cpu: '1' } })],
    ['a request of a sidecar', (o) => (at(o, 'initContainers', 1).resources.requests.cpu = '20m')],
  ];
  it.each(taken)('takes %s', (_, change) => {
    const { object, errors } = resized(change);
    expect(words(errors)).toBe('');
    expect(object.spec).not.toEqual(created('Pod', draft).object.spec);
  });

  const only = 'spec: Forbidden: only cpu and memory resources are mutable';
  const refused: [string, Change, string][] = [
    [
      'the end of a request',
      (o) => delete at(o, 'containers').resources.requests.cpu,
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      'the end of a limit',
      (o) => delete at(o, 'containers').resources.limits.memory,
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    ],
    [
      'a request above the limit',
      (o) => (at(o, 'containers').resources.requests.memory = '1Gi'),
      'spec.containers[0].resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 128Mi',
    ],
    ['storage', (o) => (at(o, 'containers').resources.requests['ephemeral-storage'] = '1Gi'), only],
    ['another policy', (o) => (at(o, 'containers').resizePolicy[0].restartPolicy = 'NotRequired'), only],
    [
      'another container',
      (o) => o.spec.containers.push({ name: 'c', image: 'x' }),
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'another name',
      (o) => (at(o, 'containers').name = 'z'),
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ],
    [
      'resources of an init container',
      (o) => (at(o, 'initContainers').resources.requests.cpu = '20m'),
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    ],
    [
      'storage of a sidecar',
      (o) => (at(o, 'initContainers', 1).resources.requests['ephemeral-storage'] = '1Gi'),
      'spec: Forbidden: only cpu and memory resources for sidecar containers are mutable',
    ],
  ];
  it.each(refused)('refuses %s', (_, change, refusal) => {
    expect(words(resized(change).errors)).toBe(refusal);
  });

  it('keeps the quality of service', () => {
    const change: Change = (o) => (at(o, 'containers').resources.requests.cpu = '500m');
    expect(words(resized(change, guaranteed).errors)).toBe(
      'spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
    );
  });

  it('is not for hosts that do not say which resources are in force', () => {
    const { strategy, old, pod } = onHost({ state: { running: {} } });
    expect(words(strategy.validateUpdate!(pod, old, 'resize'))).toBe(
      'spec: Forbidden: Pod running on node without support for resize',
    );
  });

  it('leaves everything else as it was', () => {
    const { object } = resized((o) => {
      o.metadata.labels = { other: 'x' };
      o.spec.activeDeadlineSeconds = 5;
      at(o, 'containers').image = 'y';
      at(o, 'containers').resources.requests.cpu = '150m';
    });
    const before = created('Pod', draft).object;
    at(before, 'containers').resources.requests.cpu = '150m';
    expect(object).toEqual(before);
  });

  it('is the only way: an ordinary update may not change resources', () => {
    const change: Change = (o) => (at(o, 'containers').resources.requests.cpu = '150m');
    expect(words(updated('Pod', draft, change).errors)).toMatch(/^spec: Forbidden: pod updates may not change fields/);
  });
});

describe('ephemeral containers', () => {
  const debugger_ = { name: 'd', image: 'busybox', targetContainerName: 'a' };
  const added = (container: Json, more: Change = () => {}) =>
    updated(
      'Pod',
      draft,
      (o) => {
        o.spec.ephemeralContainers = [container];
        more(o);
      },
      'ephemeralcontainers',
    );

  it('are added, and nothing else is written with them', () => {
    const { object, errors } = added(debugger_, (o) => {
      o.metadata.labels = {};
      o.spec.containers[0].image = 'y';
    });
    expect(words(errors)).toBe('');
    const { ephemeralContainers, ...rest } = object.spec;
    expect(ephemeralContainers).toMatchObject([debugger_]);
    expect({ ...object, spec: rest }).toEqual(created('Pod', draft).object);
  });

  const refused: [Json, string][] = [
    [{ ...debugger_, targetContainerName: 'q' }, 'spec.ephemeralContainers[0].targetContainerName: Not found: "q"'],
    [{ ...debugger_, name: 'a' }, 'spec.ephemeralContainers[0].name: Duplicate value: "a"'],
    [
      { ...debugger_, resources: { requests: { cpu: '1' } } },
      'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      { ...debugger_, lifecycle: { preStop: { exec: { command: ['a'] } } } },
      'spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container',
    ],
  ];
  it.each(refused)('are refused %#', (container, refusal) => {
    expect(words(added(container).errors)).toBe(refusal);
  });

  it('never change or go', () => {
    const { strategy, old, pod } = onHost();
    old.spec.ephemeralContainers = [debugger_];
    const refusal = (now: Json[]) => {
      pod.spec.ephemeralContainers = now;
      return words(strategy.validateUpdate!(pod, old, 'ephemeralcontainers'));
    };
    expect(refusal([])).toMatch('existing ephemeral containers "d" may not be removed');
    expect(refusal([{ ...debugger_, image: 'y' }])).toMatch('existing ephemeral containers "d" may not be changed');
    expect(refusal([{ ...debugger_, name: 'e' }, debugger_])).toBe('');
  });

  it('are no part of a new Pod', () => {
    const { errors } = created('Pod', { spec: { ...draft.spec, ephemeralContainers: [debugger_] } });
    expect(words(errors)).toBe('spec.ephemeralContainers: Forbidden: cannot be set on create');
  });
});

function onHost(container: Json = {}) {
  const old = created('Pod', guaranteed).object;
  old.metadata.resourceVersion = '1';
  old.status.containerStatuses = [{ name: 'a', ...container }];
  return { old, pod: structuredClone(old), strategy: pods.strategy! };
}
