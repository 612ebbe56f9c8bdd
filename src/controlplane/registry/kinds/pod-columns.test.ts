import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { ago, cells, headers } from './fixture.ts';

function pod({ spec = {}, status = {}, metadata = {} }: Json): Json {
  return {
    metadata: { name: 'web', creationTimestamp: ago(300), ...metadata },
    spec: { containers: [{ name: 'a' }], ...spec },
    status: { phase: 'Running', ...status },
  };
}

const running = (more: Json = {}) => ({ name: 'a', ready: true, restartCount: 0, state: { running: {} }, ...more });
const waiting = (reason: string, more: Json = {}) => ({
  name: 'a',
  restartCount: 0,
  state: { waiting: { reason } },
  ...more,
});
const ended = (terminated: Json, more: Json = {}) => ({ name: 'a', restartCount: 0, state: { terminated }, ...more });
const sidecar = { name: 's', restartPolicy: 'Always' };

interface Row {
  name: string;
  given: Json;
  ready: string;
  status: string;
  restarts?: string;
}

const rows: Row[] = [
  {
    name: 'is Pending before anything is known',
    given: { status: { phase: 'Pending' } },
    ready: '0/1',
    status: 'Pending',
  },
  { name: 'runs', given: { status: { containerStatuses: [running()] } }, ready: '1/1', status: 'Running' },
  {
    name: 'shows why its container waits',
    given: { status: { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] } },
    ready: '0/1',
    status: 'ImagePullBackOff',
  },
  {
    name: 'shows a crash loop with the time of the last restart',
    given: {
      status: {
        containerStatuses: [
          waiting('CrashLoopBackOff', { restartCount: 3, lastState: { terminated: { finishedAt: ago(300) } } }),
        ],
      },
    },
    ready: '0/1',
    status: 'CrashLoopBackOff',
    restarts: '3 (5m ago)',
  },
  {
    name: 'names the signal or exit code of an end without reason',
    given: { status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 7 })] } },
    ready: '0/1',
    status: 'ExitCode:7',
  },
  {
    name: 'names the signal first',
    given: { status: { phase: 'Failed', containerStatuses: [ended({ exitCode: 137, signal: 9 })] } },
    ready: '0/1',
    status: 'Signal:9',
  },
  {
    name: 'is Completed when all is done',
    given: { status: { phase: 'Succeeded', containerStatuses: [ended({ exitCode: 0, reason: 'Completed' })] } },
    ready: '0/1',
    status: 'Completed',
  },
  {
    name: 'is Running while another container still runs and the Pod is ready',
    given: {
      spec: { containers: [{ name: 'a' }, { name: 'b' }] },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [ended({ exitCode: 0, reason: 'Completed' }), running({ name: 'b' })],
      },
    },
    ready: '1/2',
    status: 'Running',
  },
  {
    name: 'is NotReady while another container still runs and the Pod is not ready',
    given: {
      spec: { containers: [{ name: 'a' }, { name: 'b' }] },
      status: { containerStatuses: [ended({ exitCode: 0, reason: 'Completed' }), running({ name: 'b' })] },
    },
    ready: '1/2',
    status: 'NotReady',
  },
  {
    name: 'counts its init containers',
    given: {
      spec: { initContainers: [{ name: 'i' }, { name: 'j' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          ended({ exitCode: 0 }, { name: 'i' }),
          { name: 'j', restartCount: 0, state: { running: {} } },
        ],
        containerStatuses: [waiting('PodInitializing')],
      },
    },
    ready: '0/1',
    status: 'Init:1/2',
  },
  {
    name: 'shows why an init container fails',
    given: {
      spec: { initContainers: [{ name: 'i' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [waiting('CrashLoopBackOff', { name: 'i', restartCount: 2 })],
        containerStatuses: [waiting('PodInitializing')],
      },
    },
    ready: '0/1',
    status: 'Init:CrashLoopBackOff',
    restarts: '2',
  },
  {
    name: 'shows the exit code of a failed init container',
    given: {
      spec: { initContainers: [{ name: 'i' }] },
      status: { phase: 'Pending', initContainerStatuses: [ended({ exitCode: 1 }, { name: 'i' })] },
    },
    ready: '0/1',
    status: 'Init:ExitCode:1',
  },
  {
    name: 'counts sidecars among its containers',
    given: {
      spec: { initContainers: [sidecar] },
      status: {
        initContainerStatuses: [running({ name: 's', started: true, restartCount: 1 })],
        containerStatuses: [running()],
      },
    },
    ready: '2/2',
    status: 'Running',
    restarts: '1',
  },
  {
    name: 'forgets the restarts of init containers once they are over',
    given: {
      spec: { initContainers: [{ name: 'i' }] },
      status: {
        initContainerStatuses: [ended({ exitCode: 0 }, { name: 'i', restartCount: 4 })],
        containerStatuses: [running()],
      },
    },
    ready: '1/1',
    status: 'Running',
  },
  {
    name: 'is Terminating once it is deleted',
    given: { metadata: { deletionTimestamp: ago(1) }, status: { containerStatuses: [running()] } },
    ready: '1/1',
    status: 'Terminating',
  },
  {
    name: 'is Unknown when it is deleted on a lost node',
    given: { metadata: { deletionTimestamp: ago(1) }, status: { reason: 'NodeLost' } },
    ready: '0/1',
    status: 'Unknown',
  },
  {
    name: 'stays Completed when it is deleted after its end',
    given: {
      metadata: { deletionTimestamp: ago(1) },
      status: { phase: 'Succeeded', containerStatuses: [ended({ exitCode: 0, reason: 'Completed' })] },
    },
    ready: '0/1',
    status: 'Completed',
  },
  {
    name: 'shows the reason of an eviction',
    given: { status: { phase: 'Failed', reason: 'Evicted' } },
    ready: '0/1',
    status: 'Evicted',
  },
  {
    name: 'is SchedulingGated while gates hold it',
    given: {
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    },
    ready: '0/1',
    status: 'SchedulingGated',
  },
];

describe('kubectl get pods', () => {
  it('has its columns', () => {
    expect(headers('Pod')).toEqual(['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
  });

  it.each(rows)('a Pod $name', ({ given, ready, status, restarts = '0' }) => {
    expect(cells('Pod', pod(given))).toEqual(['web', ready, status, restarts, '5m']);
  });

  it('shows with -o wide where it is', () => {
    const placed = pod({
      spec: { nodeName: 'n1', readinessGates: [{ conditionType: 'x' }, { conditionType: 'y' }] },
      status: { podIP: '10.0.0.1', conditions: [{ type: 'x', status: 'True' }] },
    });
    expect(cells('Pod', placed, true).slice(5)).toEqual(['10.0.0.1', 'n1', '<none>', '1/2']);
    expect(cells('Pod', pod({}), true).slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>']);
  });
});
