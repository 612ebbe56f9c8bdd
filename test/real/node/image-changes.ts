import { describe, expect, it } from 'vitest';
import { PODS, type Pod } from '../../../src/kube/index.ts';
import { NAMESPACE, type RealCluster, statusOf } from '../real-cluster.ts';

/** A change of an image's name, and nothing else, makes a kubelet put a new container in the place of the old one. */
export function imageChanges(cluster: () => RealCluster): void {
  describe.concurrent('an image of a running Pod', () => {
    it('flipped between its tag and its digest restarts exactly that container, once, with the same Pod IP and UID', async () => {
      const { tagged, pinned } = cluster().node.app.v1;
      const before = await cluster().run('flip', { containers: [of('app', tagged), of('side', tagged)] });
      const there = await flip('flip', pinned, 1);
      expect(kept(there)).toEqual(kept(before));
      const back = await flip('flip', tagged, 2);
      expect(kept(back)).toEqual(kept(before));
      expect(statusOf(back, 'side')).toEqual(statusOf(before, 'side'));
    });

    it('keeps its imageID in a flip: only the containerID tells the new container from the old', async () => {
      const { tagged, pinned } = cluster().node.app.v1;
      const before = statusOf(await cluster().run('same-bits', { containers: [of('app', tagged)] }), 'app');
      const after = statusOf(await flip('same-bits', pinned, 1), 'app');
      expect(after.imageID).toBe(before.imageID);
      expect(after.containerID).not.toBe(before.containerID);
    });

    it('that is known by digest only is flipped by a tag that need not exist', async () => {
      const { byDigest, digest } = cluster().node.app.v1;
      await cluster().run('pinned', { containers: [of('app', byDigest)] });
      await flip('pinned', `jdos.test/app:jdos-rebuild@${digest}`, 1);
    });

    it('of another version runs in the same Pod', async () => {
      const { v1, v2 } = cluster().node.app;
      const before = await cluster().run('update', { containers: [of('app', v1.tagged)] });
      const after = await flip('update', v2.tagged, 1);
      expect(kept(after)).toEqual(kept(before));
      expect(await cluster().exec('update', 'sh', '-c', 'echo $VERSION')).toBe('v2\n');
    });

    it('restarts its container even in a Pod that never restarts any', async () => {
      const { tagged, pinned } = cluster().node.app.v1;
      await cluster().run('never', { restartPolicy: 'Never', containers: [of('app', tagged)] });
      await flip('never', pinned, 1);
    });

    it('that is on no host stops the old container before it is looked for, and waits; the old name brings it back', async () => {
      const { tagged } = cluster().node.app.v1;
      const missing = `jdos.test/app@sha256:${'0'.repeat(64)}`;
      await cluster().run('offline', { containers: [of('app', tagged)] });
      await setImage('offline', missing);
      const waiting = await cluster().see(
        'offline',
        (pod) => ['ErrImagePull', 'ImagePullBackOff'].includes(statusOf(pod, 'app').state?.waiting?.reason ?? ''),
        'wait for its image',
      );
      expect(statusOf(waiting, 'app').lastState?.terminated).toBeDefined();
      await flip('offline', tagged, 1);
    });

    it('that is to be pulled always does not start without its registry, though it is there', async () => {
      const image = { ...of('app', cluster().node.app.v1.tagged), imagePullPolicy: 'Always' };
      const { client } = cluster();
      await client.create(PODS, { metadata: { name: 'always', namespace: NAMESPACE }, spec: { containers: [image] } });
      await cluster().see(
        'always',
        (pod) => statusOf(pod, 'app')?.state?.waiting?.reason === 'ErrImagePull',
        'fail to pull',
      );
    });

    it('of an init container may be changed, without any effect', async () => {
      const { tagged, pinned } = cluster().node.app.v1;
      const init = { ...of('init', tagged), command: ['true'] };
      const before = await cluster().run('init', { initContainers: [init], containers: [of('app', tagged)] });
      await cluster().patch('init', { spec: { initContainers: [{ name: 'init', image: pinned }] } });
      const after = await flip('init', pinned, 1);
      expect(after.status?.initContainerStatuses).toEqual(before.status?.initContainerStatuses);
    });

    const setImage = (name: string, image: string) =>
      cluster().patch(name, { spec: { containers: [{ name: 'app', image }] } });

    async function flip(name: string, image: string, restarts: number): Promise<Pod> {
      await setImage(name, image);
      return cluster().restarted(name, restarts);
    }
  });
}

function of(name: string, image: string) {
  return { name, image };
}

function kept(pod: Pod) {
  return { uid: pod.metadata.uid, ip: pod.status?.podIP, host: pod.spec.nodeName };
}
