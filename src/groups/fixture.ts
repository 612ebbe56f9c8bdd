/** A Group and its hosts in memory, as small as a law needs them: what the controller decides is done, time is a number. */
import { pod as aPod, meta } from '../control/fixture.ts';
import { type core, type Draft, type Pod, rfc3339 } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import { type Act, advance, type Surroundings } from './advance.ts';
import type { Course } from './course.ts';
import { courseOf, type Steered } from './course.ts';
import { GATE, REVISION, STATE, UPDATE } from './marks.ts';
import { type Member, memberOf } from './member.ts';
import { type Plan, planGroup } from './plan.ts';
import { podOf } from './pod.ts';
import type { Version } from './revision.ts';

export const START = Date.UTC(2026, 0, 1);
let ids = 0;

/** Rebuilds everything that a schema would fill in; `spec` is laid over it, two levels deep. */
export function aGroup(spec: Partial<Group['spec']> = {}, rolling: object = {}): Group {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps.jdos.jd.com/v1alpha1',
    kind: 'Group',
    metadata: meta('web'),
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
      naming: { startOrdinal: 0 },
      identity: { node: 'Preferred', ip: 'None', hostname: true, localTimeoutSeconds: 120 },
      scaleStrategy: { scaleDownPolicy: 'HighestOrdinal' },
      disruption: { tolerateNodeFailureSeconds: -1 },
      minReadySeconds: 0,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
      updateStrategy: {
        type: 'RollingUpdate',
        ...spec.updateStrategy,
        rollingUpdate: {
          partition: 0,
          maxUnavailable: 1,
          maxSurge: 0,
          podUpdatePolicy: 'LocalIfPossible',
          paused: false,
          rebuild: {
            trigger: 'ImageRef',
            gracePeriodSeconds: 0,
            drain: 'Grace',
            skipDrainContainers: [],
            containerOrder: [],
          },
          resize: { whenInfeasible: 'Recreate', deferredTimeoutSeconds: 600 },
          ...rolling,
        },
      },
    },
  };
}

/** A revision of the template of {@link aGroup}, with this image and, for another Pod, this command. */
export function aVersion(image: string, command?: string): Version {
  const main: core.Container = { name: 'main', image, ...(command && { command: [command] }) };
  const spec = { containers: [main] };
  const hash = `${image.replace(':', '')}${command ?? ''}`;
  return { name: `web-${hash}`, hash, data: { spec: { template: { metadata: { labels: { app: 'web' } }, spec } } } };
}

export interface Simulation {
  group: Group;
  update: Version;
  current: Version;
  release: Steered;
  /** Images that no container ever becomes ready with. */
  bad: Set<string>;
}

/** What each write of a controller would do on a server, and what a kubelet would make of it. */
export class Cluster {
  readonly pods = new Map<string, Pod>();
  readonly versions: readonly Version[];
  now = START;
  #last: Plan | undefined;

  constructor(versions: readonly Version[]) {
    this.versions = versions;
  }

  get plan(): Plan | undefined {
    return this.#last;
  }

  versionOf = (hash: string) => this.versions.find((version) => version.hash === hash);
  named = (name: string) => this.versions.find((version) => version.name === name);

  members(group: Group): Member[] {
    return [...this.pods.values()].map((pod) => memberOf(group, pod, START, this.now));
  }

  course({ group, update, current, release }: Simulation): Course {
    return courseOf(group, update, current, release, this.named);
  }

  /** One pass of the controller that dies after so many writes; answers how many it made. */
  pass(simulation: Simulation, mostWrites = Number.POSITIVE_INFINITY): number {
    const { group } = simulation;
    const course = this.course(simulation);
    const plan = planGroup({ group, course, members: this.members(group), versionOf: this.versionOf, now: this.now });
    this.#last = plan;
    let writes = 0;
    for (const { ordinal, version } of plan.create) {
      if (writes++ >= mostWrites) return mostWrites;
      this.#create(podOf({ group, ordinal, version }));
    }
    const around: Surroundings = { spec: group.spec, now: this.now, unserved: () => true, canResize: true };
    for (const { member, goal } of plan.pursue) {
      let { pod } = member;
      for (let steps = 0; steps < 10; steps++) {
        const now = memberOf(group, pod, START, this.now);
        const act = advance(now, { ...goal, from: this.versionOf(now.hash) }, around);
        if (act.kind === 'wait' || act.kind === 'stuck') break;
        if (writes++ >= mostWrites) return mostWrites;
        const after = this.#do(pod, act);
        if (!after) break;
        pod = after;
      }
    }
    if (this.#arrived(simulation, course)) simulation.current = course.target;
    return writes;
  }

  /** Kubelets: what was asked for is so, and containers of good images become ready. */
  hosts({ bad }: Pick<Simulation, 'bad'>, which: (pod: Pod) => boolean = () => true): void {
    for (const pod of [...this.pods.values()].filter(which)) {
      if (pod.metadata.deletionTimestamp) this.pods.delete(pod.metadata.name);
      else this.pods.set(pod.metadata.name, served(pod, bad));
    }
  }

  #arrived({ group }: Simulation, { target }: Course): boolean {
    const members = this.members(group);
    const all = members.length === group.spec.replicas;
    return all && members.every(({ hash, available, inFlight }) => hash === target.hash && available && !inFlight);
  }

