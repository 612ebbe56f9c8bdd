/** The Releases of Groups, as far as a Group obeys them: see course.ts. */
import { type Env, sameJson } from '../control/index.ts';
import type { Informer } from '../kube/index.ts';
import { type Group, RELEASES, type Release } from '../resources/index.ts';
import type { Steered } from './course.ts';
import { hasEnded } from './release/run.ts';

const BY_GROUP = 'group';

/** `onSteer` is told of Groups that are steered otherwise than before; counts of a run are nothing to them. */
export function watchReleases(env: Env, onSteer: (groupKey: string) => void): Releases {
  const informer = env.caches.of(RELEASES);
  informer.addIndexers({ [BY_GROUP]: (release) => [groupKey(release)] });
  const tell = (release: Release) => onSteer(groupKey(release));
  informer.onChange({
    add: tell,
    update: (release, old) => {
      if (!sameJson(helm(release), helm(old))) tell(release);
    },
    delete: tell,
  });
  return new Releases(informer);
}

/** All that {@link Releases.of} looks at: what a run that has ended still steers stands in its `steering`. */
function helm({ metadata, spec, status }: Release): object {
  const { deletionTimestamp } = metadata;
  return { group: spec.groupRef.name, deletionTimestamp, steering: status?.steering, ended: hasEnded(status ?? {}) };
}

export class Releases {
  readonly #informer: Informer<Release>;

  constructor(informer: Informer<Release>) {
    this.#informer = informer;
  }

  /** The newest that has anything to say decides. */
  of({ metadata }: Group): Steered {
    const all = this.#informer
      .byIndex(BY_GROUP, `${metadata.namespace}/${metadata.name}`)
      .filter((release) => !release.metadata.deletionTimestamp)
      .toSorted((a, b) => newest(a, b));
    const running = all.some(({ status }) => !hasEnded(status ?? {}));
    return { steering: all.find(({ status }) => status?.steering)?.status?.steering, running };
  }
}

function newest(a: Release, b: Release): number {
  const [at, bt] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (at !== bt) return at < bt ? 1 : -1;
  return a.metadata.name < b.metadata.name ? 1 : -1;
}

function groupKey({ metadata, spec }: Release): string {
  return `${metadata.namespace}/${spec.groupRef.name}`;
}
