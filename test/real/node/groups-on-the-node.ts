/** Groups whose containers run: what a real kubelet makes of each kind of change. */
import { describe, expect, it } from 'vitest';
import {
  ENDPOINT_SLICES,
  type EndpointSlice,
  Informer,
  isConditionTrue,
  NODES,
  PODS,
  type Pod,
  value,
} from '../../../src/kube/index.ts';
import { GROUP_SERVICES, POD_REBUILDS } from '../../../src/resources/index.ts';
import { container, type Loose, type Subject, statusOf } from '../../e2e/groups/world.ts';
import { NAMESPACE } from '../real-cluster.ts';
import { identities, type Place, restarts, running } from './a-group.ts';

const at = { namespace: NAMESPACE };
const rolling = (rollingUpdate: Loose) => ({ updateStrategy: { rollingUpdate } });

export function groupsOnTheNode(place: () => Place): void {
  const app = () => place().cluster.node.app;
  const until: Place['stage']['until'] = (...a) => place().stage.until(...a);

  describe.concurrent('a Group on a real node', () => {
    it('L1 an image change keeps UID, IP, host and name, and restarts the container once', async () => {
      const web = await running(place(), 'l1', { replicas: 2 });
      const before = identities(web);
      await web.image(app().v2.tagged);
      await web.settled();
      expect(identities(web)).toEqual(before);
      expect(restarts(web)).toEqual([1, 1]);
      expect(await place().cluster.exec('l1-0', 'sh', '-c', 'echo $VERSION')).toBe('v2\n');
    });

    it('L2 another tag of the same digest is done, though the image is the same', async () => {
      const web = await running(place(), 'l2');
      const { imageID } = statusOf(web.pod(0)!)!;
      await web.image(`jdos.test/app:other@${app().v1.digest}`);
      await web.settled();
      expect([statusOf(web.pod(0)!)?.imageID, restarts(web)]).toEqual([imageID, [1]]);
    });

    it('L4 of two containers the one that has not changed keeps its id', async () => {
      const log = container('log', app().v1.tagged);
      const web = await running(place(), 'l4', {}, { containers: [container('main', app().v1.tagged), log] });
      const id = statusOf(web.pod(0)!, 'log')?.containerID;
      await web.image(app().v2.tagged, log);
      await web.settled();
      expect([statusOf(web.pod(0)!, 'log')?.containerID, restarts(web)]).toEqual([id, [1]]);
    });

    it('L5 no endpoint is ready from before the container is killed until the new one is', async () => {
      const rebuild = { drain: 'EndpointAck', gracePeriodSeconds: 1 };
      const web = await running(place(), 'l5', rolling({ rebuild }));
      const spec = { selector: { matchLabels: { app: 'l5' } }, ports: [{ port: 80 }] };
      await place().cluster.client.create(GROUP_SERVICES, { metadata: { name: 'l5', ...at }, spec } as never);
      const history = await watched(place(), 'l5');
      await until(() => history.ready(), Boolean, 'a ready endpoint');
      await web.image(app().v2.tagged);
      await web.settled();
      await until(() => history.ready(), Boolean, 'a ready endpoint again');
      expect(history.faults(app().v2.tagged)).toEqual([]);
      history.stop();
    });

    it('L9 L10 a bad image spreads no further than allowed, and is mended by taking it back', async () => {
      const web = await running(place(), 'l9', { replicas: 3, ...rolling({ maxUnavailable: 1 }) });
      const bad = `jdos.test/app@sha256:${'0'.repeat(64)}`;
      await web.image(bad);
      const waits = (pod: Pod) => /Pull/.test(statusOf(pod)?.state?.waiting?.reason ?? '');
      await until(
        () => web.pods().filter(waits).length,
        (count) => count === 1,
        'the bad Pod',
      );
      expect(web.images().filter((image) => image === bad)).toHaveLength(1);
      await web.image(app().v1.tagged);
      await web.settled();
      expect(web.images()).toEqual([app().v1.tagged, app().v1.tagged, app().v1.tagged]);
    });

    it('L11 L23 another command makes the Pod anew, with its name, on its host', async () => {
      const web = await running(place(), 'l11', { identity: { node: 'Required' } });
      const [before] = identities(web);
      await web.containers(container('main', app().v1.tagged, { command: ['sleep', '1000000'] }));
      await web.settled();
      const [after] = identities(web);
      expect(after).toMatchObject({ name: before!.name, host: before!.host });
      expect(after!.uid).not.toBe(before!.uid);
    });

    it('L11 with LocalOnly another command touches nothing, and is told', async () => {
      const web = await running(place(), 'local', rolling({ podUpdatePolicy: 'LocalOnly' }));
      const before = identities(web);
      await web.containers(container('main', app().v1.tagged, { command: ['sleep', '1000000'] }));
      const told = (group: Awaited<ReturnType<Subject['get']>>) => web.condition(group, 'FailedUpdate') !== undefined;
      await until(() => web.get(), told, 'the refusal');
      expect([identities(web), restarts(web)]).toEqual([before, [0]]);
    });

    it('L24 with Bind another Pod comes to the same host though nobody schedules', async () => {
      const web = await running(place(), 'l24', { identity: { node: 'Bind' } });
      const [before] = identities(web);
      await web.patch({ template: { spec: { schedulerName: 'nobody' } } });
      await web.settled();
      const [after] = identities(web);
      expect(after).toMatchObject({ name: before!.name, host: before!.host });
      expect(after!.uid).not.toBe(before!.uid);
      expect(web.pod(0)!.spec.schedulerName).toBe('nobody');
    });

    it('L13 an annotation alone interrupts nobody and makes no extra Pod', async () => {
      const web = await running(place(), 'l13', rolling({ maxSurge: 1 }));
      const before = identities(web);
      await web.patch({ template: { metadata: { annotations: { note: 'new' } } } });
      await web.settled();
      await until(
        () => web.pod(0)?.metadata.annotations?.note,
        (note) => note === 'new',
        'the annotation',
      );
      expect([identities(web), restarts(web)]).toEqual([before, [0]]);
    });

    it('L17 a PodRebuild makes each container anew once, and keeps the Pods', async () => {
      const web = await running(place(), 'l17', { replicas: 2, ...rolling({ maxUnavailable: 1 }) });
      const before = identities(web);
      await rebuild('l17', { groupRef: { name: 'l17' } });
      await web.settled();
      expect([identities(web), restarts(web)]).toEqual([before, [1, 1]]);
    });

    it('L19 a container that crashed after the request is not killed a second time', async () => {
      const web = await running(place(), 'l19', rolling({ rebuild: { gracePeriodSeconds: 8 } }));
      const asked = rebuild('l19', { podNames: ['l19-0'] });
      await until(
        () => web.pod(0)?.metadata.labels?.['apps.jdos.jd.com/state'],
        (state) => state === 'Draining',
        'the drain',
      );
      await place().cluster.kill('l19-0', 'main');
      await asked;
      await web.settled();
      expect(restarts(web)).toEqual([1]);
    });

    it('N1 a Pod that somebody deletes comes back with its name', async () => {
      const web = await running(place(), 'n1');
      const [before] = identities(web);
      await place().cluster.client.delete(PODS, 'n1-0', at);
      await until(
        () => web.pod(0)?.metadata.uid,
        (uid) => uid !== undefined && uid !== before!.uid,
        'another Pod',
      );
      await web.settled();
      expect(web.names()).toEqual(['n1-0']);
    });

    it('V5 a Pod that its kubelet has ended is replaced by one of its name', async () => {
      const web = await running(place(), 'v5');
      const [before] = identities(web);
      await place().cluster.patch('v5-0', { spec: { activeDeadlineSeconds: 1 } });
      await until(
        () => web.pod(0)?.metadata.uid,
        (uid) => uid !== undefined && uid !== before!.uid,
        'another Pod',
      );
      await web.settled();
      expect(web.names()).toEqual(['v5-0']);
    });

    it('R1 R7 other amounts come into force without a restart; with another image, amounts first and one restart', async () => {
      const asking = (cpu: string, image: string) =>
        container('main', image, { resources: { requests: { cpu }, limits: { cpu } } });
      const web = await running(place(), 'r1', {}, { containers: [asking('50m', app().v1.tagged)] });
      const inForce = () => statusOf(web.pod(0)!)?.resources?.limits?.cpu;
      const before = statusOf(web.pod(0)!)!.containerID;
      await web.containers(asking('100m', app().v1.tagged));
      await web.settled();
      expect([inForce(), statusOf(web.pod(0)!)?.containerID]).toEqual(['100m', before]);
      await web.containers(asking('150m', app().v2.tagged));
      await web.settled();
      expect([inForce(), restarts(web)]).toEqual(['150m', [1]]);
    });

    it('R2 where memory asks for a restart, the container restarts once', async () => {
      const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
      const asking = (memory: string) =>
        container('main', app().v1.tagged, { resources: { limits: { memory } }, resizePolicy });
      const web = await running(place(), 'r2', {}, { containers: [asking('32Mi')] });
      await web.containers(asking('48Mi'));
      await web.settled();
      expect([statusOf(web.pod(0)!)?.resources?.limits?.memory, restarts(web)]).toEqual(['48Mi', [1]]);
    });

    it('R3 what a full host puts off is told, and comes into force when another Pod leaves', async () => {
      const { client, node } = place().cluster;
      const all = value((await client.get(NODES, node.name)).status?.allocatable?.memory ?? '') / 2 ** 20;
      const amount = (share: number) => `${Math.floor(all * share)}Mi`;
      const share = (of: number) => ({ resources: { requests: { memory: amount(of) } } });
      const resize = { whenInfeasible: 'Wait' };
      const image = app().v1.tagged;
      const web = await running(place(), 'r3', rolling({ resize }), {
        containers: [container('main', image, share(0.01))],
      });
      const before = identities(web);
      await place().cluster.run('r3-filler', { containers: [{ name: 'app', image, ...share(0.5) }] });
      await web.containers(container('main', image, share(0.75)));
      const blocked = async () => web.condition(await web.get(), 'ResizeBlocked');
      await until(blocked, (told) => told?.reason === 'Deferred' && told.message!.includes('r3-0'), 'the delay');
      await client.delete(PODS, 'r3-filler', at);
      await web.settled();
      expect([identities(web), restarts(web), await blocked()]).toEqual([before, [0], undefined]);
      expect(value(statusOf(web.pod(0)!)?.allocatedResources?.memory ?? '')).toBe(value(amount(0.75)));
    });

    it('R6 a limit below the memory in use is told, and the old one kept until there is room', async () => {
      const asking = (memory: string) =>
        container('main', app().v1.tagged, { resources: { requests: { memory }, limits: { memory } } });
      const web = await running(place(), 'r6', {}, { containers: [asking('64Mi')] });
      const limit = () => statusOf(web.pod(0)!)?.resources?.limits?.memory;
      const before = identities(web);
      const fill = 'dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 2>&1';
      await place().cluster.exec('r6-0', 'sh', '-c', fill);
      await web.containers(asking('20Mi'));
      const blocked = async () => web.condition(await web.get(), 'ResizeBlocked')?.reason;
      await until(blocked, (reason) => reason === 'Error', 'the trouble');
      expect(limit()).toBe('64Mi');
      await place().cluster.exec('r6-0', 'rm', '/dev/shm/fill');
      await web.settled();
      expect([identities(web), restarts(web), limit()]).toEqual([before, [0], '20Mi']);
    });

    it('R4 more than the host has is refused where the Group wants that, and the Pod runs on', async () => {
      const asking = (cpu: string) => container('main', app().v1.tagged, { resources: { requests: { cpu } } });
      const resize = { whenInfeasible: 'Fail' };
      const web = await running(place(), 'r4', rolling({ resize }), { containers: [asking('10m')] });
      const before = identities(web);
      await web.containers(asking('900'));
      const why = async () => web.condition(await web.get(), 'FailedUpdate')?.reason;
      await until(why, (reason) => reason === 'ResizeInfeasible', 'the refusal');
      await web.containers(asking('10m'));
      await web.settled();
      expect([identities(web), restarts(web)]).toEqual([before, [0]]);
    });

    async function rebuild(name: string, spec: Loose): Promise<void> {
      const { client } = place().cluster;
      await client.create(POD_REBUILDS, { metadata: { name, ...at }, spec } as never);
      const phase = async () => (await client.get(POD_REBUILDS, name, at)).status?.phase;
      await until(phase, (seen) => seen === 'Succeeded', `PodRebuild ${name}`);
    }
  });
}

