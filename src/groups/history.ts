/** The revisions of a Group: the newest is what its spec asks for, with its frozen configuration published first. */
import { claimDependents, type Env, removeRevisions, superfluousRevisions, syncRevisions } from '../control/index.ts';
import { CONTROLLER_REVISIONS, type ControllerRevision, type Informer, selectorOf } from '../kube/index.ts';
import { GROUPS, type Group, type GroupStatus } from '../resources/index.ts';
import type { ConfigStore } from './config-store.ts';
import type { Course } from './course.ts';
import { GROUP, REVISION } from './marks.ts';
import type { Member } from './member.ts';
import { type Version, versionOf, wantedData } from './revision.ts';
import type { Trouble } from './troubles.ts';

export interface Known {
  readonly versions: readonly Version[];
  readonly update: Version;
  readonly current: Version;
  readonly collisionCount: number | undefined;
  readonly revisions: readonly ControllerRevision[];
  /** Why the newest is not what the spec asks for. */
  readonly trouble: Trouble | undefined;
  /** Until hosts can be expected to see its configuration. */
  readonly waitMs: number;
}

export class History {
  readonly #env: Env;
  readonly #configs: ConfigStore;
  readonly #cache: Informer<ControllerRevision>;

  /** `concern` is told of Groups that have forgotten a revision: its configuration may go then. */
  constructor(env: Env, configs: ConfigStore, concern: (group: string) => void) {
    this.#env = env;
    this.#configs = configs;
    this.#cache = env.caches.of(CONTROLLER_REVISIONS);
    this.#cache.onChange({
      delete: ({ metadata }) => {
        const group = metadata.labels?.[GROUP];
        if (group) concern(`${metadata.namespace}/${group}`);
      },
    });
  }

  /** What cannot be published leaves the Group at the revision it had; without one there is only the trouble to tell. */
  async look(group: Group, members: readonly Member[]): Promise<Known | { readonly trouble: Trouble }> {
    const cached = await claimDependents({
      client: this.#env.client,
      owner: group,
      ownerType: GROUPS,
      selector: selectorOf({ [GROUP]: group.metadata.name }),
      dependents: this.#cache,
      type: CONTROLLER_REVISIONS,
    });
    const published = await this.#configs.publish(group, members, cached);
    if ('trouble' in published) return this.#asItWas(group, cached, published.trouble);
    const { config, waitMs } = published;
    const { update, revisions, collisionCount } = await syncRevisions(
      {
        client: this.#env.client,
        owner: group,
        ownerType: GROUPS,
        data: wantedData(group, config),
        labels: { [GROUP]: group.metadata.name },
        hashLabel: REVISION,
        collisionCount: group.status?.collisionCount,
      },
      cached,
    );
    return known(group, revisions, versionOf(update), { collisionCount, trouble: undefined, waitMs });
  }

  /** Forgets the oldest beyond the limit, but none that a Pod has or that Pods are being brought to. */
  async clean(group: Group, { revisions }: Known, members: readonly Member[], status: GroupStatus, course: Course) {
    const live = new Set([status.currentRevision, status.updateRevision, course.stable.name, course.target.name]);
    const hashes = new Set(members.map(({ hash }) => hash));
    const isLive = (one: ControllerRevision) => live.has(one.metadata.name) || hashes.has(versionOf(one).hash);
    const old = superfluousRevisions(revisions, group.spec.revisionHistoryLimit, isLive);
    await removeRevisions(this.#env.client, old);
  }

  #asItWas(group: Group, cached: readonly ControllerRevision[], trouble: Trouble): Known | { trouble: Trouble } {
    const last = cached.find(({ metadata }) => metadata.name === group.status?.updateRevision);
    if (!last) return { trouble };
    return known(group, cached, versionOf(last), { collisionCount: group.status?.collisionCount, trouble, waitMs: 0 });
  }
}

function known(
  group: Group,
  revisions: readonly ControllerRevision[],
  update: Version,
  rest: Pick<Known, 'collisionCount' | 'trouble' | 'waitMs'>,
): Known {
  const versions = revisions.map(versionOf);
  const newest = versions.find(({ name }) => name === update.name) ?? update;
  const current = versions.find(({ name }) => name === group.status?.currentRevision) ?? newest;
  return { versions, revisions, update: newest, current, ...rest };
}