  #create(draft: Draft<Pod>): void {
    const { name = '', labels = {}, annotations = {} } = draft.metadata;
    if (this.pods.has(name)) throw new Error(`a second Pod ${name}`);
    const born = aPod({ name, metadata: { labels, annotations, generation: 1 }, node: 'n1' });
    const status = { phase: 'Pending', conditions: [] };
    this.pods.set(name, { ...born, spec: { ...draft.spec, nodeName: 'n1' }, status });
  }

  #do(pod: Pod, act: Act): Pod | undefined {
    if (act.kind === 'delete') {
      this.pods.set(pod.metadata.name, {
        ...pod,
        metadata: { ...pod.metadata, deletionTimestamp: rfc3339(this.now) },
      });
      return undefined;
    }
    const after = written(pod, act, this.now);
    this.pods.set(pod.metadata.name, after);
    return after;
  }
}

function written(pod: Pod, act: Act, now: number): Pod {
  if (act.kind === 'gate') {
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== GATE && (act.open || type !== 'Ready'));
    const gate = { type: GATE, status: act.open ? 'True' : 'False', lastTransitionTime: rfc3339(now) };
    return { ...pod, status: { ...pod.status, conditions: [...others, gate] } };
  }
  if (act.kind !== 'mark' && act.kind !== 'rebuild') return pod;
  const record = act.kind === 'mark' ? act.record : act.rebuild.record;
  const labels = {
    ...pod.metadata.labels,
    ...(act.to && { [REVISION]: act.to.hash }),
    [STATE]: act.kind === 'mark' ? act.state : 'Updating',
  };
  const { [UPDATE]: _, ...annotations } = pod.metadata.annotations ?? {};
  const images = act.kind === 'rebuild' ? act.rebuild.images : {};
  const containers = pod.spec.containers.map((c) => ({ ...c, image: images[c.name] ?? c.image }));
  const generation = (pod.metadata.generation ?? 1) + (act.kind === 'rebuild' ? 1 : 0);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generation,
      labels,
      annotations: { ...annotations, ...(record && { [UPDATE]: JSON.stringify(record) }) },
    },
    spec: { ...pod.spec, containers: containers as core.Container[] },
  };
}

function served(pod: Pod, bad: ReadonlySet<string>): Pod {
  const [main] = pod.spec.containers;
  const image = main!.image ?? '';
  const before = pod.status?.containerStatuses?.[0];
  const works = !bad.has(image);
  const same = before?.image === image && (!works || before.containerID);
  const gate = pod.status?.conditions?.find(({ type }) => type === GATE);
  const isOpen = gate?.status === 'True';
  const containerStatus: core.ContainerStatus = {
    name: 'main',
    image,
    imageID: `web@sha256:${'a'.repeat(64)}`,
    ready: works,
    restartCount: (before?.restartCount ?? -1) + (same ? 0 : 1),
    ...(works && { containerID: same ? before.containerID! : `containerd://${++ids}` }),
    state: works ? { running: { startedAt: '2030-01-01T00:00:00Z' } } : { waiting: { reason: 'ImagePullBackOff' } },
  };
  const conditions: core.PodCondition[] = [
    ...(gate ? [gate] : []),
    { type: 'ContainersReady', status: works ? 'True' : 'False' },
    { type: 'Ready', status: works && isOpen ? 'True' : 'False' },
  ];
  const status = {
    phase: 'Running',
    observedGeneration: pod.metadata.generation,
    conditions,
    containerStatuses: [containerStatus],
  };
  return { ...pod, status };
}