/** All versions of a Group's first Pod and of its slices, in the one order in which etcd has written them. */
async function watched({ stage, cluster }: Place, app: string) {
  const end = new AbortController();
  const pods: Pod[] = [];
  const slices: EndpointSlice[] = [];
  const stopPods = stage.pods.onChange({
    update: (pod) => void (pod.metadata.labels?.app === app && pods.push(pod)),
  });
  const informer = new Informer(cluster.client, ENDPOINT_SLICES);
  const mine = (slice: EndpointSlice) => slice.metadata.labels?.['kubernetes.io/service-name'] === app;
  const see = (slice: EndpointSlice) => void (mine(slice) && slices.push(slice));
  informer.onChange({ add: see, update: see });
  informer.start(end.signal);
  await informer.synced(end.signal);
  return {
    ready: () => slices.at(-1)?.endpoints?.some(({ conditions }) => conditions?.ready) ?? false,
    /** Slices that called the Pod ready between the order to make its container anew and the new one's being ready. */
    faults(image: string) {
      const touched = pods.find(({ spec }) => spec.containers[0]!.image === image)!;
      const again = pods.find(
        (pod) =>
          version(pod) > version(touched) &&
          isConditionTrue(pod, 'ContainersReady') &&
          statusOf(pod)?.restartCount === 1,
      )!;
      const before = slices.findLast((slice) => version(slice) < version(touched))!;
      const during = slices.filter((slice) => version(slice) > version(touched) && version(slice) < version(again));
      return [before, ...during].filter(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready));
    },
    stop() {
      end.abort();
      stopPods();
    },
  };
}

/** Only etcd's own count makes versions of different kinds comparable; this is one etcd. */
const version = ({ metadata }: Pod | EndpointSlice) => Number(metadata.resourceVersion);
