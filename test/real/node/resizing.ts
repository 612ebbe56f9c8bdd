import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conditionOf, PODS, type Pod } from '../../../src/kube/index.ts';
import { containerId, NAMESPACE, type RealCluster, statusOf } from '../real-cluster.ts';

interface Resources {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}

/** `pods/resize`: more or less for a container that goes on running. */
export function resizing(cluster: () => RealCluster): void {
  describe.concurrent('a resize of a running Pod', () => {
    it('changes the limits of its control groups without a restart', async () => {
      const before = await start('grow');
      expect(limits(before)).toEqual({ cpu: 0.2, memory: 64 });
      const after = await resize('grow', amounts('300m', '96Mi'));
      expect(limits(after)).toEqual({ cpu: 0.3, memory: 96 });
      expect(sameContainer(before, after)).toBe(true);
      const less = await resize('grow', amounts('150m', '80Mi'));
      expect(limits(less)).toEqual({ cpu: 0.15, memory: 80 });
      expect(sameContainer(before, less)).toBe(true);
    });

    it('tells what is allocated and what is real, and of which generation', async () => {
      await start('told');
      const after = await resize('told', amounts('300m', '96Mi'));
      const { allocatedResources, resources } = statusOf(after, 'app');
      expect({ allocatedResources, resources }).toEqual({
        allocatedResources: amounts('300m', '96Mi').requests,
        resources: amounts('300m', '96Mi'),
      });
      expect(after.metadata.generation).toBe(2);
      expect(observedGeneration(after)).toBe(2);
    });

    it('restarts the container where its policy asks for that', async () => {
      const before = await start('policy', [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }]);
      const cpuOnly = await resize('policy', amounts('300m', '64Mi'));
      expect(sameContainer(before, cpuOnly)).toBe(true);
      await resize('policy', amounts('300m', '96Mi'));
      const after = await cluster().restarted('policy', 1);
      expect(limits(after)).toEqual({ cpu: 0.3, memory: 96 });
    });

    it('beyond what the host has is infeasible, and everything stays as it was', async () => {
      const before = await start('huge');
      await ask('huge', amounts('100', '64Mi'));
      const refused = await cluster().see(
        'huge',
        (pod) => conditionOf(pod, 'PodResizePending')?.reason === 'Infeasible',
        'be told that its resize is infeasible',
      );
      expect(limits(refused)).toEqual({ cpu: 0.2, memory: 64 });
      expect(sameContainer(before, refused)).toBe(true);
      expect(statusOf(refused, 'app').allocatedResources).toEqual(amounts('200m', '64Mi').requests);
    });

    it('below what is in use leaves the limit, and says so until it can be done', async () => {
      const before = await start('full');
      await cluster().exec('full', 'sh', '-c', 'dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 2>&1');
      await ask('full', amounts('200m', '20Mi'));
      const stuck = await cluster().see(
        'full',
        (pod) => conditionOf(pod, 'PodResizeInProgress')?.reason === 'Error',
        'be told that its resize cannot be done yet',
      );
      expect(limits(stuck)).toEqual({ cpu: 0.2, memory: 64 });
      await cluster().exec('full', 'rm', '/dev/shm/fill');
      const after = await done('full', amounts('200m', '20Mi'));
      expect(limits(after)).toEqual({ cpu: 0.2, memory: 20 });
      expect(sameContainer(before, after)).toBe(true);
    });

    it('that has come true stays when the image changes after it; the two at one time are a race', async () => {
      await start('both');
      const { pinned } = cluster().node.app.v1;
      await resize('both', amounts('300m', '96Mi'));
      await cluster().patch('both', { spec: { containers: [{ name: 'app', image: pinned }] } });
      expect(limits(await cluster().restarted('both', 1))).toEqual({ cpu: 0.3, memory: 96 });
    });

    function start(name: string, resizePolicy: { resourceName: string; restartPolicy: string }[] = []): Promise<Pod> {
      const image = cluster().node.app.v1.tagged;
      return cluster().run(name, {
        containers: [{ name: 'app', image, resources: amounts('200m', '64Mi'), resizePolicy }],
      });
    }

    const ask = (name: string, resources: Resources) =>
      cluster().client.patch(
        PODS,
        name,
        { kind: 'strategic', body: { spec: { containers: [{ name: 'app', resources }] } } },
        { namespace: NAMESPACE, subresource: 'resize' },
      );

    const done = (name: string, wanted: Resources) =>
      cluster().see(
        name,
        (pod) =>
          JSON.stringify(statusOf(pod, 'app').resources?.limits) === JSON.stringify(wanted.limits) &&
          conditionOf(pod, 'PodResizeInProgress') === undefined,
        'have its new size',
      );

    async function resize(name: string, resources: Resources): Promise<Pod> {
      await ask(name, resources);
      return done(name, resources);
    }

    /** What the kernel holds its container to: processors, and MiB. */
    function limits(pod: Pod): { cpu: number; memory: number } {
      const id = containerId(pod, 'app');
      const read = (controller: string, file: string) =>
        Number(readFileSync(join(cluster().node.cgroupOf(pod, id, controller), file), 'utf8'));
      return {
        cpu: read('cpu', 'cpu.cfs_quota_us') / read('cpu', 'cpu.cfs_period_us'),
        memory: read('memory', 'memory.limit_in_bytes') / 2 ** 20,
      };
    }
  });
}

function amounts(cpu: string, memory: string): Resources {
  return { requests: { cpu, memory }, limits: { cpu, memory } };
}

function sameContainer(before: Pod, after: Pod): boolean {
  const [a, b] = [statusOf(before, 'app'), statusOf(after, 'app')];
  return a.containerID === b.containerID && b.restartCount === 0;
}

function observedGeneration(pod: Pod): unknown {
  return pod.status && 'observedGeneration' in pod.status ? pod.status.observedGeneration : undefined;
}
