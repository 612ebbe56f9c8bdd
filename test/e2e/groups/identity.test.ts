/** Names that last: scaling, losses, adoption, and what becomes of Pods that end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTROLLER_REVISIONS, type Draft, PODS, type Pod } from '../../../src/kube/index.ts';
import { GROUPS } from '../../../src/resources/index.ts';
import { container, isAtRest, Subject, startWorld, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

async function running(name: string, spec: object = {}, template: object = {}): Promise<Subject> {
  const subject = new Subject(world, name);
  await subject.create(spec, template);
  await subject.settled();
  return subject;
}
const uids = (subject: Subject) => subject.pods().map(({ metadata }) => metadata.uid);

describe('a Group', () => {
  it('N1 whose Pod is deleted gets one of the same name, on the same host', async () => {
    const web = await running('n1', { replicas: 5 });
    const lost = web.pod(2)!;
    await world.client.delete(PODS, lost.metadata.name, at);
    await world.until(
      () => web.pod(2)?.metadata.uid,
      (uid) => uid !== undefined && uid !== lost.metadata.uid,
      'a new Pod',
    );
    await web.settled();
    expect(web.names()).toEqual(['n1-0', 'n1-1', 'n1-2', 'n1-3', 'n1-4']);
    expect(web.pod(2)!.spec).toMatchObject({ nodeName: lost.spec.nodeName, hostname: 'n1-2' });
  });

  it('N2 leaves reserved ordinals out', async () => {
    const web = await running('n2', { naming: { reserveOrdinals: [1] } });
    expect(web.names()).toEqual(['n2-0', 'n2-2', 'n2-3']);
    await web.patch({ naming: { reserveOrdinals: [2] } });
    await web.settled();
    expect(web.names()).toEqual(['n2-0', 'n2-1', 'n2-3']);
  });

  it('N13 that is scaled down and up has the same names again', async () => {
    const web = await running('n13', { replicas: 5 });
    await web.patch({ replicas: 3 });
    await web.settled();
    expect(web.names()).toEqual(['n13-0', 'n13-1', 'n13-2']);
    await web.patch({ replicas: 5 });
    await web.settled();
    expect(web.names()).toEqual(['n13-0', 'n13-1', 'n13-2', 'n13-3', 'n13-4']);
  });

  it('N14 that is deleted takes its Pods along, or leaves them when told', async () => {
    const web = await running('n14', { replicas: 2 });
    await world.client.delete(GROUPS, 'n14', { ...at, propagationPolicy: 'Orphan' });
    await world.until(
      () =>
        web.get().then(
          () => true,
          () => false,
        ),
      (there) => !there,
      'the end of the Group',
    );
    await world.pass(5);
    expect(web.pods().every(isAtRest)).toBe(true);
    const before = uids(web);
    await web.create({ replicas: 2 });
    await web.settled();
    expect(uids(web)).toEqual(before);
    await world.client.delete(GROUPS, 'n14', at);
    await world.until(
      () => web.pods().length,
      (count) => count === 0,
      'the end of the Pods',
    );
  });

  it('V5 replaces a Pod that its host has evicted by one of the same name', async () => {
    const web = await running('v5', { replicas: 2 });
    const lost = web.pod(1)!;
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    const patch = { kind: 'merge', body: { status } } as const;
    await world.client.patch(PODS, lost.metadata.name, patch, { ...at, subresource: 'status' });
    await world.until(
      () => web.pod(1)?.metadata.uid,
      (uid) => uid !== undefined && uid !== lost.metadata.uid,
      'a new Pod',
    );
    await web.settled();
    expect(web.names()).toEqual(['v5-0', 'v5-1']);
  });

  it('V1 tolerates hosts that are not ready for ever', async () => {
    const web = await running('v1', { replicas: 1 });
    const tolerated = web
      .pod(0)!
      .spec.tolerations!.filter(
        ({ key }) => key?.startsWith('node.kubernetes.io/not-ready') || key?.endsWith('unreachable'),
      );
    expect(tolerated.map(({ effect, tolerationSeconds }) => [effect, tolerationSeconds])).toEqual([
      ['NoExecute', undefined],
      ['NoExecute', undefined],
    ]);
  });

  it('V8 takes a Pod that is to go out of service before it is deleted, as long as a hook holds it', async () => {
    const hold = { hold: 'yes' };
    const web = await running(
      'v8',
      { replicas: 2, lifecycle: { preDelete: { labelsHandler: hold } } },
      { labels: hold },
    );
    await web.patch({ replicas: 1 });
    const leaving = () => web.pod(1)!;
    await world.until(
      leaving,
      (pod) => !pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      'the way out',
    );
    await world.pass(10);
    expect(leaving().metadata.deletionTimestamp).toBeUndefined();
    await world.client.patch(PODS, 'v8-1', { kind: 'merge', body: { metadata: { labels: { hold: null } } } }, at);
    await world.until(
      () => web.names(),
      (names) => names.length === 1,
      'the end',
    );
  });

  it('S6 leaves a foreign Pod alone that its selector matches, unless that is nobody’s and labelled as its own', async () => {
    const foreign = (name: string, labels: Record<string, string>): Draft<Pod> => ({
      metadata: { name, namespace: 'default', labels: { app: 's6', ...labels } },
      spec: { containers: [{ name: 'main', image: 'web:1' }] },
    });
    await world.client.create(PODS, foreign('stranger', {}));
    await world.client.create(
      PODS,
      foreign('s6-1', { 'apps.jdos.jd.com/group': 's6', 'apps.jdos.jd.com/ordinal': '1' }),
    );
    const web = new Subject(world, 's6');
    await web.create({ replicas: 2 });
    await world.until(() => web.pod(0) !== undefined && isAtRest(web.pod(0)!), Boolean, 'its own Pod');
    // An adopted Pod that is no Pod of the template is made anew: for a moment there is none.
    const owners = async (name: string) => {
      const pods = await world.client.list(PODS, { ...at, fieldSelector: `metadata.name=${name}` });
      return pods.items[0]?.metadata.ownerReferences?.map((o) => o.name);
    };
    await world.until(
      () => owners('s6-1'),
      (names) => names?.[0] === 's6',
      'the adoption',
    );
    expect(await owners('stranger')).toBeUndefined();
    expect(await owners('s6-0')).toEqual(['s6']);
  });

  it('S7 with a name of 63 characters has Pods with legal names and labels', async () => {
    const name = 'n'.repeat(63);
    const web = await running(name, { replicas: 1 });
    const [pod] = web.pods();
    expect(pod!.metadata.name.length).toBeLessThanOrEqual(63);
    expect(pod!.metadata.labels?.['apps.jdos.jd.com/group']).toBe(name);
  });

  it('S5 whose revision finds its name taken takes another, and counts', async () => {
    const web = await running('s5', { replicas: 1 });
    const first = (await web.get()).status!.updateRevision!;
    await world.client.delete(GROUPS, 's5', at);
    await world.until(
      () => web.pods().length,
      (count) => count === 0,
      'the end',
    );
    await world.client.create(CONTROLLER_REVISIONS, {
      metadata: { name: first, namespace: 'default' },
      data: { other: true },
      revision: 1,
    } as never);
    await web.create({ replicas: 1 });
    const group = await web.settled();
    expect(group.status?.collisionCount).toBe(1);
    expect(group.status?.updateRevision).not.toBe(first);
  });

  it('tells that a Pod of a name it needs is not its own', async () => {
    await world.client.create(PODS, {
      metadata: { name: 'taken-0', ...at },
      spec: { containers: [{ name: 'x', image: 'x:1' }] },
    });
    const web = new Subject(world, 'taken');
    await web.create({ replicas: 1 });
    const group = await world.until(
      () => web.get(),
      (one) => web.condition(one, 'FailedScale') !== undefined,
      'the refusal',
    );
    expect(web.condition(group, 'FailedScale')?.message).toContain('already exists');
    await world.client.delete(PODS, 'taken-0', { ...at, gracePeriodSeconds: 0 });
    await world.pass(70);
    await web.settled();
    world.faults.splice(0);
  });

  it('is scaled by kubectl and autoscalers through its scale', async () => {
    const web = await running('scale', { replicas: 1 });
    const scale = await world.client.get(GROUPS, 'scale', { ...at, subresource: 'scale' });
    expect(scale).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1, selector: 'app=scale' } });
    const patch = { kind: 'merge', body: { spec: { replicas: 2 } } } as const;
    await world.client.patch(GROUPS, 'scale', patch, { ...at, subresource: 'scale' });
    await web.settled(2);
    expect(web.names()).toEqual(['scale-0', 'scale-1']);
  });

  it('S8 counts a Pod as available only when it has been ready for long enough, by one clock', async () => {
    const web = new Subject(world, 's8');
    await web.create({ replicas: 1, minReadySeconds: 30 }, { spec: { containers: [container('main', 'web:1')] } });
    await world.until(
      () => web.get(),
      ({ status }) => status?.readyReplicas === 1,
      'readiness',
    );
    const ready = world.clock.now();
    expect((await web.get()).status?.availableReplicas).toBe(0);
    await world.until(
      () => web.get(),
      ({ status }) => status?.availableReplicas === 1,
      'availability',
    );
    expect(world.clock.now() - ready).toBeGreaterThanOrEqual(20_000);
  });
});
